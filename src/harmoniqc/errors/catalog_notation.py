"""Finding codes of criteria and results as people write them: why a text was refused, and what was assumed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from harmoniqc.errors.entry import CodeEntry

_E: Literal["error"] = "error"
_W: Literal["warning"] = "warning"
_I: Literal["info"] = "info"

NOTATION_CODES: Mapping[str, CodeEntry] = MappingProxyType(
    {
        "unreadable-text": CodeEntry(
            _E,
            "the text is not in the grammar of criteria and results",
            "write it as a comparison, a range, an absence, or one wording for each result",
        ),
        "blank-text": CodeEntry(_E, "nothing is written", "leave the row out, or say why there is no result"),
        "text-too-long": CodeEntry(_E, "the text is too long for a criterion or a result", "give each cell on its own"),
        "ambiguous-number": CodeEntry(
            _E, "the number has more than one reading", "write it with a decimal point and a power of ten as 10^6"
        ),
        "unrelated-numbers": CodeEntry(
            _E,
            "several numbers, and how they belong together is not said",
            "write ≥ or ≤ before each limit, and join limits with and, or, or a semicolon",
        ),
        "range-reversed": CodeEntry(_E, "the range ends before it begins", "correct whichever end is wrong"),
        "unit-conflict": CodeEntry(
            _E, "two units that belong together measure different things", "correct whichever unit is wrong"
        ),
        "unknown-condition": CodeEntry(
            _E,
            "the text depends on a condition that is not understood",
            "state the condition as a fact of the batch, in a conditional criterion",
        ),
        "no-criterion-yet": CodeEntry(
            _E, "the text says that there is no criterion, or none yet", "state the criterion, or say report results"
        ),
        "not-renderable": CodeEntry(
            _E, "the criterion says something that has no wording", "write its text by hand, or split the criterion"
        ),
        "inclusive-range": CodeEntry(_I, "both ends of the range were read as acceptable", "none needed if so"),
        "within-is-at-most": CodeEntry(_I, "within was read as at most", "none needed if so"),
        "thousands-mark": CodeEntry(
            _I, "a mark between groups of three digits was read as a thousands mark", "check it"
        ),
        "decimal-comma": CodeEntry(_W, "a comma was read as the decimal mark", "write a decimal point"),
        "leading-zero": CodeEntry(_I, "a zero was added before a decimal point", "none needed"),
        "exponent-expanded": CodeEntry(
            _W, "a power of ten that lost its superscript was restored", "write 10^6 instead of 106"
        ),
        "exponent-shared": CodeEntry(
            _I, "the power of ten behind a range was read as belonging to both ends", "write it at both ends"
        ),
        "power-in-words": CodeEntry(_I, "a power of ten was written in words", "none needed"),
        "number-in-words": CodeEntry(_I, "a number was written in words", "none needed"),
        "spaced-minus": CodeEntry(_I, "a dash apart from its number was read as a minus", "write it without a blank"),
        "footnote-dropped": CodeEntry(_I, "a footnote mark was left out", "none needed"),
        "reference-weight": CodeEntry(
            _W,
            "the limit per kg was taken; the amount for one body weight is its example",
            "state the limit per kg alone",
        ),
        "words-kept": CodeEntry(
            _I, "words beside the number were kept as text only", "check that they set no condition"
        ),
        "restated": CodeEntry(_I, "a number in brackets was kept as text: it restates the limit", "none needed if so"),
        "unit-from-column": CodeEntry(_I, "the unit was taken from the column", "none needed"),
        "unit-differs": CodeEntry(_W, "the text is in another unit than its column", "check which is meant"),
        "unit-shared": CodeEntry(_I, "the unit of one limit was read as that of the other too", "write it twice"),
        "comparison-shared": CodeEntry(
            _I, "the comparison of the first case was read as that of the next too", "write it in each case"
        ),
        "sensitivity-read": CodeEntry(_I, "the limit in brackets was read as the sensitivity needed", "none needed"),
        "descriptive-text": CodeEntry(
            _I,
            "the text was read as one wording: only a result of just these words satisfies it",
            "list further wordings, or give the criterion a structure",
        ),
        "negative-to-date": CodeEntry(_I, "it is an interim reading: negative so far", "the final reading is another"),
        "no-tolerance-stated": CodeEntry(
            _W, "a number without comparison was read as a target without tolerance", "write ≥, ≤, a range or ±"
        ),
        "aggregate-read": CodeEntry(
            _I, "the text summarizes several values; it is no reportable value of one batch", "none needed"
        ),
        "wording-kept": CodeEntry(
            _I, "the words are no outcome of the vocabulary and were kept as they are", "none needed for a description"
        ),
        "duration-read": CodeEntry(_I, "hours and minutes were read as one duration", "none needed"),
        "ambiguous-wording": CodeEntry(
            _W, "the wording means different things to different laboratories", "write it in full"
        ),
        "spread-not-named": CodeEntry(
            _W, "what stands behind ± is not named and was read as a standard deviation", "write SD, SEM or CI"
        ),
    }
)
