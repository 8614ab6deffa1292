"""Bringing documents of one version of the standard to another, with an account of every value."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harmoniqc.errors import DocumentError, Finding, Findings
from harmoniqc.schema.accounting import Account
from harmoniqc.schema.decoding import unusable
from harmoniqc.schema.json_data import copied
from harmoniqc.schema.steps import STEPS, Changes, Route, Step, order
from harmoniqc.standard import DOCUMENT_TYPES, STANDARD_VERSION
from harmoniqc.standard.reader import decode

__all__ = ["STEPS", "Changes", "Migration", "Step", "migrate"]

_OWN = ("standard_version", "original_standard_version")


@dataclass(frozen=True, slots=True)
class Migration:
    """A document brought to another version of the standard.

    Attributes:
        document: The migrated document, as JSON data. It says in ``original_standard_version`` for which version it
            was first written.
        source: Version of the document that was given.
        target: Version of the migrated document.
        steps: The steps that were taken, in order; empty: the document was of the target version already.
        findings: ``not-kept`` for each thing that the target has no place for, with its JSON Pointer in the document
            that was given and its value as JSON text; ``migrated`` for what changed, with the JSON Pointer in the
            migrated document.
    """

    document: dict[str, Any]
    source: str
    target: str
    steps: tuple[Step, ...]
    findings: Findings

    @property
    def complete(self) -> bool:
        """Whether everything that the document said could be kept."""
        return "not-kept" not in self.findings.codes

    def summary(self) -> str:
        """Return one line: which document, from where to where, and how much could not be kept."""
        id = self.document.get("id")
        name = f"{self.document.get('type')}" + (f" {id!r}" if isinstance(id, str) else "")
        if not self.steps:
            return f"{name}: of version {self.target} already, nothing to do"
        count = sum(item.count for item in self.findings if item.code == "not-kept")
        kept = "everything kept" if not count else f"{count:,} {'value' if count == 1 else 'values'} not kept"
        if self.source == self.target:
            return f"{name}: documents in it brought to version {self.target}, {kept}"
        return f"{name}: from version {self.source} to {self.target}, {kept}"

    def __str__(self) -> str:
        steps = [f"  {step.source} to {step.target}: {step.description}" for step in self.steps]
        return "\n".join([self.summary(), *steps, *(str(item) for item in self.findings)])


def migrate(
    document: str | bytes | Mapping[str, Any] | os.PathLike[str],
    to: str | None = None,
    *,
    steps: Sequence[Step] = STEPS,
) -> Migration:
    """Bring a document to another version of the standard.

    The document given is not modified. Documents in a package are migrated with it, each from its own version; where
    one states none, it is of the package's. A version that is not known is refused, and never taken for its neighbor.
    What comes out has the form of the target version as far as what went in had that of its own: validate it.

    Args:
        document: JSON text, UTF-8 bytes or the decoded object: the document; a path: its file.
        to: Version wanted; None: the version of this library, ``STANDARD_VERSION``.
        steps: The steps to use; at most one may begin at each version, and each leads to a newer one.

    Raises:
        DocumentError: ``unknown-standard-version`` if a version is newer than every known one, or is none at all;
            ``no-migration`` if no steps lead to the version wanted; the findings of reading if it is no document.
        ValueError: If the steps themselves contradict one another.
    """
    route = Route(steps, also=(STANDARD_VERSION,))
    target = STANDARD_VERSION if to is None else to
    if target not in route.known:
        raise _error(
            "no-migration", f"{target!r} is no version that this library knows", expected=", ".join(route.known)
        )
    try:
        current = _read(document)
        work = _Work(current, route, target)
        work.run()
    except RecursionError:
        raise _error("not-a-document", "the document is nested too deeply") from None
    return Migration(work.document, work.source, target, tuple(work.steps), work.account.findings(work.document))


class _Work:
    """A migration under way: the oldest version takes its step, until every document is of the target version."""

    def __init__(self, document: dict[str, Any], route: Route, target: str) -> None:
        self.document = document
        self.steps: list[Step] = []
        self.account = Account()
        self._route = route
        self._target = target
        self._check()
        self.source: str = document["standard_version"]

    def run(self) -> None:
        """Take every step.

        Raises:
            DocumentError: ``no-migration`` if a document is not what its version describes.
        """
        while waiting := [version for version in self._versions() if version != self._target]:
            step = self._route.step(min(waiting, key=order))
            self.steps.append(step)
            self._take(step)
        if self._target == STANDARD_VERSION and self.document["type"] not in DOCUMENT_TYPES:
            raise _error(
                "unknown-document-type",
                f"{self.document['type']!r} is not a document type",
                pointer="/type",
                expected=", ".join(DOCUMENT_TYPES),
                found=repr(self.document["type"]),
            )

    def _check(self) -> None:
        faults = list(_faults(self.document, self._route, self._target))
        if faults:
            raise DocumentError(f"the document cannot be migrated: {faults[0].message}", faults)

    def _versions(self) -> Iterator[str]:
        version = self.document["standard_version"]
        yield version
        for _, _, _, item in _nested(self.document, self._route):
            yield item.get("standard_version", version)

    def _take(self, step: Step) -> None:
        version = self.document["standard_version"]
        self.account.begin_stage()
        for holder, number, kind, item in _nested(self.document, self._route):
            if item.get("standard_version", version) == step.source:
                items = self.document[holder]
                items[number] = self._applied(step, item, kind, f"/{holder}/{number}")
        if version == step.source:
            self.account.begin_stage()
            self.document = self._applied(step, self.document, self.document["type"], "")
            self._check()

    def _applied(self, step: Step, before: dict[str, Any], kind: str, base: str) -> dict[str, Any]:
        # A row of results states no version of its own: it is the package's, and the package keeps the original.
        bare = kind == "result" and base != "" and "standard_version" not in before
        typed = "type" in before
        given = {"type": kind} | {name: value for name, value in before.items() if name not in _OWN}
        changes = Changes(given)
        try:
            # Copies, because a step may change what it is given, and may keep what it returns.
            after = copied(step.apply(copied(given), changes))
            if not isinstance(after, dict):
                raise TypeError(f"the step returned {type(after).__name__}")
            self.account.enter(kind, base, given, after, changes)
        except DocumentError as error:
            raise DocumentError(_unreadable(step, kind), error.findings) from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            message = _unreadable(step, kind)
            raise _error("no-migration", message, pointer=base, found=f"{type(error).__name__}: {error}") from error
        after = {name: value for name, value in after.items() if name not in _OWN}
        if not typed and after.get("type") == kind:
            del after["type"]
        if bare:
            return {name: before[name] for name in _OWN if name in before} | after
        self.account.enter_version(kind, base, step.source, step.target)
        original = before.get("original_standard_version")
        own = (step.target, step.source if original is None else original)
        return dict(zip(_OWN, own, strict=True)) | after


def _read(document: object) -> dict[str, Any]:
    raw: object = document
    if isinstance(document, os.PathLike):
        path = Path(document)
        try:
            raw = decode(path.read_bytes())
        except OSError as error:
            message = f"{path}: {error.strerror or error}"
            raise _error("unreadable-file", message, found=str(path)) from error
    elif isinstance(document, (str, bytes)):
        raw = _decoded(document)
    if not isinstance(raw, Mapping):
        message = "a document is one JSON object, as text, bytes, a mapping, or the path of its file"
        raise _error("not-a-document", message, expected="an object", found=type(raw).__name__)
    problem = unusable(raw)
    if problem is not None:
        raise DocumentError(problem.message, (problem,))
    out: dict[str, Any] = copied(raw)
    return out


def _decoded(text: str | bytes) -> Any:
    try:
        return decode(text)
    except DocumentError as error:
        if isinstance(text, bytes) or "{" in text:
            raise
        remedy = "the text is read as the document itself; the name of a file is given as a pathlib.Path"
        raise DocumentError(error.message, [replace(item, remedy=remedy) for item in error.findings]) from None


def _faults(document: dict[str, Any], route: Route, target: str) -> Iterator[Finding]:
    """Yield why a document and those in it cannot be migrated."""
    if not isinstance(document.get("type"), str):
        expected = ", ".join(DOCUMENT_TYPES)
        yield Finding("unknown-document-type", "the document has no type", pointer="/type", expected=expected)
    version = document.get("standard_version")
    fault = _version_fault(version, "", route, target)
    if fault is not None:
        yield fault
        return
    for name, _ in _collections(document, route):
        items = document.get(name)
        if items is not None and not isinstance(items, list):
            yield Finding(
                "invalid-document",
                f"/{name}: the documents of a package are a list",
                pointer=f"/{name}",
                expected="a list",
                found=type(items).__name__,
            )
    for holder, number, _, item in _nested(document, route, every=True):
        base = f"/{holder}/{number}"
        if not isinstance(item, dict):
            message = f"{base}: a document of a package is one object"
            yield Finding("invalid-document", message, pointer=base, expected="an object", found=type(item).__name__)
            continue
        if "standard_version" in item:
            fault = _version_fault(item["standard_version"], base, route, target)
            if fault is not None:
                yield fault


def _version_fault(version: object, base: str, route: Route, target: str) -> Finding | None:
    pointer = f"{base}/standard_version"
    found = None if version is None else repr(version)
    known = ", ".join(route.known)
    try:
        number = order(version) if isinstance(version, str) else None
    except ValueError:
        number = None
    if number is None or not isinstance(version, str):
        message = "the document does not say which version of the standard it was written for"
        return Finding("unknown-standard-version", message, pointer=pointer, expected=known, found=found)
    if route.leads(version, target) and version in route.known:
        return None
    if number > order(route.known[-1]):
        message = f"version {version} is newer than every version this library knows"
        remedy = "use a newer harmoniqc"
        return Finding("unknown-standard-version", message, pointer=pointer, expected=known, found=found, remedy=remedy)
    if number > order(target):
        message, remedy = f"no step leads back from version {version} to {target}", "keep the document as it is"
        return Finding("no-migration", message, pointer=pointer, expected=known, found=found, remedy=remedy)
    message = f"no steps lead from version {version} to {target}"
    return Finding("no-migration", message, pointer=pointer, expected=known, found=found)


def _collections(document: dict[str, Any], route: Route) -> tuple[tuple[str, str], ...]:
    return route.collections(document["standard_version"]) if document.get("type") == "package" else ()


def _nested(document: dict[str, Any], route: Route, *, every: bool = False) -> Iterator[tuple[str, int, str, Any]]:
    """Yield each document in a package: field, number, type, document; only objects, unless everything is wanted."""
    for name, kind in _collections(document, route):
        items = document.get(name)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if every or isinstance(item, dict):
                yield name, number, kind, item


def _unreadable(step: Step, kind: str) -> str:
    return f"the {kind} is not what version {step.source} describes, so the step to {step.target} cannot read it"


def _error(
    code: str, message: str, *, pointer: str | None = None, expected: str | None = None, found: str | None = None
) -> DocumentError:
    return DocumentError(message, (Finding(code, message, pointer=pointer, expected=expected, found=found),))
