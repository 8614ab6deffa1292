"""Evaluation in bulk: what goes in, which test a row answers, what comes out."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.evaluation.verdicts import SET_ASIDE, verdict_of
from harmoniqc.testing import results, specifications


def spec(*tests, rounding="none", **fields):
    fields = {"id": "spec", "version": "1", "product": "product"} | fields
    return hq.Specification(rounding=rounding, tests=tests, **fields)


def viability(**fields):
    fields = {"id": "viability", "cqa": "cell-viability", "criterion": hq.Limit.at_least("70", "%")} | fields
    return hq.Test(**fields)


def reasons(table, *tests, **fields):
    evaluation = hq.evaluate(table, spec(*tests, **fields))
    assert evaluation.verdicts.column("row").to_pylist() == list(range(evaluation.columns.n))
    return evaluation.verdicts.column("reason").to_pylist()


def rows(values, **columns):
    n = len(values)
    data = {"batch_id": ["B1"] * n, "cqa": ["cell-viability"] * n, "value": values, "unit": ["%"] * n} | columns
    return pa.table(data)


# -- what goes in ---------------------------------------------------------------------------------------------


def test_every_kind_of_table():
    table = rows([82.0, 68.0, None])
    expected = ["within-limit", "outside-limit", "missing-value"]
    assert reasons(table, viability()) == expected
    assert reasons(pl.from_arrow(table), viability()) == expected
    assert reasons(table.to_pandas(types_mapper=pd.ArrowDtype), viability()) == expected
    assert reasons(pl.from_arrow(table).with_columns(pl.col("cqa").cast(pl.Categorical)), viability()) == expected
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1, 2)])
    assert reasons(chunked, viability()) == expected
    assert reasons(table.to_batches()[0], viability()) == expected
    encoded = table.set_column(1, "cqa", table.column("cqa").dictionary_encode())
    assert reasons(encoded, viability()) == expected
    models = [hq.Result(batch_id="B1", cqa="cell-viability", value=text, unit="%") for text in ("82", "68")]
    assert reasons(models, viability()) == expected[:2]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([69.9999999, 70.0], pa.float32()), ["within-limit", "within-limit"]),  # prints as 70.0 and 70.0
        (pa.array([0.1, 70.1], pa.float32()), ["outside-limit", "within-limit"]),
        (pa.array([69, 70], pa.int8()), ["outside-limit", "within-limit"]),
        (pa.array([Decimal("69.99"), Decimal("70.00")], pa.decimal128(6, 2)), ["outside-limit", "within-limit"]),
        (pa.array(["69.99999999999999999999", "70.000"]), ["outside-limit", "within-limit"]),
        (pa.array(["7e1", " 70 "]), ["within-limit", "within-limit"]),
        (pa.array(["<70", "seventy"]), ["not-a-number", "not-a-number"]),
        (pa.array(["70,0", "７０"]), ["not-a-number", "not-a-number"]),
        (pa.array(["inf", "nan"]), ["infinite-value", "not-a-number"]),
        (pa.array([float("nan"), float("inf")]), ["not-a-number", "infinite-value"]),
        (pa.array([-float("inf"), None]), ["infinite-value", "missing-value"]),
        (pa.array(["", None], pa.string()), ["missing-value", "missing-value"]),
    ],
)
def test_numbers_mean_what_they_print(column, expected):
    assert reasons(rows(column), viability()) == expected


def test_integers_beyond_float64_are_exact():
    limit = hq.Limit.at_most("9007199254740993", "cell")
    test = viability(criterion=limit, cqa="viable-cell-count")
    table = rows(pa.array([9007199254740993, 9007199254740994]), cqa=["viable-cell-count"] * 2, unit=["cell"] * 2)
    assert reasons(table, test) == ["within-limit", "outside-limit"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"cqa": ["x"], "value": [1.0]}, "missing-column"),
        ({"batch_id": ["B"], "value": [1.0]}, "missing-column"),
        ({"batch_id": ["B"], "cqa": ["x"]}, "missing-column"),
        ({"batch_id": ["B"], "cqa": ["x"], "value": [True]}, "wrong-column-type"),
        ({"batch_id": [1], "cqa": ["x"], "value": [1.0]}, "wrong-column-type"),
        ({"batch_id": ["B"], "cqa": ["x"], "value": [1.0], "assay_valid": ["yes"]}, "wrong-column-type"),
        ({"batch_id": ["B"], "cqa": ["x"], "value": pa.array(np.array([1.0], np.float16))}, "wrong-column-type"),
        ({"batch_id": ["B"], "cqa": ["x"], "value": [[1.0]]}, "wrong-column-type"),
    ],
)
def test_tables_that_cannot_be_judged(data, code):
    with pytest.raises(hq.ResultsError) as caught:
        hq.evaluate(pa.table(data), spec(viability()))
    assert code in caught.value.findings.codes
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(caught.value, protocol))
        assert (type(again), str(again)) == (type(caught.value), str(caught.value))


def test_a_column_given_twice_is_refused():
    table = pa.Table.from_arrays(
        [pa.array(["B"]), pa.array(["x"]), pa.array([1.0]), pa.array([2.0])],
        names=["batch_id", "cqa", "value", "value"],
    )
    with pytest.raises(hq.ResultsError):
        hq.evaluate(table, spec(viability()))


@pytest.mark.parametrize("wrong", ["text", b"bytes", 5, None, {"a": 1}])
def test_what_is_no_table(wrong):
    with pytest.raises(TypeError):
        hq.evaluate(wrong, spec(viability()))


def test_nothing_at_all():
    empty = rows(pa.array([], pa.float64()))
    evaluation = hq.evaluate(empty, spec(viability()))
    assert evaluation.verdicts.num_rows == 0
    assert evaluation.batches.num_rows == 0
    assert not evaluation.conforms
    with pytest.raises(hq.SelectionError):
        hq.evaluate(empty, [])


def test_the_input_is_never_changed_and_unknown_columns_survive():
    table = rows([82.0, 10.0]).append_column("lims_id", pa.array([7, 8])).append_column("verdict", pa.array(["a", "b"]))
    before = table.to_pylist()
    evaluation = hq.evaluate(table, spec(viability()))
    joined = evaluation.results()
    assert table.to_pylist() == before
    assert joined.column("lims_id").to_pylist() == [7, 8]
    assert joined.column("verdict").to_pylist() == ["a", "b"]
    assert joined.column("verdict_computed").to_pylist() == ["conforms", "does-not-conform"]
    assert "unknown-column" in evaluation.findings.codes


# -- which test a row answers ----------------------------------------------------------------------------------


def test_by_test_id_or_by_everything_the_test_declares():
    tests = (
        viability(id="in-process", stage="in-process"),
        viability(id="release", stage="release", method=hq.Method(name="trypan blue", reference="USP <1046>")),
    )
    table = rows(
        [80.0] * 6,
        test_id=[None, None, None, "release", "other", None],
        stage=["in-process", "release", "release", None, None, None],
        method=[None, "Trypan Blue", "flow cytometry", None, None, "USP <1046>"],
    )
    evaluation = hq.evaluate(table, spec(*tests))
    assert evaluation.verdicts.column("test").to_pylist() == ["in-process", "release", None, "release", None, None]
    assert evaluation.verdicts.column("reason").to_pylist()[2] == "no-criterion"


def test_a_row_never_answers_two_tests_nor_one_of_another_attribute():
    twice = (viability(id="one"), viability(id="two"))
    assert reasons(rows([80.0]), *twice) == ["ambiguous-test"]
    other = viability(id="purity", cqa="cell-purity")
    assert reasons(rows([80.0], test_id=["purity"]), other) == ["conflicting-cqa"]
    assert reasons(rows([80.0], component=["CD73"]), viability()) == ["no-criterion"]
    assert reasons(rows([80.0], component=["CD73"]), viability(component="CD73")) == ["within-limit"]


def test_a_gram_stain_never_satisfies_a_sterility_test_read_on_day_14():
    gram = hq.Test(id="gram", cqa="sterility", criterion=hq.Absence(), method=hq.Method(name="Gram stain"))
    final = hq.Test(id="culture", cqa="sterility", criterion=hq.Absence(), read_point=hq.ReadPoint(day=14))
    table = pa.table({"batch_id": ["B"], "cqa": ["sterility"], "text": ["No organism seen"], "method": ["Gram stain"]})
    evaluation = hq.evaluate(table, spec(gram, final))
    assert evaluation.verdicts.column("test").to_pylist() == ["gram"]
    (batch,) = evaluation.batches.to_pylist()
    assert (batch["verdict"], batch["missing"]) == ("incomplete", ["culture"])


# -- rows that say more than a number ----------------------------------------------------------------------------


def test_each_fault_has_its_own_reason():
    table = rows(
        [82.0] * 8,
        comparator=[None, "~", None, None, None, None, "=", "≥"],
        status=["final", None, "draft", "preliminary", None, None, None, None],
        assay_valid=[True, None, None, None, False, None, None, None],
        statistic=[None, None, None, None, None, "mean", None, None],
    )
    expected = ["within-limit", "unknown-comparator", "unknown-status", "not-final", "invalid-assay", "aggregate"]
    expected += ["within-limit", "all-values-within-limit"]
    assert reasons(table, viability()) == expected


def test_set_aside_only_with_an_investigation():
    table = rows([68.0, 75.0], status=["invalidated", "final"], investigation_ref=["INV-1", None])
    with_reference = hq.evaluate(table, spec(viability()))
    assert with_reference.verdicts.column("reason").to_pylist() == ["invalidated", "within-limit"]
    assert with_reference.conforms
    without = hq.evaluate(table.drop_columns("investigation_ref"), spec(viability()))
    assert without.verdicts.column("reason").to_pylist() == ["outside-limit", "within-limit"]
    assert not without.conforms
    assert "investigation-missing" in without.findings.codes


def test_a_passing_retest_never_hides_a_failure():
    (batch,) = hq.evaluate(rows([68.0, 75.0]), spec(viability())).batches.to_pylist()
    assert (batch["verdict"], batch["failed"]) == ("does-not-conform", ["viability"])


def test_a_preliminary_failure_counts_and_a_preliminary_pass_does_not():
    (fails,) = hq.evaluate(rows([60.0], status=["preliminary"]), spec(viability())).batches.to_pylist()
    assert (fails["verdict"], fails["provisional"]) == ("does-not-conform", True)
    (waits,) = hq.evaluate(rows([80.0], status=["preliminary"]), spec(viability())).batches.to_pylist()
    assert (waits["verdict"], waits["missing"]) == ("incomplete", ["viability"])


def test_a_comparator_lost_on_export_is_found():
    table = rows([5.0, 5.0, 5.0], text=[">5 %", "5.0 %", "＞ 5％"])
    assert reasons(table, viability(criterion=hq.Limit.at_most("5", "%"))) == [
        "value-text-mismatch",
        "within-limit",
        "value-text-mismatch",
    ]


def test_recorded_verdicts_are_compared():
    table = rows([68.0, 80.0], recorded_verdict=["Pass", "Pass"])
    findings = hq.evaluate(table, spec(viability())).findings
    assert [finding.row for finding in findings if finding.code == "recorded-verdict-differs"] == [0]


# -- which specification -----------------------------------------------------------------------------------------


def versions():
    return (
        spec(viability(), version="1", valid_from=date(2020, 1, 1), valid_to=date(2021, 12, 31)),
        spec(viability(criterion=hq.Limit.at_least("80", "%")), version="2", valid_from=date(2022, 1, 1)),
    )


def test_the_version_in_force():
    table = rows([75.0])
    assert hq.evaluate(table, versions(), as_of=date(2021, 6, 1)).counts()["conforms"] == 1
    assert hq.evaluate(table, versions(), as_of=date(2023, 6, 1)).counts()["does-not-conform"] == 1
    before = hq.evaluate(table, versions(), as_of=date(2019, 6, 1))
    assert before.verdicts.column("reason").to_pylist() == ["no-specification"]
    assert not before.conforms
    undated = hq.evaluate(table, versions())
    assert undated.verdicts.column("reason").to_pylist() == ["ambiguous-specification"]


def test_the_version_the_batch_names_or_its_date():
    table = rows([75.0])
    named = hq.Batch(id="B1", specifications=(hq.SpecificationReference(id="spec", version="2"),))
    assert hq.evaluate(table, versions(), batches=[named]).counts()["does-not-conform"] == 1
    dated = hq.Batch(id="B1", product="product", released_on=date(2021, 5, 5))
    assert hq.evaluate(table, versions(), batches=[dated], as_of=date(2023, 1, 1)).counts()["conforms"] == 1
    other = hq.Batch(id="B1", product="another")
    assert hq.evaluate(table, versions()[:1], batches=[other]).counts()["not-evaluated"] == 1


def test_rows_may_name_their_specification():
    table = rows([75.0, 75.0], specification_id=["spec", "spec"], specification_version=["1", "2"])
    evaluation = hq.evaluate(table, versions())
    assert evaluation.verdicts.column("specification_version").to_pylist() == ["1", "2"]
    assert evaluation.verdicts.column("verdict").to_pylist() == ["conforms", "does-not-conform"]


def test_three_authorities_at_once():
    limits = {"fda": "70", "ema": "80", "pmda": "75"}
    given = [spec(viability(criterion=hq.Limit.at_least(text, "%")), id=name) for name, text in limits.items()]
    evaluation = hq.evaluate(rows([76.0, 90.0]), given)
    assert evaluation.verdicts.num_rows == 6
    assert evaluation.results("ema").column("verdict").to_pylist() == ["does-not-conform", "conforms"]
    with pytest.raises(KeyError, match="fda"):
        evaluation.results()


def test_the_same_document_twice_is_refused():
    with pytest.raises(hq.SelectionError):
        hq.evaluate(rows([75.0]), [spec(viability()), spec(viability())])
    batch = hq.Batch(id="B1")
    with pytest.raises(hq.SelectionError):
        hq.evaluate(rows([75.0]), spec(viability()), batches=[batch, batch])


# -- batches -----------------------------------------------------------------------------------------------------


def test_batches_by_decision_point():
    tests = (
        viability(),
        hq.Test(id="report", cqa="residual-serum-albumin", criterion=hq.ReportOnly()),
        hq.Test(id="sterility", cqa="sterility", criterion=hq.Absence(), decision_points=("certification",)),
    )
    table = pa.table(
        {
            "batch_id": ["B1", "B1", "B2", "B3", "B3"],
            "cqa": ["cell-viability", "sterility", "cell-viability", "cell-viability", "residual-serum-albumin"],
            "value": [82.0, None, 60.0, 82.0, 12.0],
            "unit": ["%", None, "%", "%", "ng/mL"],
            "text": [None, "No growth", None, None, None],
        }
    )
    known = [hq.Batch(id=name, product="product") for name in ("B1", "B2", "B3", "B4")]
    evaluation = hq.evaluate(table, spec(*tests), batches=known)
    found = {(row["batch"], row["decision_point"]): row for row in evaluation.batches.to_pylist()}
    assert found["B1", "release"]["verdict"] == "incomplete"
    assert found["B1", "release"]["missing"] == ["report"]
    assert found["B1", "certification"]["verdict"] == "conforms"
    assert found["B2", "release"]["verdict"] == "does-not-conform"
    assert found["B3", "release"]["verdict"] == "conforms"
    assert found["B4", "release"]["missing"] == ["viability", "report"]


def test_reports_alone_are_no_conformance():
    test = hq.Test(id="report", cqa="residual-serum-albumin", criterion=hq.ReportOnly())
    table = rows([12.0], cqa=["residual-serum-albumin"], unit=["ng/mL"])
    (batch,) = hq.evaluate(table, spec(test)).batches.to_pylist()
    assert batch["verdict"] == "incomplete"


def test_only_registered_acceptance_decides():
    alert = viability(
        id="alert", cqa="cell-purity", criterion=hq.Limit(low=hq.Bound(value="90"), unit="%", role="alert")
    )
    table = rows([82.0, 80.0], cqa=["cell-viability", "cell-purity"])
    evaluation = hq.evaluate(table, spec(viability(), alert))
    assert evaluation.verdicts.column("verdict").to_pylist() == ["conforms", "does-not-conform"]
    assert evaluation.conforms


def test_rows_without_a_batch_are_judged_and_never_part_of_one():
    evaluation = hq.evaluate(rows([82.0, 82.0], batch_id=["B1", None]), spec(viability()))
    assert evaluation.counts()["conforms"] == 2
    assert not evaluation.conforms
    assert "missing-batch" in evaluation.findings.codes


# -- one semantics, whatever the way ------------------------------------------------------------------------------


@given(data=st.data(), specification=specifications())
def test_judge_and_evaluate_agree(data, specification):
    given_results = data.draw(results(specification))
    evaluation = hq.evaluate(given_results, specification)
    judged = evaluation.verdicts.to_pylist()
    assert len(judged) == len(given_results)
    for row, result in zip(judged, given_results, strict=True):
        test = specification.test(result.test_id)
        own = getattr(test.criterion, "rounding", None) or specification.rounding
        judgment = hq.judge(result.measurement(), test.criterion, own, cqa=test.cqa)
        assert (row["verdict"], row["reason"]) == (judgment.verdict, judgment.reason), (result, test.criterion)


@given(data=st.data(), specification=specifications())
def test_a_batch_conforms_only_if_every_required_test_was_met(data, specification):
    given_results = data.draw(results(specification))
    evaluation = hq.evaluate(given_results, specification)
    verdicts = evaluation.verdicts.to_pylist()
    for batch in evaluation.batches.to_pylist():
        if batch["verdict"] != "conforms":
            continue
        mine = [row for row, result in zip(verdicts, given_results, strict=True) if result.batch_id == batch["batch"]]
        for test in specification.tests:
            found = {row["verdict"] for row in mine if row["test"] == test.id and row["reason"] not in SET_ASIDE}
            if batch["decision_point"] in test.decision_points:
                assert found <= {"conforms", "reported"}
                assert found or not test.required


def big_table(n=300_000):
    rng = np.random.default_rng(7)
    return pa.table(
        {
            "batch_id": pa.array([f"B{number % 999}" for number in range(n)]).dictionary_encode(),
            "cqa": pa.array(rng.choice(["cell-viability", "cell-purity", "unheard-of"], n)),
            "value": pa.array(np.round(rng.uniform(40, 120, n), 1), mask=rng.random(n) < 0.02),
            "unit": pa.array(rng.choice(["%", "1", "EU/mL"], n)),
            "comparator": pa.array(rng.choice(["", "<", ">"], n, p=[0.9, 0.05, 0.05])),
        }
    )


def big_codes(threads):
    tests = (viability(), viability(id="purity", cqa="cell-purity", criterion=hq.Limit.between("50", "90", "%")))
    return hq.evaluate(big_table(), spec(*tests), threads=threads).codes()


def test_threads_and_processes_give_the_same():
    expected = big_codes(1)
    assert set(np.unique(expected)) == {0, 1, 2, 3}
    np.testing.assert_array_equal(big_codes(4), expected)
    with ThreadPoolExecutor(4) as pool:
        for codes in pool.map(big_codes, [1, 2, 1, 2]):
            np.testing.assert_array_equal(codes, expected)
    with ProcessPoolExecutor(2) as pool:
        for codes in pool.map(big_codes, [1, 2]):
            np.testing.assert_array_equal(codes, expected)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_reports_pickle(protocol):
    evaluation = hq.evaluate(rows([82.0, 68.0, None], comparator=["<", None, None]), spec(viability()))
    again = pickle.loads(pickle.dumps(evaluation, protocol))
    assert again.verdicts.equals(evaluation.verdicts)
    assert again.findings == evaluation.findings
    assert again.batches.equals(evaluation.batches)
    judgment = hq.judge(hq.Measurement(value="5", unit="furlong"), hq.Limit.at_most("5", "%"))
    assert pickle.loads(pickle.dumps(judgment, protocol)) == judgment


def test_what_a_person_reads():
    evaluation = hq.evaluate(rows([82.0, 68.0], text=["82 %", "68 %"]), spec(viability()))
    summary = evaluation.summary()
    assert "does-not-conform: batch B1: 68 % against viability, ≥ 70 %: outside the limit" in summary
    assert evaluation.explain(0) == "82 % against viability, ≥ 70 %: within the limit"
    assert "2 results" in repr(evaluation)


def test_progress_counts_every_row():
    seen = []
    hq.evaluate(big_table(), spec(viability()), threads=2, progress=seen.append)
    assert seen[-1] == 300_000
    assert seen == sorted(seen)


def test_a_judgment_has_no_truth_value():
    judgment = hq.judge(hq.Measurement(value="5", unit="%"), hq.Limit.at_most("5", "%"))
    with pytest.raises(TypeError):
        bool(judgment)
    assert verdict_of(judgment.reason) == "conforms"
    with pytest.raises(TypeError):
        hq.judge("5 %", "NMT 5 %")


def test_no_results_at_all_for_batches_whose_facts_choose_the_criterion():
    heavy = hq.FactCondition(fact="body-weight", low=hq.Bound(value="50"), unit="kg")
    test = viability(applies_when=heavy)
    known = [
        hq.Batch(id=name, product="product", facts=(hq.Fact(name="body-weight", value=weight, unit="kg"),))
        for name, weight in (("B1", "70"), ("B2", "40"))
    ]
    evaluation = hq.evaluate(rows(pa.array([], pa.float64())), spec(test), batches=known)
    assert evaluation.tests.column("verdict").to_pylist() == ["missing", "not-applicable"]
    assert evaluation.batches.column("verdict").to_pylist() == ["incomplete", "incomplete"]
    nameless = hq.evaluate(rows([82.0], batch_id=pa.array([None], pa.string())), spec(test), batches=known)
    assert nameless.verdicts.column("reason").to_pylist() == ["needs-fact"]
