"""Finding codes of specifications compared and harmonized."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from harmoniqc.errors.entry import CodeEntry

_E: Literal["error"] = "error"
_W: Literal["warning"] = "warning"
_I: Literal["info"] = "info"

HARMONIZATION_CODES: Mapping[str, CodeEntry] = MappingProxyType(
    {
        "not-harmonizable": CodeEntry(
            _E,
            "the specifications are not about the same thing",
            "harmonize specifications of one product, one material and one purpose",
        ),
        # -- conflicts: a test with one of these never conforms ------------------------------------------
        "conflicting-limits": CodeEntry(
            _E,
            "no number satisfies the limits of all sources",
            "agree with the authorities on a range that all accept, or keep the specifications apart",
        ),
        "conflicting-outcomes": CodeEntry(
            _E,
            "no outcome in words satisfies all sources",
            "agree on outcomes that all accept, or keep the specifications apart",
        ),
        "conflicting-units": CodeEntry(
            _E,
            "the sources ask for different kinds of quantity, and no result can be compared with all",
            "state which quantity each test measures, as tests of different methods or components",
        ),
        # -- where the harmonized specification is not met exactly when all are ---------------------------
        "harmonized-stricter": CodeEntry(
            _W,
            "in some cases the harmonized test asks for more than the sources do together",
            "look at the cases the message names",
        ),
        "results-narrowed": CodeEntry(
            _W,
            "results that count for a source find no test, or another one, in the harmonized specification",
            "state stage, material, method and read point alike in all sources",
        ),
        "tests-overlap": CodeEntry(
            _W,
            "one result could answer several harmonized tests, and then answers none",
            "let results name their test, or declare what tells the tests apart",
        ),
        "comparison-not-assured": CodeEntry(
            _W,
            "a source may have nothing to compare at a decision point, and then calls a batch incomplete",
            "require at least one comparison at each decision point of each source",
        ),
        # -- worth knowing -------------------------------------------------------------------------------
        "source-never-met": CodeEntry(
            _W,
            "a source asks for something that can never be met, so the harmonized specification cannot be either",
            "give the criterion a structure, or leave it out",
        ),
        "different-kinds": CodeEntry(
            _I,
            "sources ask for a number and for words of the same result",
            "see that results carry both, or that a limit of detection stands beside the words",
        ),
        "depends-on-facts": CodeEntry(
            _I,
            "only facts of each batch lead from the unit of one source to that of another",
            "state the facts, such as dose volume and body weight, for every batch",
        ),
        "test-renamed": CodeEntry(
            _I, "a test has another id than in its source", "let results name it by the id it has now"
        ),
        "decided-at-more-points": CodeEntry(
            _I,
            "the sources decide on a test at different decision points; the harmonized test decides at all of them",
            "look at the verdict over all decision points, which is that of the sources",
        ),
        "methods-apart": CodeEntry(
            _I,
            "sources test one attribute by different methods; the tests stay two",
            "declare the methods equivalent if they are",
        ),
        "methods-joined": CodeEntry(
            _I,
            "methods were declared equivalent; a result by either answers the harmonized test",
            "keep the evidence for the equivalence with the specification",
        ),
        "never-in-force-together": CodeEntry(
            _W,
            "the sources are in force at different times",
            "harmonize versions that are in force on the same day",
        ),
        "sufficient-only": CodeEntry(
            _I,
            "several limits were replaced by one that implies them",
            "judge a result that fails it against the sources themselves",
        ),
        # -- changes -------------------------------------------------------------------------------------
        "version-not-given": CodeEntry(
            _E,
            "a version that the change names is not among the specifications given",
            "give the specification in the version before the change and in the version after it",
        ),
        "no-version-change": CodeEntry(
            _W,
            "the change does not bring a specification from one version to another, so that nothing was compared",
            "name in the change record the specification, its version before and its version after",
        ),
        # -- gaps ----------------------------------------------------------------------------------------
        "modality-not-known": CodeEntry(
            _E,
            "nothing says what kind of product the specification is for",
            "name the modality, or give the product",
        ),
        "another-product": CodeEntry(
            _E,
            "the product given is not that of the specification",
            "give the product that the specification names, or the modality alone",
        ),
        "stages-left-out": CodeEntry(
            _I,
            "requirements of stages that the specification is not about were left out",
            "look at the gaps of the specifications of those stages: vector, cell bank, starting material, shelf life",
        ),
        "reference-not-compared": CodeEntry(
            _I,
            "the reference of a method names no document of the crosswalk, so the method was not compared",
            "cite the chapter as `hq.crosswalk.documents` lists it",
        ),
    }
)
