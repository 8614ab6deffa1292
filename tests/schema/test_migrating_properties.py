"""Whatever a step does and says, no value of a document disappears without being told."""

from __future__ import annotations

import copy
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harmoniqc.schema.json_data import at, values
from harmoniqc.schema.migrating import Migration, migrate
from harmoniqc.schema.steps import Changes, Step

from .fabricated import ALL

# -- the fabricated versions, with documents of any content ----------------------------------------------

names = st.sampled_from(["alpha", "beta", "a/b", "m~n", "0", "title", "facts", "value", "ink", "note"])
anything = st.recursive(
    st.just("?"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
extras = st.dictionaries(names, anything, max_size=3)


def of(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return documents of a type of version 0.0: its fields, and any others."""
    return st.builds(lambda extra, own: extra | {"type": kind} | own, extras, st.fixed_dictionaries(fields))


test = st.builds(lambda extra: extra | {"attribute": "?"}, extras)
approval = st.builds(lambda extra: extra | {"on": "?", "by": "?"}, extras)
specifications = of(
    "specification", heading=anything, approval=approval, typeface=anything, tests=st.lists(test, max_size=3)
)
lots = of("batch", weight=st.just("? ?"))
rows = st.builds(lambda extra: extra | {"val": "?"}, extras)
packages = of(
    "package",
    specifications=st.lists(specifications, max_size=2),
    lots=st.lists(lots, max_size=2),
    results=st.lists(rows, max_size=3),
)
documents = (specifications | lots | packages).map(lambda document: {"standard_version": "0.0"} | document)


def numbered(value: Any, count: Iterator[int]) -> Any:
    """Return the data with a word of its own for each question mark, so that none is taken for another."""
    if isinstance(value, dict):
        return {name: numbered(item, count) for name, item in value.items()}
    if isinstance(value, list):
        return [numbered(item, count) for item in value]
    return " ".join(f"w{next(count)}w" if word == "?" else word for word in value.split(" "))


def words(value: Any) -> set[str]:
    return {word for _, text in values(value) for word in str(text).split() if word.startswith("w")}


def told(migration: Migration) -> str:
    return " ".join(item.found or "" for item in migration.findings if item.code == "not-kept")


@given(documents, st.sampled_from(["0.1", "0.2"]))
def test_every_word_is_kept_or_told(document: dict[str, Any], to: str) -> None:
    document = numbered(document, iter(range(10_000)))
    given_document = copy.deepcopy(document)
    migration = migrate(document, to, steps=ALL)
    assert document == given_document
    kept = words(migration.document)
    lost = words(document) - kept
    assert [word for word in sorted(lost) if f"{word}" not in told(migration)] == []
    assert migration.complete or lost or told(migration)


@given(documents, st.sampled_from(["0.1", "0.2"]))
def test_what_is_told_stood_there(document: dict[str, Any], to: str) -> None:
    document = numbered(document, iter(range(10_000)))
    migration = migrate(document, to, steps=ALL)
    for item in migration.findings:
        assert item.pointer is not None
        if item.code == "not-kept":
            stood = at(document, item.pointer)
            assert set(words(json.loads(item.found or ""))) <= words(stood)
        elif not item.pointer.endswith("/standard_version"):
            at(migration.document, item.pointer)


@given(documents)
def test_one_way_in_two_is_one_way(document: dict[str, Any]) -> None:
    document = numbered(document, iter(range(10_000)))
    halfway = migrate(migrate(document, "0.1", steps=ALL).document, "0.2", steps=ALL)
    assert halfway.document == migrate(document, "0.2", steps=ALL).document


# -- steps that do and say anything, honest or not --------------------------------------------------------


class Careless:
    """A step that drops, moves and overwrites at random, and says the truth, nothing, or something else."""

    def __init__(self, seed: int, source: str, target: str) -> None:
        self.seed = seed
        self.step = Step(source, target, self.apply, "anything")

    def apply(self, document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        luck = random.Random(self.seed)
        before = copy.deepcopy(document)
        for _ in range(luck.randint(0, 4)):
            left = [name for name in document if name != "type"]
            if not left:
                break
            old = luck.choice(left)
            new = luck.choice(["A", "B", "C", "D", "E"])
            action, says = luck.choice(["drop", "move", "copy"]), luck.choice(["truth", "nothing", "moved", "dropped"])
            value = document.pop(old) if action != "copy" else copy.deepcopy(document[old])
            if action != "drop":
                document[new] = value
            said = ("dropped" if action == "drop" else "moved") if says == "truth" else says
            if old in before and said == "dropped":
                changes.dropped(f"/{old}", "no place")
            elif old in before and said == "moved" and f"/{new}" not in changes.moves:
                changes.moved(f"/{old}", f"/{new}")
        return document


small = st.sampled_from(["x", 1, True])
bags = st.dictionaries(st.sampled_from(["A", "B", "C", "D", "E"]), small | st.lists(small, max_size=2), min_size=1)


def counted(value: Any) -> Counter[str]:
    return Counter(json.dumps(item) for _, item in values(value))


@given(bags, st.integers(0, 10_000))
def test_a_careless_step_loses_nothing_in_silence(content: dict[str, Any], seed: int) -> None:
    document = {"standard_version": "0.0", "type": "batch"} | content
    migration = migrate(document, steps=(Careless(seed, "0.0", "0.1").step,))
    lost = [item.pointer for item in migration.findings if item.code == "not-kept"]
    moved = re.findall(
        r"batch: /(\w) is now /(\w)$", "\n".join(item.message for item in migration.findings), re.MULTILINE
    )
    taken: list[str] = []
    for name, value in content.items():
        # Each value is said to be lost, or stands where it is said to be now, or where it was; and no two at one place.
        targets = [new for old, new in moved if old == name] or [name]
        for pointer, single in values(value, f"/{name}"):
            if any(pointer == item or pointer.startswith(f"{item}/") for item in lost):
                continue
            places = [f"/{target}{pointer[2:]}" for target in targets]
            right = [place for place in places if _standing(migration, place) == json.dumps(single)]
            assert right
            taken.append(next((place for place in right if place not in taken), right[0]))
    assert len(set(taken)) == len(taken)


@given(bags, st.integers(0, 10_000), st.integers(0, 10_000))
def test_two_careless_steps_lose_nothing_in_silence(content: dict[str, Any], first: int, second: int) -> None:
    document = numbered({"standard_version": "0.0", "type": "batch"} | _questions(content), iter(range(100)))
    steps = (Careless(first, "0.0", "0.1").step, Careless(second, "0.1", "0.2").step)
    migration = migrate(document, "0.2", steps=steps)
    assert words(document) - words(migration.document) <= set(_words_told(migration))
    for item in migration.findings:
        if item.code == "not-kept":
            assert set(words(json.loads(item.found or ""))) <= words(at(document, item.pointer or ""))
        elif item.pointer is not None:
            at(migration.document, item.pointer)


@given(bags)
def test_the_parts_a_step_leaves_alone_are_not_told(content: dict[str, Any]) -> None:
    document = {"standard_version": "0.0", "type": "batch"} | content
    migration = migrate(document, steps=(Step("0.0", "0.1", lambda given, _: given, "nothing"),))
    assert migration.findings.counts() == {"migrated": 1}
    assert counted(migration.document) == counted(document) + Counter({'"0.1"': 1})


def _questions(content: dict[str, Any]) -> dict[str, Any]:
    return {name: ["?"] * len(value) if isinstance(value, list) else "?" for name, value in content.items()}


def _words_told(migration: Migration) -> Iterator[str]:
    for item in migration.findings:
        if item.code == "not-kept":
            yield from words(json.loads(item.found or ""))


def _standing(migration: Migration, place: str) -> str | None:
    try:
        return json.dumps(at(migration.document, place))
    except KeyError:
        return None
