"""Looking terms up: by id, by name, by whatever a laboratory calls them."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading

import pytest

from harmoniqc import vocabulary
from harmoniqc.errors import VocabularyError
from harmoniqc.vocabulary import Term, Terms, authorities, cqas, methods, outcomes

NAMES = ("cqas", "modalities", "stages", "materials", "methods", "authorities", "process_steps", "outcomes")


def in_fresh_interpreter(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("VCN", "vector-copy-number"),
        ("Vector Copy Number", "vector-copy-number"),
        ("vector_copy_number", "vector-copy-number"),
        (" vector  copy\tnumber ", "vector-copy-number"),
        ("Vector–Copy—Number", "vector-copy-number"),
        ("vector\u00a0copy\u202fnumber", "vector-copy-number"),
        ("ＶＣＮ", "vector-copy-number"),
        ("VCN.", "vector-copy-number"),
        ("bacterial endotoxins", "endotoxin"),
        ("LAL", "endotoxin"),
        ("pH", "ph"),
        ("5’ cap", "capping-efficiency"),
        ("% CD3+", "cell-purity"),
    ],
)
def test_find(name: str, id: str) -> None:
    assert cqas.find(name).id == id


def test_plus_and_percent_are_no_punctuation() -> None:
    with pytest.raises(VocabularyError):
        cqas.find("% CD3")


def test_an_id_is_exact() -> None:
    assert cqas["endotoxin"].name == "Bacterial endotoxins"
    with pytest.raises(VocabularyError):
        cqas["Endotoxin"]


@pytest.mark.parametrize("look_up", [cqas.find, cqas.__getitem__])
def test_unknown_with_a_suggestion(look_up) -> None:
    with pytest.raises(VocabularyError) as caught:
        look_up("endotoxn")
    (finding,) = caught.value.findings
    assert finding.code == "unknown-term"
    assert finding.found == "endotoxn"
    assert finding.remedy.startswith("did you mean endotoxin")
    assert "endotoxn" in str(caught.value)


def test_unknown_without_a_suggestion() -> None:
    with pytest.raises(VocabularyError) as caught:
        cqas.find("zzzzzzzzzzzz")
    assert "did you mean" not in caught.value.findings[0].remedy


@pytest.mark.parametrize("name", ["", " ", "-", "…"])
def test_nothing_finds_nothing(name: str) -> None:
    with pytest.raises(VocabularyError):
        cqas.find(name)


def test_ambiguous_names_every_candidate() -> None:
    terms = Terms("things", lambda: (Term("a", "First", "X.", ("same",)), Term("b", "Second", "Y.", ("Same!", "same"))))
    with pytest.raises(VocabularyError) as caught:
        terms.find("SAME")
    (finding,) = caught.value.findings
    assert (finding.code, finding.expected, finding.found) == ("ambiguous-term", "a or b", "SAME")
    assert terms.find("same!").id == "b"


def test_is_a_mapping() -> None:
    assert "endotoxin" in cqas
    assert "Endotoxin" not in cqas
    assert len(cqas) == len(list(cqas)) == len(dict(cqas))
    assert cqas.get("nothing") is None
    assert cqas.get("endotoxin") is cqas["endotoxin"]
    assert repr(authorities).startswith(f"<{len(authorities)} authorities: FDA, ")
    with pytest.raises(KeyError):
        cqas["nothing"]
    with pytest.raises(TypeError):
        cqas["new"] = cqas["ph"]  # type: ignore[index]


def test_terms_are_frozen_and_say_what_they_mean() -> None:
    with pytest.raises(AttributeError):
        cqas["ph"].name = "other"  # type: ignore[misc]
    assert str(cqas["endotoxin"]) == "Bacterial endotoxins (endotoxin): Endotoxins of gram-negative bacteria."


def test_search_looks_into_definitions() -> None:
    found = cqas.search("gram-negative")
    assert cqas["endotoxin"] in found
    assert len(found) < 5
    assert cqas.search("zzzzzzzz") == ()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling(name: str, protocol: int) -> None:
    terms = getattr(vocabulary, name)
    assert pickle.loads(pickle.dumps(terms, protocol)) is terms
    assert copy.deepcopy(terms) is terms
    for term in list(terms.values())[:5]:
        assert pickle.loads(pickle.dumps(term, protocol)) == term


def test_importing_is_light_and_reads_nothing() -> None:
    code = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import harmoniqc.vocabulary
print(*(name for name in ("numpy", "pydantic", "pint", "pyarrow") if name in sys.modules))
print(*(name for name in opened if name.endswith((".toml", ".tsv"))))
"""
    assert in_fresh_interpreter(code).split() == []


def test_looking_up_is_light_and_reads_each_file_once() -> None:
    code = """
import collections, sys
opened = collections.Counter()
def hook(event, args):
    if event == "open" and str(args[0]).endswith((".toml", ".tsv")):
        opened[str(args[0])] += 1
sys.addaudithook(hook)
from harmoniqc import vocabulary as v
for _ in range(2):
    v.cqas.find("VCN"), v.cqas["ph"], v.methods["lal"], v.authorities["FDA"], v.modalities["nk-cell"]
    v.stages["release"], v.materials["vector"], v.process_steps["fill"], v.outcomes["absent"]
    v.outcomes.read("negative"), v.outcomes.is_ambiguous("nd")
print(len(opened), *opened.values())
print(*(name for name in ("numpy", "pydantic", "pint", "pyarrow") if name in sys.modules))
"""
    n, *times = in_fresh_interpreter(code).split()
    assert int(n) == len(times) == 16
    assert set(times) == {"1"}


def test_threads_from_cold() -> None:
    code = """
import sys, threading
sys.setswitchinterval(1e-6)
from harmoniqc import vocabulary as v
gate, seen, faults = threading.Barrier(16), [], []
def work():
    gate.wait()
    try:
        seen.append((id(v.cqas["ph"]), id(v.cqas.find("VCN")), v.outcomes.read("negative"), len(v.methods)))
    except BaseException as error:
        faults.append(error)
threads = [threading.Thread(target=work) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(seen), len(set(seen)), faults)
"""
    assert in_fresh_interpreter(code) == "16 1 []"


def test_a_file_is_loaded_once_by_many_threads() -> None:
    loads = []
    gate = threading.Barrier(8)

    def load() -> tuple[Term, ...]:
        loads.append(1)
        return (Term("a", "A", "The first.", ()),)

    terms = Terms("things", load)

    def work() -> None:
        gate.wait()
        assert terms.find("A").id == "a"

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == [1]


def test_rooms_agree_on_what_they_share() -> None:
    assert methods.find("Trypan Blue").id == "dye-exclusion"
    assert outcomes["absent"].name == "Absent"


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("CD3+", "cell-purity"),
        ("% CAR+", "transduction-efficiency"),
        ("CAR+ (%)", "transduction-efficiency"),
        ("RCL", "replication-competent-lentivirus"),
        ("VCN", "vector-copy-number"),
        ("TNC", "total-nucleated-cell-count"),
        ("7-AAD viability", "cell-viability"),
        ("Full:empty ratio", "full-capsid-fraction"),
        ("Myco", "mycoplasma"),
        ("IFN-γ release", "potency-cytokine-release"),
        ("Dynabeads", "residual-beads"),
        ("vector genomes per kg", "vector-genome-dose"),
    ],
)
def test_attributes_are_found_as_laboratories_write_them(written: str, id: str) -> None:
    assert cqas.find(written).id == id
