"""What depends on a region and a date: legal classes and material roles; and parameters of manufacture."""

from __future__ import annotations

from datetime import date

import pytest

from harmoniqc.units import parse_unit
from harmoniqc.vocabulary import (
    Citation,
    authorities,
    legal_classes,
    materials,
    process_parameters,
    process_steps,
)

EVIDENCE = {"primary", "secondary", "memory"}
ROLES = [(material.id, role) for material in materials.values() for role in material.by_region]


def check_citation(source: Citation) -> None:
    assert source.document
    assert source.evidence in EVIDENCE
    assert source.url.startswith("http") or source.evidence != "primary"


@pytest.mark.parametrize("legal_class", legal_classes.values(), ids=lambda item: item.id)
def test_legal_class(legal_class) -> None:
    check_citation(legal_class.source)
    assert legal_class.authority in authorities
    assert legal_class.id.startswith(legal_class.authority.lower() + "-")
    if legal_class.broader is not None:
        assert legal_classes[legal_class.broader].authority == legal_class.authority
    assert legal_class.valid_to is None or legal_class.valid_from <= legal_class.valid_to


def test_the_classes_of_the_four_frameworks_are_found_as_people_write_them() -> None:
    assert legal_classes.find("ATMP").id == "ema-atmp"
    assert legal_classes.find("GTMP").broader == "ema-atmp"
    assert legal_classes.find("sCTMP").authority == "EMA"
    assert legal_classes.find("RMP").id == "pmda-regenerative-medical-product"
    assert legal_classes.find("351 HCT/P").authority == "FDA"
    assert {item.authority for item in legal_classes.values()} == {"FDA", "EMA", "PMDA", "ICH"}


@pytest.mark.parametrize(("material", "role"), ROLES, ids=lambda item: getattr(item, "use", item))
def test_role(material: str, role) -> None:
    check_citation(role.source)
    assert role.region in {item.jurisdiction for item in authorities.values()}
    assert role.role in materials
    assert role.use
    assert role.wording
    assert role.valid_from is None or role.valid_to is None or role.valid_from <= role.valid_to


def test_a_vector_is_one_thing_in_the_union_and_another_in_the_states() -> None:
    vector = materials.find("viral vector")
    use = "ex vivo modification of cells"

    def role(region: str, day: date | None = None) -> list[str]:
        return [item.role for item in vector.roles(region, as_of=day) if item.use == use]

    assert role("EU") == ["starting-material"]
    assert role("EU", date(2009, 10, 4)) == ["drug-substance"]
    assert role("EU", date(2009, 10, 5)) == ["starting-material"]
    assert role("EU", date(2003, 6, 24)) == []
    assert role("US") == ["drug-substance"]
    assert vector.roles("JP") == ()


@pytest.mark.parametrize("parameter", process_parameters.values(), ids=lambda item: item.id)
def test_process_parameter(parameter) -> None:
    assert parse_unit(parameter.unit)
    assert parameter.steps
    assert set(parameter.steps) <= set(process_steps)


def test_every_step_that_is_controlled_has_a_parameter() -> None:
    steps = {step for item in process_parameters.values() for step in item.steps}
    asked = {"isolation", "activation", "modification", "expansion", "harvest", "formulation", "cryopreservation"}
    assert asked | {"storage", "transport"} <= steps


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("MOI", "multiplicity-of-infection"),
        ("Dissolved oxygen", "dissolved-oxygen"),
        ("bead:cell", "activation-reagent-ratio"),
        ("IL-2 concentration", "cytokine-concentration"),
        ("Cooling rate", "freezing-rate"),
        ("hold time", "process-hold-time"),
    ],
)
def test_parameters_are_found_as_people_write_them(written: str, id: str) -> None:
    assert process_parameters.find(written).id == id
