"""A package that holds everything the profiles ask for, as far as the standard has a place for it."""

from __future__ import annotations

from typing import Any

METHOD = {"name": "flow cytometry", "id": "SOP-12", "version": "4", "status": "validated"}
HASH = "0" * 64


def full_package() -> dict[str, Any]:
    """Return the package as data."""
    tests = [
        {
            "id": "viability",
            "cqa": "cell-viability",
            "criterion": {"kind": "limit", "low": {"value": "70"}, "unit": "%"},
            "stage": "release",
            "method": METHOD,
            "reportable": {"n": 1},
        },
        {
            "id": "residual-beads",
            "cqa": "residual-beads",
            "criterion": {"kind": "limit", "high": {"value": "100"}, "unit": "bead/(3*10^6 cell)"},
            "stage": "release",
            "method": METHOD | {"loq": {"value": "10", "unit": "bead/(3*10^6 cell)"}},
            "reportable": {"n": 1},
        },
        {
            "id": "mycoplasma",
            "cqa": "mycoplasma",
            "criterion": {
                "kind": "absence",
                "amount": {"value": "1", "unit": "mL"},
                "sensitivity": {"value": "10", "unit": "CFU/mL"},
            },
            "stage": "in-process",
            "method": {"reference": "Ph. Eur. 2.6.7", "version": "1", "status": "verified"},
        },
        {
            "id": "potency",
            "cqa": "relative-potency",
            "criterion": {"kind": "limit", "low": {"value": "70"}, "high": {"value": "130"}, "unit": "%"},
            "sampling_point": "final container",
            "method": METHOD,
            "reportable": {"n": 3},
        },
    ]
    common = {
        "batch_id": "B1",
        "measured_at": "2026-01-05T10:00:00+01:00",
        "site_id": "QC-1",
        "assay_valid": True,
        "type": "result",
        "standard_version": "0.1",
    }
    number = {"value_state": "raw", "reportable": True}
    results = [
        common | number | {"result_id": "R1", "test_id": "viability", "value": "91.2", "unit": "%", "replicate": 1},
        common
        | number
        | {
            "result_id": "R2",
            "test_id": "residual-beads",
            "value": "10",
            "comparator": "<",
            "unit": "bead/(3*10^6 cell)",
            "n": 1,
        },
        common
        | {
            "result_id": "R3",
            "test_id": "mycoplasma",
            "code": "absent",
            "amount_tested": "1",
            "amount_tested_unit": "mL",
            "lod": "10",
            "unit": "CFU/mL",
        },
        common
        | number
        | {
            "result_id": "R4",
            "test_id": "potency",
            "value": "98",
            "unit": "%",
            "statistic": "geometric-mean",
            "n": 3,
            "sd": "4",
            "reference_standard": "RS-1",
        },
        common
        | number
        | {
            "result_id": "R5",
            "cqa": "cell-viability",
            "value": "55",
            "unit": "%",
            "replicate": 1,
            "status": "invalidated",
            "investigation_ref": "I1",
            "method": "flow cytometry",
            "method_version": "4",
            "stage": "release",
        },
    ]
    documents: dict[str, list[dict[str, Any]]] = {
        "specifications": [
            {
                "type": "specification",
                "id": "s",
                "version": "1",
                "product": "p",
                "rounding": "none",
                "tests": tests,
            }
        ],
        "products": [{"type": "product", "id": "p", "modality": "car-t-autologous", "donor_relation": "autologous"}],
        "batches": [
            {
                "type": "batch",
                "id": "B1",
                "product": "p",
                "site": "M-1",
                "manufactured_on": "2026-01-02",
                "identifiers": [{"scheme": "coi", "value": "X-1"}],
                "facts": [{"name": "activation-time", "value": "48", "unit": "h"}],
            },
            {
                "type": "batch",
                "id": "B1-bag-1",
                "product": "p",
                "site": "M-1",
                "manufactured_on": "2026-01-02",
                "lot_forming": False,
                "parents": [{"batch": "B1", "relation": "bag"}],
                "identifiers": [{"scheme": "coi", "value": "X-1"}],
            },
        ],
        "investigations": [{"type": "investigation", "id": "I1", "batch": "B1", "conclusion": "result-invalid"}],
        "dispositions": [
            {
                "type": "disposition",
                "batch": "B1",
                "decision": "released",
                "decided_at": "2026-01-09T10:00:00Z",
                "decided_by": "QA",
            }
        ],
        "evaluations": [
            {
                "type": "evaluation-record",
                "inputs": [{"role": "results", "id": "results", "sha256": HASH}],
                "evaluated_at": "2026-01-06T10:00:00Z",
                "library_version": "0.1.0",
                "software": ["numpy 2.0"],
                "verdicts_sha256": HASH,
            }
        ],
        "changes": [
            {
                "type": "change-record",
                "id": "CR-1",
                "product": "p",
                "description": "a limit",
                "reason": "experience",
                "specifications": [{"id": "s", "from_version": "0", "to_version": "1"}],
            }
        ],
        "lifecycles": [{"type": "lifecycle-management", "id": "p-plcm", "version": "1", "product": "p"}],
    }
    for items in documents.values():
        for item in items:
            item["standard_version"] = "0.1"
    return {"standard_version": "0.1", "type": "package", "id": "k", **documents, "results": results}
