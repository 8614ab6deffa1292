"""The record of an evaluation: the same for the same input, another for any other."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.evaluation.record import verdicts_hash
from harmoniqc.standard import load_document, results_table, to_json
from harmoniqc.testing.strategies import results, specifications
from harmoniqc.vocabulary import vocabulary_hash

NOON = datetime(2026, 1, 31, 12, 30, 0, 250, tzinfo=timezone(timedelta(hours=9)))
TESTS = (
    hq.Test(id="viability", cqa="cell-viability", criterion=hq.Limit.at_least("70", "%")),
    hq.Test(id="ph", cqa="ph", criterion=hq.Limit.at_most("7.4", "pH")),
)
SPECIFICATION = hq.Specification(id="x-release", version="1", product="x", rounding="none", tests=TESTS)
BATCHES = (hq.Batch(id="B2", product="x"), hq.Batch(id="B1", product="x"))
PRODUCTS = (hq.Product(id="x", name="X"),)
TABLE = pa.table(
    {
        "batch_id": ["B2", "B1", "B2", "B3", None],
        "test_id": ["viability", "viability", "ph", "ph", "ph"],
        "value": [71.0, 69.0, 7.4, 7.1, 7.1],
        "unit": ["%", "%", "pH", "pH", "pH"],
        "product_id": [None, None, None, "y", "z"],
    }
)


def evaluated(table: pa.Table = TABLE, **changes: object) -> hq.Evaluation:
    given = {"batches": BATCHES, "products": PRODUCTS, "as_of": date(2026, 1, 31)} | changes
    return hq.evaluate(table, given.pop("specifications", SPECIFICATION), **given)


def test_a_record_says_what_went_in() -> None:
    record = evaluated().record(NOON)
    assert [(item.role, item.id, item.version, item.rows) for item in record.inputs] == [
        ("specification", "x-release", "1", None),
        ("results", "results", None, 5),
        ("batches", "batches", None, None),
        ("products", "products", None, None),
        ("vocabulary", "vocabulary", None, None),
    ]
    assert record.inputs[0].sha256 == hq.content_hash(SPECIFICATION)
    assert record.inputs[-1].sha256 == vocabulary_hash()
    assert [(item.specification, item.version, item.rounding) for item in record.policies] == [
        ("x-release", "1", "none")
    ]
    assert record.as_of == date(2026, 1, 31)
    assert record.evaluated_at == NOON
    assert record.library_version == hq.__version__
    assert record.standard_version == hq.STANDARD_VERSION
    assert [text.split()[0] for text in record.software] == ["python", "numpy", "pyarrow"]


def test_what_was_not_given_has_no_entry() -> None:
    record = hq.evaluate(TABLE, SPECIFICATION).record(NOON)
    assert [item.role for item in record.inputs] == ["specification", "results", "vocabulary"]
    assert record.as_of is None


def test_a_time_needs_its_offset() -> None:
    with pytest.raises(ValueError, match="no offset"):
        evaluated().record(datetime(2026, 1, 31, 12, 30))
    assert datetime.now(UTC) - evaluated().record().evaluated_at < timedelta(minutes=1)


@pytest.mark.parametrize("offset", [timedelta(hours=9), timedelta(0), timedelta(minutes=53, seconds=28)])
def test_a_record_round_trips_through_json_and_pickle(offset: timedelta) -> None:
    record = evaluated().record(NOON.astimezone(timezone(offset)))
    assert load_document(to_json(record)) == record
    assert pickle.loads(pickle.dumps(record)) == record


def test_iterators_are_given_once() -> None:
    again = evaluated(batches=iter(BATCHES), products=iter(PRODUCTS))
    assert again.record(NOON) == evaluated().record(NOON)


def test_an_evaluation_keeps_its_record_when_pickled() -> None:
    evaluation = evaluated()
    assert pickle.loads(pickle.dumps(evaluation)).record(NOON) == evaluation.record(NOON)


IDS = ["B3", "B1", "B2"]


def with_dictionary(table: pa.Table, name: str, words: list[str]) -> pa.Table:
    codes = pa.compute.index_in(pa.concat_arrays(table.column(name).chunks), pa.array(words))
    column = pa.DictionaryArray.from_arrays(codes, pa.array(words))
    return table.set_column(table.column_names.index(name), name, column)


def test_the_order_of_batches_found_does_not_count() -> None:
    plain, again = evaluated(), evaluated(with_dictionary(TABLE, "batch_id", ["B1", "B2", "B3"]))
    assert again.batches.column("batch").to_pylist() != plain.batches.column("batch").to_pylist()
    assert again.record(NOON) == plain.record(NOON)


def test_the_order_of_reasons_found_does_not_count() -> None:
    versions = (SPECIFICATION, SPECIFICATION.model_copy(update={"version": "2"}))
    table = TABLE.set_column(4, "product_id", pa.array(["x", "y", "x", "y", "y"]))
    table = table.set_column(0, "batch_id", pa.array(["B2", "B1", "B2", "B3", "B1"]))
    plain = hq.evaluate(table, versions)
    again = hq.evaluate(with_dictionary(with_dictionary(table, "product_id", ["y", "x"]), "batch_id", IDS), versions)
    assert [reason for reason, _ in again.without] == [reason for reason, _ in plain.without][::-1]
    assert again.record(NOON) == plain.record(NOON)


CHANGES = {
    "a value": {"table": TABLE.set_column(2, "value", pa.array([71.5, 69.0, 7.4, 7.1, 7.1]))},
    "a specification": {"specifications": SPECIFICATION.model_copy(update={"rounding": "limit-decimals"})},
    "the order of batches": {"batches": BATCHES[::-1]},
    "a fact": {"batches": (BATCHES[0], BATCHES[1].model_copy(update={"facts": (hq.Fact(name="volume", value="5"),)}))},
    "a product": {"products": (hq.Product(id="x", name="Y"),)},
    "the day": {"as_of": date(2026, 2, 1)},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_input_counts(change: dict[str, object]) -> None:
    assert evaluated(**change).record(NOON) != evaluated().record(NOON)


def test_verdicts_count_and_not_what_they_were_reached_from() -> None:
    wanted = verdicts_hash(evaluated())
    nearby = TABLE.set_column(2, "value", pa.array([71.5, 69.5, 7.3, 7.1, 7.1]))
    assert verdicts_hash(evaluated(nearby)) == wanted
    other = TABLE.set_column(2, "value", pa.array([69.5, 69.0, 7.4, 7.1, 7.1]))
    assert verdicts_hash(evaluated(other)) != wanted


def test_batches_without_results_count() -> None:
    table = TABLE.slice(0, 3)
    assert verdicts_hash(evaluated(table)) != verdicts_hash(evaluated(table, batches=(*BATCHES, hq.Batch(id="B4"))))


@given(data=st.data())
def test_a_record_is_repeatable(data: st.DataObject) -> None:
    specification = data.draw(specifications())
    table = results_table(data.draw(results(specification)))
    record = hq.evaluate(table, specification).record(NOON)
    assert hq.evaluate(table.slice(0), specification, threads=1).record(NOON) == record
