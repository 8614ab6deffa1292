"""Statements to criteria: what each says as data, and what several in one cell say together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from harmoniqc.notation.items import Expression, Item, is_target_label
from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.numbers import Number
from harmoniqc.notation.quantities import Note, Quantity, is_marker, is_marker_name
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.signs import Signs
from harmoniqc.standard import (
    Absence,
    AllOf,
    AnyOf,
    AsForRelease,
    Bound,
    Branch,
    Category,
    CodedOutcome,
    Conditional,
    Criterion,
    FactCondition,
    Identity,
    Limit,
    Member,
    NotStated,
    ReportOnly,
    Target,
    Tolerance,
    Trend,
)
from harmoniqc.standard import Quantity as StatedQuantity
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import Unit, conversion, parse_unit
from harmoniqc.vocabulary import outcomes


@dataclass(slots=True)
class Statement:
    """One statement as a criterion.

    Attributes:
        criterion: The criterion.
        item: Where it came from.
        component: Label of the part it is asked of.
        conditions: What has to hold for it to apply.
        notes: What was assumed.
    """

    criterion: Criterion
    item: Item
    component: str | None = None
    conditions: tuple[FactCondition, ...] = ()
    notes: list[Note] = field(default_factory=list)


class Builder:
    """Builds criteria from the statements of one text.

    Args:
        signs: The text.

    Attributes:
        notes: What was assumed so far.
        day: Day of an interim or final reading the text names.
        interim: Whether it is an interim reading.
    """

    def __init__(self, signs: Signs) -> None:
        self.signs = signs
        self.notes: list[Note] = []
        self.text: str | None = None
        self.day: int | None = None
        self.interim = False

    def written(self, start: int, end: int) -> str:
        """Return a piece of the text as it was written."""
        first = self.signs.place(start)
        last = self.signs.place(end - 1) + 1 if end else first
        return self.signs.written[first:last].strip()

    def words(self, lexemes: Sequence[Lexeme]) -> str:
        """Return lexemes as they were written."""
        return self.written(lexemes[0].start, lexemes[-1].end) if lexemes else ""

    # -- whole texts -----------------------------------------------------------------------------------------

    def build(self, expression: Expression) -> tuple[Criterion, FactCondition | None]:
        """Return the criterion of an expression; a condition that governs all of it apart.

        Raises:
            Refusal: If the statements do not make one criterion.
        """
        if len(expression.items) == 1:
            self.text = self.signs.written.strip()
        statements = [part for item in expression.items for part in self._statements(item)]
        kinds = {sign.type for sign in expression.signs}
        if len(statements) == 1 and not statements[0].conditions[1:]:
            self.notes += statements[0].notes
            conditions = statements[0].conditions
            return statements[0].criterion, conditions[0] if conditions else None
        if any(statement.conditions for statement in statements):
            return self._conditional(statements, kinds), None
        if "OR" in kinds and kinds != {"OR"}:
            at = expression.signs[0].start
            raise Refusal("unrelated-numbers", "and-parts and or-parts are mixed; brackets would say how", at)
        for statement in statements:
            self.notes += statement.notes
        if kinds == {"OR"}:
            return self._any_of(statements), None
        return self._all_of(statements), None

    def _any_of(self, statements: list[Statement]) -> Criterion:
        for statement in statements:
            self._refuse_bare(statement)
        if all(statement.criterion == statements[0].criterion and not statement.component for statement in statements):
            return statements[0].criterion
        return AnyOf(members=tuple(self._member(statement) for statement in statements))

    def _all_of(self, statements: list[Statement]) -> Criterion:
        statements = self._window(statements)
        if len(statements) == 1:
            return statements[0].criterion
        if all(isinstance(statement.criterion, ReportOnly) for statement in statements):
            return statements[0].criterion
        joined = self._joined(statements)
        if joined is not None:
            return joined
        if isinstance(statements[0].criterion, Target) and all(
            item.item.kind == "description" for item in statements[1:]
        ):
            # A target without a tolerance decides nothing, so words about it may stay words.
            self.notes += [("words-kept", self.words(item.item.words)) for item in statements[1:]]
            self._refuse_logic(statements[1:])
            return statements[0].criterion
        for statement in statements:
            self._refuse_bare(statement)
        self._name_parts(statements)
        return AllOf(members=tuple(self._member(statement) for statement in statements))

    def _refuse_logic(self, statements: Sequence[Statement]) -> None:
        for statement in statements:
            for word in statement.item.words:
                if word.type in ("LOGIC", "HALF"):
                    raise Refusal("unreadable-text", f"{word.text!r} changes what stands before it", word.start)

    def _refuse_bare(self, statement: Statement) -> None:
        if isinstance(statement.criterion, Target) and statement.criterion.tolerance is None:
            message = "a number without a comparison stands beside another criterion"
            raise Refusal("unrelated-numbers", message, statement.item.start, expected="≥ or ≤ before the number")

    def _window(self, statements: list[Statement]) -> list[Statement]:
        """Read "50-400 nm particles > 90%": a share of what lies in a window; the window names what is counted."""
        if len(statements) != 2:
            return statements
        first, second = statements
        ranged, bound = first.item.number, second.item.number
        if ranged is None or bound is None or ranged.kind != "range" or bound.kind != "bound":
            return statements
        is_share = (
            bound.unit == "%"
            and not bound.low.words
            and ranged.low.words
            + (ranged.high.words if ranged.high else "")
            + (ranged.high.population or "" if ranged.high else "")
        )
        if (
            is_share
            and ranged.unit is not None
            and parse_unit(ranged.unit).dimension == (("m", 1),)
            and not second.item.label
        ):
            self.notes.append(("words-kept", self.written(first.item.start, first.item.end)))
            return [second]
        return statements

    def _joined(self, statements: Sequence[Statement]) -> Limit | None:
        """Return one limit for a lower and an upper bound of the same thing.

        Raises:
            Refusal: If two bounds of the same thing contradict each other, or bind on the same side.
        """
        if len(statements) != 2:
            return None
        first, second = statements
        one, other = first.criterion, second.criterion
        if not isinstance(one, Limit) or not isinstance(other, Limit) or first.component or second.component:
            return None
        if second.item.label and first.item.label_text != second.item.label_text:
            return None
        if one.unit != other.unit:
            if one.unit is None and first.item.number is not None and not first.item.number.low.own_unit:
                one = one.model_copy(update={"unit": other.unit})
                self.notes.append(("unit-shared", str(other.unit)))
            else:
                return None
        if (one.population or other.population) != (other.population or one.population):
            return None
        low, high = one.low or other.low, one.high or other.high
        at = second.item.start
        if low is None or high is None or (one.low and other.low) or (one.high and other.high):
            raise Refusal("unrelated-numbers", "two bounds of the same side, and which one counts is not said", at)
        if to_fraction(low.value) > to_fraction(high.value):
            raise Refusal("range-reversed", f"nothing is at least {low.value} and at most {high.value}", at)
        return Limit(low=low, high=high, unit=one.unit, population=one.population or other.population)

    def _name_parts(self, statements: Sequence[Statement]) -> None:
        """Name unnamed parts by the kind of quantity they ask, where that tells them apart."""
        if any(statement.component for statement in statements):
            return
        units = [
            None if (number := statement.item.number) is None or number.unit is None else parse_unit(number.unit)
            for statement in statements
        ]
        kinds = [None if unit is None else _kind_of(unit) for unit in units]
        if None not in kinds and len(set(kinds)) == len(kinds):
            for statement, kind in zip(statements, kinds, strict=True):
                statement.component = kind

    def _conditional(self, statements: list[Statement], kinds: set[str]) -> Criterion:
        if "OR" in kinds and kinds != {"OR"}:
            raise Refusal("unrelated-numbers", "conditions joined by and as well as or", statements[0].item.start)
        branches = []
        bound = next((item for item in statements if isinstance(item.criterion, Limit)), None)
        unit = next(
            (item.criterion.unit for item in statements if isinstance(item.criterion, Limit) and item.criterion.unit),
            None,
        )
        for statement in statements:
            if not statement.conditions:
                message = "one part has a condition and another has none"
                raise Refusal("unknown-condition", message, statement.item.start, expected="a condition for each part")
            if len(statement.conditions) > 1:
                raise Refusal("unknown-condition", "a part has two conditions", statement.item.start)
            self.notes += statement.notes
            criterion = statement.criterion
            if (
                isinstance(criterion, Target)
                and criterion.tolerance is None
                and bound is not None
                and bound is statements[0]
            ):
                criterion = self._like(statement, bound)
            if isinstance(criterion, Limit) and criterion.unit is None and unit is not None:
                criterion = criterion.model_copy(update={"unit": unit})
                self.notes.append(("unit-shared", unit))
            branches.append(Branch(when=statement.conditions[0], criterion=criterion))
        whens = [branch.when for branch in branches]
        if len(set(whens)) < len(whens):
            raise Refusal("unknown-condition", "the same condition is stated twice", statements[0].item.start)
        return Conditional(branches=tuple(branches))

    def _like(self, statement: Statement, bound: Statement) -> Criterion:
        """Read a number alone with the comparison of the first case: "minimum 5,000 for ..., 4,500 for ..."."""
        first, number = bound.item.number, statement.item.number
        if first is None or number is None or first.kind != "bound":
            return statement.criterion
        self.notes.append(("comparison-shared", f"{first.comparator} {number.low.number.text}"))
        return self._limit(replace(number, kind="bound", comparator=first.comparator))

    def _member(self, statement: Statement) -> Member:
        item = statement.item
        text = self.written(item.start, item.end)
        criterion = statement.criterion.model_copy(update={"text": text}) if text else statement.criterion
        return Member(criterion=criterion, component=statement.component)

    # -- one statement ---------------------------------------------------------------------------------------

    def _statements(self, item: Item) -> list[Statement]:
        if item.fraction is not None:
            raise Refusal("unrelated-numbers", "a share of several results is no criterion for one", item.start)
        if item.kind == "number":
            return self._numeric(item)
        if item.kind == "bracketed":
            return self._bracketed(item)
        criterion = _WORDINGS[item.kind](self, item)
        notes: list[Note] = list(item.notes)
        notes += [("words-kept", remark) for remark in item.remarks]
        if item.count is not None or item.window is not None:
            raise Refusal("unreadable-text", "a count or window behind words is not understood", item.start)
        if item.brackets and not isinstance(criterion, Absence):
            raise Refusal("unreadable-text", "a bracket that states something stands behind words", item.start)
        if (item.timed or item.amounts or item.brackets) and isinstance(criterion, Absence):
            criterion = self._qualified(criterion, item, notes)
        elif item.timed or item.amounts:
            raise Refusal("unreadable-text", "a number behind words is not understood", item.start)
        if item.day is not None:
            self.day = item.day
            if isinstance(criterion, Absence):
                criterion = criterion.model_copy(update={"read_day": item.day})
        label = item.enumerator or (item.label_text if item.label else None)
        if item.kind == "signed" and item.words:
            label = self.words(item.words)
        return [Statement(criterion, item, label, tuple(item.conditions), notes)]

    def _qualified(self, criterion: Absence, item: Item, notes: list[Note]) -> Absence:
        """Add to an absence the day it is read, the amount tested and the sensitivity."""
        for time in item.timed:
            days = _days(time)
            if days is None:
                notes.append(("words-kept", f"{time.number.text} {time.unit}"))
            elif criterion.read_day is not None or item.day is not None:
                raise Refusal("unreadable-text", "two days of reading", item.start)
            else:
                criterion = criterion.model_copy(update={"read_day": days})
        for amount in item.amounts:
            if amount.unit is None or criterion.amount is not None:
                raise Refusal("unknown-unit", "the amount tested has no unit, or there are two", item.start)
            criterion = criterion.model_copy(
                update={"amount": StatedQuantity(value=amount.number.text, unit=amount.unit)}
            )
        for bracket, tail in zip(item.brackets, item.bracket_tails, strict=True):
            number = bracket.items[0].number
            if (
                len(bracket.items) == 1
                and bracket.items[0].label_text.casefold() in _SENSITIVITY
                and number is not None
                and number.kind == "bare"
                and number.unit is not None
                and criterion.sensitivity is None
                and not tail
            ):
                stated = StatedQuantity(value=number.low.number.text, unit=number.unit)
                notes += number.all_notes
                criterion = criterion.model_copy(update={"sensitivity": stated})
                continue
            if len(bracket.items) == 1 and bracket.items[0].kind in ("absent", "absent_no", "absent_of") and not tail:
                inner = self._statements(bracket.items[0])[0]
                notes += inner.notes
                if (
                    isinstance(inner.criterion, Absence)
                    and inner.criterion.read_day is not None
                    and criterion.read_day is None
                ):
                    criterion = criterion.model_copy(update={"read_day": inner.criterion.read_day})
                continue
            if (
                len(bracket.items) != 1
                or tail
                or number is None
                or number.kind != "bound"
                or number.comparator not in ("<", "<=")
            ):
                raise Refusal(
                    "unreadable-text",
                    "a bracket behind an absence states its sensitivity: (< 10 CFU/mL)",
                    bracket.items[0].start,
                )
            if criterion.sensitivity is not None or number.unit is None or bracket.items[0].label:
                raise Refusal(
                    "unreadable-text",
                    "the sensitivity has no unit, a label, or is stated twice",
                    bracket.items[0].start,
                )
            notes += number.all_notes
            notes.append(("sensitivity-read", f"{number.low.number.text} {number.unit}"))
            criterion = criterion.model_copy(
                update={"sensitivity": StatedQuantity(value=number.low.number.text, unit=number.unit)}
            )
        return criterion

    def _bracketed(self, item: Item) -> list[Statement]:
        (bracket,) = item.brackets
        if (
            len(bracket.items) != 1
            or bracket.items[0].conditions
            or bracket.items[0].kind != "number"
            or item.enumerator
        ):
            raise Refusal("unreadable-text", "the bracket does not state one limit", item.start)
        inner = bracket.items[0]
        if inner.number is None or inner.number.kind == "bare":
            raise Refusal("unrelated-numbers", "the number in the bracket has no comparison", inner.start)
        (statement,) = self._numeric(inner)
        statement.item = item
        item.number = inner.number
        statement.conditions = tuple(item.conditions)
        statement.component = None
        statement.notes += [
            ("words-kept", self.words(item.label)),
            *(("words-kept", remark) for remark in item.remarks),
        ]
        self._refuse_leftovers(item)
        return [statement]

    def _refuse_leftovers(self, item: Item) -> None:
        if item.timed or item.amounts or item.count is not None or item.window is not None:
            raise Refusal("unrelated-numbers", "a second number stands behind, and its part is not said", item.start)

    def _numeric(self, item: Item) -> list[Statement]:
        number = item.number
        if number is None:  # pragma: no cover - asked for numbers only
            raise Refusal("unreadable-text", "a number was expected", item.start)
        weight = self._reference_weight(item, number)
        if weight is not None:
            return [weight]
        notes = [*item.notes, *number.all_notes]
        criterion: Criterion
        if number.kind == "bound":
            criterion = self._limit(number)
        elif number.kind == "range":
            criterion = self._limit(number)
        else:
            criterion = self._target(item, number)
        words = " ".join(part for part in (number.low.words, number.high.words if number.high else "") if part)
        components = number.low.components or self._label_markers(item)
        if words and not number.low.components:
            notes.append(("words-kept", words))
        self._refuse_informative(item, number)
        notes += [("words-kept", remark) for remark in item.remarks]
        for time in item.timed:
            notes.append(("words-kept", f"{time.number.text} {time.unit}"))
        if item.window is not None:
            window = item.window.unit
            if number.unit != "%" or window is None or parse_unit(window).dimension != (("m", 1),):
                raise Refusal("unrelated-numbers", "two ranges, and how they belong together is not said", item.start)
            notes.append(
                (
                    "words-kept",
                    f"{item.window.low.number.text} to {item.window.high.number.text if item.window.high else ''} {window}",
                )
            )
        if item.amounts:
            if number.kind != "bare":
                raise Refusal(
                    "unrelated-numbers", "the amount behind belongs to the unit: write CFU/100 mL", item.start
                )
            notes += [("words-kept", f"{amount.number.text} {amount.unit}") for amount in item.amounts]
        if item.count is not None:
            notes.append(("words-kept", f"n = {item.count}"))
        if item.day is not None:
            self.day = item.day
        label = self._label(item, notes)
        conditions = tuple(item.conditions)
        if len(components) > 1 and not item.brackets:
            if item.label and number.low.components:
                raise Refusal("unreadable-text", "a label and a list of markers ask for the same", item.start)
            return [
                Statement(criterion, item, name, conditions, notes if place == 0 else [])
                for place, name in enumerate(components)
            ]
        own = label or (components[0] if components else None)
        statements = [Statement(criterion, item, own, conditions, notes)]
        for bracket, tail in zip(item.brackets, item.bracket_tails, strict=True):
            statements += self._behind(item, number, bracket, tail, notes)
        if len(statements) > 1 and conditions:
            raise Refusal("unknown-condition", "a condition and several limits in brackets", item.start)
        if len(statements) > 1:
            for statement in statements:
                statement.component = statement.component or self._counted(statement)
        return statements

    def _refuse_informative(self, item: Item, number: Number) -> None:
        remarks = [
            *item.remarks,
            *(
                part.text
                for part in (*number.low.tail, *(number.high.tail if number.high else ()))
                if part.type == "PAREN"
            ),
        ]
        for remark in remarks:
            if _INFORMATIVE.search(remark):
                message = f"a limit, and the remark {remark!r} that it may not bind"
                raise Refusal("unrelated-numbers", message, item.start, expected="a limit, or report results")

    def _counted(self, statement: Statement) -> str | None:
        number = statement.item.number
        if number is None or not number.low.own_unit:
            return None
        words = [
            item
            for item in number.low.tail
            if item.kind == "word" and item.type == "WORD" and item.text.casefold() not in ("is", "are", "of")
        ]
        return self.words(words) if words and statement.criterion.population or words and number.low.words else None

    def _label(self, item: Item, notes: list[Note]) -> str | None:
        if item.enumerator:
            return item.enumerator
        if not item.label:
            return None
        if item.number is not None and item.number.kind == "bare" and not is_target_label(item.label):
            message = f"{self.words(item.label)!r} stands before a number, and no comparison between them"
            raise Refusal("unrelated-numbers", message, item.start, expected="≥ or ≤ before the number")
        if any(part.type == "LIST" for part in item.label):
            if self._label_markers(item):
                return None
            raise Refusal("unreadable-text", f"a list stands before the number: {self.words(item.label)!r}", item.start)
        return item.label_text

    def _label_markers(self, item: Item) -> tuple[str, ...]:
        """Return the markers of a label such as "CD73, CD90 and CD105"."""
        if not any(part.type == "LIST" for part in item.label):
            return ()
        names: list[list[Lexeme]] = [[]]
        for part in item.label:
            if part.type == "LIST":
                names.append([])
            else:
                names[-1].append(part)
        found = tuple(self.words(name) for name in names if name)
        return found if all(is_marker_name(name) for name in found) else ()

    def _behind(
        self, item: Item, number: Number, bracket: Expression, tail: Sequence[Lexeme], notes: list[Note]
    ) -> list[Statement]:
        """Read a bracket behind a number: a restated amount, or a further limit."""
        inner = bracket.items[0]
        text = self.written(inner.start, bracket.items[-1].end)
        if tail:
            raise Refusal("unreadable-text", "words behind the bracket are not understood", tail[0].start)
        bare = all(
            part.number is not None and part.number.kind == "bare" and not part.brackets for part in bracket.items
        )
        loose = (
            number.kind == "bare"
            and inner.number is not None
            and inner.number.notes[:1]
            and inner.number.notes[0][0] == "within-is-at-most"
        )
        if bare or loose:
            notes.append(("restated", text))
            return []
        if number.kind == "bare":
            message = "a number without a comparison, and a limit in brackets: which one counts is not said"
            raise Refusal("unrelated-numbers", message, item.start)
        out = [part for one in bracket.items for part in self._statements(one)]
        if any(sign.type == "OR" for sign in bracket.signs) or not all(
            isinstance(part.criterion, Limit) for part in out
        ):
            raise Refusal("unreadable-text", "what the bracket states is not understood", inner.start, found=text)
        for part in out:
            same = isinstance(part.criterion, Limit) and part.criterion.unit == number.unit
            if same and not (
                part.criterion.population or part.component or (part.item.number and part.item.number.low.words)
            ):
                raise Refusal(
                    "unrelated-numbers", "two limits of the same thing, one in brackets", inner.start, found=text
                )
        return out

    def _limit(self, number: Number) -> Limit:
        first = number.low
        if number.kind == "range" and number.high is not None:
            low = Bound(value=first.number.text, inclusive=number.low_closed)
            high = Bound(value=number.high.number.text, inclusive=number.high_closed)
            return Limit(
                low=low,
                high=high,
                unit=number.unit,
                population=number.high.population or first.population,
                text=self.text,
            )
        bound = Bound(value=first.number.text, inclusive="=" in number.comparator)
        if number.comparator.startswith(">"):
            return Limit(low=bound, unit=number.unit, population=first.population, text=self.text)
        return Limit(high=bound, unit=number.unit, population=first.population, text=self.text)

    def _target(self, item: Item, number: Number) -> Target:
        if number.kind == "bare":
            self.notes.append(("no-tolerance-stated", number.low.number.text))
            return Target(value=number.low.number.text, unit=number.unit, population=number.low.population)
        if number.kind in ("nominal", "tolerance"):
            return self._nominal(item, number)
        tolerance = number.high
        if tolerance is None:  # pragma: no cover - a target has one
            raise Refusal("no-tolerance", "a tolerance was expected", item.start)
        relative = tolerance.unit == "%" and number.unit != "%"
        distance = tolerance.number.text
        return Target(
            value=number.low.number.text,
            unit=number.unit,
            population=number.low.population,
            tolerance=Tolerance(minus=distance, plus=distance, relative=relative),
        )

    def _nominal(self, item: Item, number: Number) -> Target:
        tolerance = number.low
        fact = number.fact or self._named_fact(tolerance)
        if fact is None:
            raise Refusal(
                "unrelated-numbers",
                "what the tolerance belongs to is not said",
                item.start,
                expected="± 20 % of the labeled amount",
            )
        if tolerance.unit != "%":
            raise Refusal(
                "unit-conflict",
                "a tolerance around a nominal amount is stated in percent",
                item.start,
                expected="± 20 %",
            )
        given = self.given_unit
        return Target(
            nominal=fact,
            unit=None if given is None or given[0] == "%" else given[0],
            population=None if given is None or given[0] == "%" else given[1],
            tolerance=Tolerance(minus=tolerance.number.text, plus=tolerance.number.text, relative=True),
        )

    def _named_fact(self, tolerance: Quantity) -> str | None:
        words = f"{tolerance.population or tolerance.words}".casefold()
        words = re.sub(r"\A(?:of )?(?:the )?", "", words)
        return nominal_fact(words)

    def _reference_weight(self, item: Item, number: Number) -> Statement | None:
        """Read "35E6 cells for a 70-kg patient (> 0.5E6 cells/kg)": the limit per kg, with the example beside it."""
        weight = next((time for time in item.timed if time.unit in ("kg", "kg-body")), None)
        if weight is None:
            return None
        if number.kind != "bare" or len(item.brackets) != 1 or len(item.brackets[0].items) != 1:
            raise Refusal(
                "unrelated-numbers",
                "a limit that holds for one body weight only is no limit for others",
                item.start,
                expected="a limit per kg",
            )
        inner = item.brackets[0].items[0]
        limit = inner.number
        if limit is None or limit.kind != "bound" or limit.unit is None or "kg" not in limit.unit:
            raise Refusal("unrelated-numbers", "a limit per kg was expected in the bracket", inner.start)
        if limit.low.number.value * weight.number.value != number.low.number.value:
            message = f"{limit.low.number.text} per kg times {weight.number.text} kg is not {number.low.number.text}"
            raise Refusal("unrelated-numbers", message, inner.start)
        notes = [*limit.all_notes, ("reference-weight", f"{weight.number.text} kg")]
        return Statement(self._limit(limit), item, None, tuple(item.conditions), notes)

    # -- wordings --------------------------------------------------------------------------------------------

    given_unit: tuple[str, str | None] | None = None

    def _absent(self, item: Item) -> Criterion:
        if item.words:
            first = item.words[0].text.casefold()
            if all(word.type == "PAREN" for word in item.words):
                pass
            elif first not in _PREPOSITIONS or any(word.type in ("LOGIC", "HALF") for word in item.words):
                raise Refusal(
                    "unreadable-text",
                    f"{self.words(item.words)!r} behind an absence is not understood",
                    item.words[0].start,
                )
            item.notes.append(("words-kept", self.words(item.words)))
        of = self.words(item.label) if item.label else None
        return Absence(of=of)

    def _interim(self, item: Item) -> Criterion:
        self.interim = True
        item.notes.append(("negative-to-date", self.words(item.words) if item.words else ""))
        return self._absent(item)

    def _absent_of(self, item: Item) -> Criterion:
        words = [*item.words]
        if words and words[-1].type == "DETECTED":
            words.pop()
        if item.label:
            item.notes.append(("words-kept", self.words(item.label)))
        for word in words:
            if word.type == "LIST" and word.text == ";":
                raise Refusal("unreadable-text", "what is absent, and what follows, are not told apart", word.start)
            if word.type == "HALF" or (
                word.type == "LOGIC" and word.text.casefold() not in ("any", "other than", "only", "than")
            ):
                raise Refusal("unreadable-text", f"{word.text!r} changes what is absent", word.start)
        if not words:
            raise Refusal("unreadable-text", "what is absent is not said", item.start)
        return Absence(of=self.words(words))

    def _identical(self, item: Item) -> Criterion:
        for word in item.words:
            if word.type in ("LOGIC", "HALF"):
                raise Refusal("unreadable-text", f"{word.text!r} is not understood", word.start)
        if not item.words:
            raise Refusal("unreadable-text", "what the result has to match is not said", item.start)
        return Identity(reference=re.sub(r"\A(?:the|that of) ", "", self.words(item.words)))

    def _expected(self, item: Item) -> Criterion:
        text = self.written(
            item.sign.start if item.sign else item.start,
            item.words[-1].end if item.words else (item.sign.end if item.sign else item.end),
        )
        return Identity(reference=text[:1].lower() + text[1:])

    def _report(self, item: Item) -> Criterion:
        if item.words:
            item.notes.append(("words-kept", self.words(item.words)))
        return ReportOnly()

    def _unstated(self, item: Item) -> Criterion:
        return NotStated()

    def _not_yet(self, item: Item) -> Criterion:
        message = "it says that there is no criterion, or none yet"
        raise Refusal("no-criterion-yet", message, item.start)

    def _comply(self, item: Item) -> Criterion:
        if item.words and item.words[0].text.casefold() in ("reference", "expected", "published", "theoretical"):
            return Identity(reference=self.words(item.words))
        if item.words:
            item.notes.append(("words-kept", self.words(item.words)))
        return Category(accept=(CodedOutcome(code="conforms"),))

    def _trend(self, item: Item) -> Criterion:
        value = item.sign.phrase.value if item.sign is not None and item.sign.phrase is not None else ""
        direction, _, over = value.partition("/")
        return Trend(direction=direction, over=over or "time")  # type: ignore[arg-type]

    def _as_release(self, item: Item) -> Criterion:
        return AsForRelease()

    def _signed(self, item: Item) -> Criterion:
        sign = item.sign.text if item.sign is not None else ""
        if sign == "+":
            return Category(accept=(CodedOutcome(code="present", synonyms=("+",)),))
        return Absence(of=self.words(item.words))

    def _description(self, item: Item) -> Criterion:
        text = self.words(item.words)
        if any(word.type == "HALF" for word in item.words):
            word = next(word for word in item.words if word.type == "HALF")
            raise Refusal("unreadable-text", f"{word.text!r} stands among words that are not understood", word.start)
        if any(
            word.type == "LOGIC"
            and word.phrase is not None
            and word.kind == "word"
            and word.text.casefold() in _CONDITIONAL_WORDS
            for word in item.words
        ):
            raise Refusal("unknown-condition", "a condition in words that is not understood", item.start)
        if item.remarks:
            text = self.written(item.words[0].start, item.end)
            item.remarks.clear()
        code = outcomes.read(text)
        if code in ("present", "conforms", "identical", "absent"):
            return Absence() if code == "absent" else Category(accept=(CodedOutcome(code=code),))
        if code is not None or outcomes.is_ambiguous(text):
            raise Refusal("no-criterion-yet", f"{text!r} is no criterion", item.start)
        slug = slug_of(text)
        if is_marker(text):
            raise Refusal(
                "unreadable-text", f"{text!r} is a marker, and no limit of it", item.start, expected="≥ 90 % CD73"
            )
        if not re.search(r"[^\W\d_]{2}", text) or not slug:
            raise Refusal("unreadable-text", f"{text!r} says nothing that could be compared", item.start)
        item.notes.append(("descriptive-text", text))
        return Category(accept=(CodedOutcome(code=slug, synonyms=(text,)),))


_SENSITIVITY = frozenset(
    {
        "sensitivity",
        "sensitivity of",
        "lod",
        "limit of detection",
        "detection limit",
        "limit of detection of",
        "detection limit of",
    }
)
_INFORMATIVE = re.compile(
    r"\b(?:report(?:ed|ing)?|inform\w*|fio|optional|target|guidance|tentative|preliminary|proposed|not binding|alert|action|expected)\b",
    re.IGNORECASE,
)
_PREPOSITIONS = frozenset(
    {
        "in",
        "on",
        "by",
        "at",
        "after",
        "within",
        "for",
        "during",
        "through",
        "until",
        "with",
        "from",
        "per",
        "under",
        "using",
        "via",
    }
)
_CONDITIONAL_WORDS = frozenset(
    {
        "if",
        "unless",
        "except",
        "except for",
        "when",
        "whenever",
        "whichever",
        "otherwise",
        "provided",
        "depending",
        "according",
        "instead",
        "alternatively",
    }
)
_WORDINGS = {
    "absent": Builder._absent,
    "interim": Builder._interim,
    "absent_of": Builder._absent_of,
    "absent_no": Builder._absent_of,
    "identical": Builder._identical,
    "expected": Builder._expected,
    "report": Builder._report,
    "unstated": Builder._unstated,
    "not_yet": Builder._not_yet,
    "comply": Builder._comply,
    "comply_with": Builder._comply,
    "trend": Builder._trend,
    "as_release": Builder._as_release,
    "signed": Builder._signed,
    "description": Builder._description,
}


def nominal_fact(words: str) -> str | None:
    """Return the fact that words such as "labeled amount" name."""
    from harmoniqc.notation.phrases import phrase_at
    from harmoniqc.notation.words import words_of

    found = words_of(words)
    named = phrase_at(found, 0) if found else None
    return named[1].value if named is not None and named[0] == len(found) and named[1].sign == "NOMINAL" else None


def slug_of(text: str) -> str:
    """Return the code of a wording: lower case, everything else than letters and digits as one hyphen."""
    folded = unicodedata.normalize("NFKD", re.sub(r"\W+", "-", text)).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:128].rstrip("-")


def _kind_of(unit: Unit) -> str | None:
    if unit.is_temperature:
        return "temperature"
    return "duration" if unit.is_duration else unit.kind or None


def _days(time: Quantity) -> int | None:
    """Return a duration in whole days; None if it is none."""
    if time.unit is None:
        return None
    unit = parse_unit(time.unit)
    if not unit.is_duration or not unit.convertible_to(parse_unit("d")):
        return None
    days = time.number.value * conversion(unit, parse_unit("d")).factor
    return int(days) if days.denominator == 1 and days <= 10_000 else None
