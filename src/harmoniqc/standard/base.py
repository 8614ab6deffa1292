"""What every model of the standard has in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from harmoniqc.errors import Finding, Findings
from harmoniqc.standard import shapes

STANDARD_VERSION: Final = "0.1"
"""The version of the data standard. It is not the version of the library."""

Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=128),
    Field(description="A slug: lower-case letters, digits, dots and hyphens."),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=shapes.IDENTIFIER)]
"""An identifier given by others (batch, site, method): kept as it is, no blanks at the ends."""


D = TypeVar("D", bound=date)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?\Z", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})\Z", re.ASCII)


def _day(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.match(value):
        return value
    raise ValueError("a date is written like 2026-01-31")


def _moment(value: Any) -> Any:
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.match(value)):
        return value
    raise ValueError("a point in time is written like 2026-01-31T14:05:00+09:00, with its offset")


def _finite_year(value: D) -> D:
    if not 1900 <= value.year <= 2200:
        raise ValueError("year outside 1900 to 2200")
    return value


Date = Annotated[
    date,
    BeforeValidator(_day),
    AfterValidator(_finite_year),
    WithJsonSchema(shapes.text_of(shapes.DATE, "A day like 2026-01-31.", format="date")),
]


def _partial(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    if isinstance(value, str) and _PARTIAL.match(value):
        year, _, rest = value.partition("-")
        month, _, day = rest.partition("-")
        _finite_year(date(int(year), int(month or 1), int(day or 1)))
        return value
    raise ValueError("a date is written like 2026, 2026-01 or 2026-01-31")


PartialDate = Annotated[
    str,
    BeforeValidator(_partial),
    WithJsonSchema(shapes.text_of(shapes.PARTIAL_DATE, "A date like 2026, 2026-01 or 2026-01-31.")),
]
"""A date as precise as it is known: a year, a month, or a day."""

Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_moment),
    AfterValidator(_finite_year),
    WithJsonSchema(
        shapes.text_of(
            shapes.INSTANT, "A point in time with its offset, like 2026-01-31T14:05:00+09:00.", format="date-time"
        )
    ),
]
"""A point in time with its offset; a time without one is refused."""

LARGEST_INTEGER = 2_000_000_000


def _whole(value: Any) -> Any:
    # JSON has one kind of number: 3.0 is the whole number 3 to JSON Schema, and to us.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("not a whole number")


# The bounds stand before the function: behind it pydantic would hold them and not state them in the schema.
Whole = Annotated[int, Field(ge=0, le=LARGEST_INTEGER), BeforeValidator(_whole)]
Positive = Annotated[int, Field(ge=1, le=LARGEST_INTEGER), BeforeValidator(_whole)]
Several = Annotated[int, Field(ge=2, le=LARGEST_INTEGER), BeforeValidator(_whole)]

Evidence = Literal["primary", "secondary", "memory"]
"""How a source was seen: the text itself, quoted by another, or known but not seen."""


class Model(BaseModel):
    """Base of every model: frozen, closed to unknown fields, hashable.

    Two models are equal if they mean the same. Verbatim source text and evidence say where a meaning came
    from and are no part of it, so the fields named in :attr:`verbatim_fields` stay outside equality and hash.
    Decimal text is compared as text: ``5`` is not ``5.0``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    verbatim_fields: ClassVar[frozenset[str]] = frozenset()

    def _meaning(self) -> tuple[object, ...]:
        skip = self.verbatim_fields
        return tuple(getattr(self, name) for name in type(self).model_fields if name not in skip)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Model)  # noqa: S101 - same type as self
        return self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash((type(self), self._meaning()))


class Noted(Model):
    """A model that may have been read from a text or a table, and carries what was noticed then."""

    _findings: Findings | None = PrivateAttr(default=None)

    @property
    def findings(self) -> Findings:
        """What was noticed when the model was read from a text or a table; no part of its meaning or its JSON."""
        return Findings() if self._findings is None else self._findings

    def with_findings(self, findings: Iterable[Finding]) -> Self:
        """Return a copy that carries these findings."""
        noticed = findings if isinstance(findings, Findings) else Findings(findings)
        if not noticed and not self._findings:
            return self
        copy = self.model_copy()
        copy._findings = noticed
        return copy


class Source(Model):
    """Where a statement comes from.

    Attributes:
        document: Title or identifier of the document.
        section: Section, table or clause.
        edition: Edition, revision or date of the document.
        url: Address of the document.
        evidence: How the text was seen.
        note: What a reader should know about the source.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"evidence", "note"})

    document: Text
    section: Text | None = None
    edition: Text | None = None
    url: Text | None = None
    evidence: Evidence = "secondary"
    note: Text | None = None


class Document(Model):
    """A document that can stand alone: it says which version of the standard it follows.

    Attributes:
        standard_version: Version of the data standard.
        original_standard_version: Version of the standard that the document was first written for; None: this one.
            A migration sets it; no part of the meaning.
        sources: Where the content was taken from; no part of its meaning.
        note: Anything a reader should know.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"original_standard_version", "sources", "note"})

    standard_version: Literal["0.1"] = "0.1"
    original_standard_version: Text | None = None
    sources: tuple[Source, ...] = ()
    note: Text | None = None


def refuse(info: ValidationInfo, code: str, message: str) -> None:
    """Refuse a model whose shape is right and whose meaning is not.

    Args:
        info: Of the validation; with ``{"shape_only": True}`` as its context nothing is refused.
        code: Code of the finding.
        message: What is wrong.
    """
    if not (isinstance(info.context, dict) and info.context.get("shape_only")):
        raise PydanticCustomError(code, "{message}", {"message": message})


def utc_text(moment: datetime) -> str:
    """Write a moment as RFC 3339 text, keeping its offset."""
    return moment.isoformat().replace("+00:00", "Z")
