"""Every finding code with its level, title and general remedy.

The codes are the API. A code is never reused for another meaning; a retired one stays as a comment.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from harmoniqc.errors.catalog_crosswalk import CROSSWALK_CODES
from harmoniqc.errors.catalog_exchange import EXCHANGE_CODES
from harmoniqc.errors.catalog_harmonization import HARMONIZATION_CODES
from harmoniqc.errors.catalog_notation import NOTATION_CODES
from harmoniqc.errors.catalog_schema import SCHEMA_CODES
from harmoniqc.errors.catalog_tables import TABLE_CODES
from harmoniqc.errors.entry import CodeEntry

_E: Literal["error"] = "error"
_W: Literal["warning"] = "warning"
_I: Literal["info"] = "info"

CODES: Mapping[str, CodeEntry] = MappingProxyType(
    {
        # -- units ---------------------------------------------------------------------------------------
        "unknown-unit": CodeEntry(
            _E,
            "the unit is not in the unit table",
            "use one of the listed units; symbols are case-sensitive",
        ),
        "ambiguous-unit": CodeEntry(_E, "the unit has more than one reading", "write the reading that is meant"),
        "unit-syntax": CodeEntry(
            _E, "the text is not written in the grammar of units", "write it like EU/mL or bead/(3*10^6 cell)"
        ),
        "unit-names-population": CodeEntry(
            _E,
            "the unit text also names the population that was counted",
            "give the unit and the population in their own fields",
        ),
        "unit-ehrlich": CodeEntry(
            _W,
            "[EU] is the Ehrlich unit in UCUM; it was read as the endotoxin unit",
            "write [iU]/mL in UCUM, or EU/mL in harmoniqc",
        ),
        "not-convertible": CodeEntry(
            _E,
            "the two units measure different things",
            "compare like with like; a bridge (dose, weight, potency) needs a fact of the batch",
        ),
        "declared-scale": CodeEntry(
            _E,
            "values on a declared scale (pH, log10, score, assay ratio) do not convert",
            "state both on the same scale",
        ),
        # -- documents -----------------------------------------------------------------------------------
        "not-a-document": CodeEntry(
            _E,
            "the bytes are not one JSON object in UTF-8",
            "write the document as UTF-8 JSON without a byte order mark",
        ),
        "duplicate-key": CodeEntry(_E, "an object has the same key twice", "keep one of the two"),
        "unknown-document-type": CodeEntry(
            _E, "the document's type is not one of the standard's", "set `type` to a listed document type"
        ),
        "unknown-standard-version": CodeEntry(
            _E,
            "the document was written for a version of the standard this library does not know",
            "migrate the document, or use a newer harmoniqc",
        ),
        "invalid-document": CodeEntry(
            _E, "the document breaks a rule of its model", "correct the field at the pointer"
        ),
        "missing-field": CodeEntry(_E, "a required field is missing", "add the field"),
        "unknown-field": CodeEntry(
            _E, "the field is not part of the standard", "remove or rename it; nothing is silently ignored"
        ),
        "not-decimal-text": CodeEntry(
            _E,
            "a number of the standard is written as decimal text",
            'write the digits as a JSON string, like "0.50"',
        ),
        "unreadable-file": CodeEntry(_E, "the file could not be read", "check the path and the file's format"),
        # -- specifications and batches ------------------------------------------------------------------
        "duplicate-id": CodeEntry(_E, "two documents have the same id and version", "give each its own"),
        "no-specification": CodeEntry(
            _E,
            "no specification given applies to the row",
            "pass the specification the batch names, or one for its product in force at the date",
        ),
        "ambiguous-specification": CodeEntry(
            _E,
            "several versions of a specification are in force and nothing says which applies",
            "name specification and version on the batch, or give as_of",
        ),
        "no-dose-rule": CodeEntry(
            _E,
            "no dose rule of the product is in force for what was asked",
            "look at the dose rules of the product: their attribute, authority and dates",
        ),
        "ambiguous-dose-rule": CodeEntry(
            _E,
            "several dose rules of the product apply and nothing says which",
            "give as_of, the attribute (cqa), the authority, or the facts that the rules depend on",
        ),
        "unknown-batch": CodeEntry(
            _E,
            "results name a batch that is not among the batches given",
            "add the batch, or correct its identifier in the results",
        ),
        "conflicting-product": CodeEntry(_E, "rows and batch name different products", "correct whichever is wrong"),
        # -- rows of results -----------------------------------------------------------------------------
        "missing-column": CodeEntry(
            _E, "the table lacks a column without which nothing can be judged", "add the column"
        ),
        "wrong-column-type": CodeEntry(
            _E, "a column's type cannot hold what the column means", "cast the column before evaluating"
        ),
        "unknown-column": CodeEntry(
            _I, "a column is not in the column registry; it is kept and not used", "none needed"
        ),
        "missing-batch": CodeEntry(_E, "the row names no batch", "give batch_id on every row"),
        "no-criterion": CodeEntry(
            _E,
            "no test of the specification matches the row",
            "give test_id, or every property the test declares (cqa, stage, material, method)",
        ),
        "ambiguous-test": CodeEntry(_E, "several tests of the specification match the row", "give test_id on the row"),
        "conflicting-cqa": CodeEntry(_E, "the row's cqa is not that of the test it names", "correct test_id or cqa"),
        "missing-value": CodeEntry(
            _E, "the row has no value that its criterion could be compared with", "report the value"
        ),
        "not-a-number": CodeEntry(
            _E,
            "the value is NaN or a text that is no number",
            "report a number; a comparator belongs into `comparator`, words into `text`",
        ),
        "infinite-value": CodeEntry(
            _E, "the value is infinite", "report the number, or a comparator with the assay's limit"
        ),
        "text-for-number": CodeEntry(
            _E,
            "the criterion is numeric and the result is words",
            "report the number that was measured",
        ),
        "number-for-outcome": CodeEntry(
            _E, "the criterion asks for an outcome in words and the result is a number", "report the outcome"
        ),
        "unrecognized-outcome": CodeEntry(
            _E,
            "the outcome is neither accepted nor rejected by the criterion",
            "use an outcome the criterion lists, or add the wording as a synonym",
        ),
        "unknown-comparator": CodeEntry(
            _E, "the comparator is not one of <, <=, >, >=", "use one of them, or leave it empty"
        ),
        "unit-not-stated": CodeEntry(_E, "the number has no unit", "state the unit on the row"),
        "value-text-mismatch": CodeEntry(
            _E,
            "value, comparator or unit of the row disagree with its verbatim text",
            "correct whichever is wrong; a comparator lost on export is the usual cause",
        ),
        "contradictory-interval": CodeEntry(
            _E, "value_low is above value_high, or the value lies outside them", "correct the bounds"
        ),
        "outside-domain": CodeEntry(
            _E,
            "no such value can exist for the quantity",
            "check sign, unit and decimal point of the result",
        ),
        "aggregate": CodeEntry(
            _E,
            "the row is a summary over several results or batches, not a reportable value",
            "judge the single results; mark a mean as reportable where the method declares it so",
        ),
        "population-mismatch": CodeEntry(
            _E, "result and criterion count different populations", "report the population the limit names"
        ),
        "sensitivity-not-shown": CodeEntry(
            _E,
            "absence was reported without the amount, sensitivity or reading day the criterion asks for",
            "report amount_tested, lod and read_day with the result",
        ),
        "read-too-early": CodeEntry(
            _I, "the reading was made before the day of its test", "report the reading on or after that day"
        ),
        "read-day-not-stated": CodeEntry(
            _E, "the test asks for a day of reading, and the result names none", "report read_day"
        ),
        "replicate": CodeEntry(_I, "the result is one of several that form the reportable value", "none needed"),
        "part-of-sum": CodeEntry(
            _I, "the result is of a part of a batch; the sum over the parts is judged", "none needed"
        ),
        "missing-replicates": CodeEntry(
            _E,
            "there are fewer replicates than the reportable value is formed of",
            "report all replicates, or the reportable value itself",
        ),
        "too-many-replicates": CodeEntry(
            _E,
            "there are more replicates than the reportable value is formed of",
            "set results aside with an investigation; a failure is never averaged with its retest",
        ),
        "trend-point": CodeEntry(_I, "the result is one point of a series that is judged as a whole", "none needed"),
        "too-few-points": CodeEntry(_E, "the series has too few results for a trend", "report the missing points"),
        "order-unknown": CodeEntry(
            _E, "nothing says in which order the results of the series belong", "give measured_at or timepoint"
        ),
        "not-final": CodeEntry(
            _I, "the result is preliminary and cannot satisfy a final test", "report the final result"
        ),
        "invalidated": CodeEntry(_I, "the result was invalidated with an investigation reference", "none needed"),
        "superseded": CodeEntry(_I, "the result was superseded with an investigation reference", "none needed"),
        "investigation-missing": CodeEntry(
            _E,
            "a result is marked invalidated or superseded without an investigation; only a failure counts",
            "give investigation_ref",
        ),
        "invalid-assay": CodeEntry(
            _E, "the assay did not meet its own validity criteria", "repeat the assay and report that result"
        ),
        "unknown-status": CodeEntry(
            _E, "the status is none of preliminary, final, invalidated, superseded", "use one of them"
        ),
        # -- criteria ------------------------------------------------------------------------------------
        "unsupported-kind": CodeEntry(
            _E,
            "this version does not evaluate criteria of this kind",
            "judge the test by hand; the verdict stays not-evaluated",
        ),
        "no-stated-criterion": CodeEntry(
            _E,
            "no criterion is published for the test",
            "state the criterion, or leave the test out of the decision",
        ),
        "unresolved-reference": CodeEntry(
            _E,
            "the criterion refers to a release test, and there is none, or several",
            "name the release test, or pass the release specification",
        ),
        "needs-fact": CodeEntry(
            _E,
            "the criterion depends on a fact of the batch that is not known",
            "state the fact with the batch; nothing has a default",
        ),
        "no-branch": CodeEntry(
            _E,
            "no case of the conditional criterion covers the batch",
            "have the specification say what applies; nobody may fill the gap",
        ),
        "overlapping-branches": CodeEntry(
            _E,
            "several cases of the conditional criterion cover the batch",
            "correct the specification: its cases may not overlap",
        ),
        "not-applicable": CodeEntry(_I, "the test does not apply to the batch", "none needed"),
        "no-declared-method": CodeEntry(
            _E,
            "the criterion leaves the method to a declaration, and none was made",
            "state the method in declared_methods of the batch, before testing",
        ),
        "method-declared-late": CodeEntry(
            _E,
            "the method was declared after the result was measured",
            "declare the method before testing",
        ),
        "missing-part": CodeEntry(
            _E, "a part of the criterion has no result", "report a result for every part the criterion needs"
        ),
        "unstructured-criterion": CodeEntry(
            _E,
            "the criterion is text that was never given a structure",
            "write the criterion as one of the kinds of the standard",
        ),
        "no-tolerance": CodeEntry(
            _E, "a target without a tolerance is no criterion", "state the tolerance, or a limit"
        ),
        "circular-batches": CodeEntry(_E, "batches are parts of each other", "correct the parents of the batches"),
        # -- judgments -----------------------------------------------------------------------------------
        "rounding-decisive": CodeEntry(
            _W,
            "the unrounded value would have had the other verdict",
            "none needed where the specification states the rounding; look at the margin",
        ),
        "float-noise": CodeEntry(
            _W,
            "without the binary noise in its last digits the value would have the other verdict",
            "report the number as it was computed exactly, or with 15 digits at most",
        ),
        "double-rounding": CodeEntry(
            _W,
            "the value was already rounded at the source, and what it was rounded from may have the other verdict",
            "report the value in full precision; round once",
        ),
        "insufficient-precision": CodeEntry(
            _W,
            "the value was reported with fewer decimals than the limit, and may stand for one with the other verdict",
            "report the value to the last place of the limit at least",
        ),
        "member-failed": CodeEntry(
            _W, "a member of a composite criterion failed", "look at the member, whatever the verdict of the whole"
        ),
        "outside-internal-limit": CodeEntry(
            _W,
            "the result is outside a limit that does not decide conformance",
            "follow the procedure for internal release, alert, action or out-of-trend limits",
        ),
        "starting-material-deviation": CodeEntry(
            _W,
            "a material the product was made from failed its test; the product's own verdict does not depend on it",
            "handle the deviation where the material was accepted",
        ),
        "overtaken": CodeEntry(
            _W,
            "a reading made after the decision failed; the verdict shown is the one the decision was made with",
            "look at the later decision points",
        ),
        "recorded-verdict-differs": CodeEntry(
            _W,
            "the verdict recorded with the result is not the one computed",
            "find out which of the two is right",
        ),
        # -- replaying a record --------------------------------------------------------------------------
        "input-changed": CodeEntry(
            _E,
            "an input is not the one that was recorded",
            "find the input as it was, or evaluate anew and record that",
        ),
        "verdicts-changed": CodeEntry(
            _E,
            "the verdicts are not those that were recorded",
            "look at what else changed; with the same input and software it should not happen, so report it",
        ),
        "vocabulary-changed": CodeEntry(
            _W,
            "attributes, outcomes, facts or units are not defined as they were when the record was written",
            "replay with the version of the library that the record names",
        ),
        "software-changed": CodeEntry(
            _I, "the record was written with other versions of the software", "none needed if the verdicts are the same"
        ),
        **TABLE_CODES,
        **NOTATION_CODES,
        **CROSSWALK_CODES,
        **SCHEMA_CODES,
        **HARMONIZATION_CODES,
        **EXCHANGE_CODES,
        # -- vocabulary ----------------------------------------------------------------------------------
        "unknown-term": CodeEntry(
            _E, "the term is not in the vocabulary", "use a listed term, or ask for it to be added"
        ),
        "ambiguous-term": CodeEntry(_E, "the name belongs to several terms", "use the id of the one meant"),
    }
)
