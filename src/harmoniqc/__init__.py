"""One data standard for the critical quality attributes of cell and gene therapies, and a core that applies it.

    import harmoniqc as hq

    judgment = hq.judge(hq.Measurement(value="79.2", unit="%"), hq.Limit.more_than("80", "%"))
    evaluation = hq.evaluate(results, [specification])

Names load on first use: ``import harmoniqc`` itself loads neither numpy nor pydantic, pint or pyarrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmoniqc._lazy import lazy_names, module_of
from harmoniqc._version import __version__

if TYPE_CHECKING:
    from harmoniqc import crosswalk as crosswalk
    from harmoniqc import errors as errors
    from harmoniqc import evaluation as evaluation
    from harmoniqc import exchange as exchange
    from harmoniqc import harmonization as harmonization
    from harmoniqc import notation as notation
    from harmoniqc import schema as schema
    from harmoniqc import standard as standard
    from harmoniqc import units as units
    from harmoniqc import vocabulary as vocabulary
    from harmoniqc.errors import CODES as CODES
    from harmoniqc.errors import CompilationError as CompilationError
    from harmoniqc.errors import ConversionError as ConversionError
    from harmoniqc.errors import CrosswalkError as CrosswalkError
    from harmoniqc.errors import DocumentError as DocumentError
    from harmoniqc.errors import Finding as Finding
    from harmoniqc.errors import Findings as Findings
    from harmoniqc.errors import HarmoniqcError as HarmoniqcError
    from harmoniqc.errors import NotationError as NotationError
    from harmoniqc.errors import ResultsError as ResultsError
    from harmoniqc.errors import SelectionError as SelectionError
    from harmoniqc.errors import UnitError as UnitError
    from harmoniqc.errors import VocabularyError as VocabularyError
    from harmoniqc.evaluation import REASONS as REASONS
    from harmoniqc.evaluation import VERDICTS as VERDICTS
    from harmoniqc.evaluation import Derived as Derived
    from harmoniqc.evaluation import Evaluation as Evaluation
    from harmoniqc.evaluation import Judgment as Judgment
    from harmoniqc.evaluation import dose_limit as dose_limit
    from harmoniqc.evaluation import evaluate as evaluate
    from harmoniqc.evaluation import judge as judge
    from harmoniqc.exchange import Exchange as Exchange
    from harmoniqc.exchange import MappedAttribute as MappedAttribute
    from harmoniqc.exchange import MappedColumn as MappedColumn
    from harmoniqc.exchange import Replay as Replay
    from harmoniqc.exchange import ResultsMapping as ResultsMapping
    from harmoniqc.exchange import read as read
    from harmoniqc.exchange import read_exchange as read_exchange
    from harmoniqc.exchange import read_results as read_results
    from harmoniqc.exchange import read_results_table as read_results_table
    from harmoniqc.exchange import read_specification_table as read_specification_table
    from harmoniqc.exchange import replay as replay
    from harmoniqc.exchange import restamp as restamp
    from harmoniqc.exchange import table_findings as table_findings
    from harmoniqc.exchange import verify as verify
    from harmoniqc.exchange import write as write
    from harmoniqc.harmonization import Affected as Affected
    from harmoniqc.harmonization import Comparison as Comparison
    from harmoniqc.harmonization import Feasibility as Feasibility
    from harmoniqc.harmonization import Gaps as Gaps
    from harmoniqc.harmonization import Harmonization as Harmonization
    from harmoniqc.harmonization import affected as affected
    from harmoniqc.harmonization import compare as compare
    from harmoniqc.harmonization import feasibility as feasibility
    from harmoniqc.harmonization import gaps as gaps
    from harmoniqc.harmonization import harmonize as harmonize
    from harmoniqc.notation import parse_criterion as parse_criterion
    from harmoniqc.notation import parse_measurement as parse_measurement
    from harmoniqc.notation import parse_measurements as parse_measurements
    from harmoniqc.notation import render as render
    from harmoniqc.schema import Migration as Migration
    from harmoniqc.schema import Validation as Validation
    from harmoniqc.schema import json_schema as json_schema
    from harmoniqc.schema import migrate as migrate
    from harmoniqc.schema import validate as validate
    from harmoniqc.standard import COLUMNS as COLUMNS
    from harmoniqc.standard import STANDARD_VERSION as STANDARD_VERSION
    from harmoniqc.standard import Absence as Absence
    from harmoniqc.standard import AllConditions as AllConditions
    from harmoniqc.standard import AllOf as AllOf
    from harmoniqc.standard import AnyConditions as AnyConditions
    from harmoniqc.standard import AnyOf as AnyOf
    from harmoniqc.standard import AsForRelease as AsForRelease
    from harmoniqc.standard import Batch as Batch
    from harmoniqc.standard import Bound as Bound
    from harmoniqc.standard import Branch as Branch
    from harmoniqc.standard import Category as Category
    from harmoniqc.standard import ChangeProtocol as ChangeProtocol
    from harmoniqc.standard import ChangeRecord as ChangeRecord
    from harmoniqc.standard import CodedOutcome as CodedOutcome
    from harmoniqc.standard import CompoundMeasurement as CompoundMeasurement
    from harmoniqc.standard import Conditional as Conditional
    from harmoniqc.standard import Criterion as Criterion
    from harmoniqc.standard import Disposition as Disposition
    from harmoniqc.standard import Document as Document
    from harmoniqc.standard import EstablishedCondition as EstablishedCondition
    from harmoniqc.standard import EvaluationRecord as EvaluationRecord
    from harmoniqc.standard import Fact as Fact
    from harmoniqc.standard import FactCondition as FactCondition
    from harmoniqc.standard import Identity as Identity
    from harmoniqc.standard import Investigation as Investigation
    from harmoniqc.standard import JustifiedAbsence as JustifiedAbsence
    from harmoniqc.standard import LifecycleManagement as LifecycleManagement
    from harmoniqc.standard import Limit as Limit
    from harmoniqc.standard import Measurement as Measurement
    from harmoniqc.standard import Member as Member
    from harmoniqc.standard import Method as Method
    from harmoniqc.standard import NotCondition as NotCondition
    from harmoniqc.standard import NotStated as NotStated
    from harmoniqc.standard import Package as Package
    from harmoniqc.standard import Parent as Parent
    from harmoniqc.standard import Product as Product
    from harmoniqc.standard import Quantity as Quantity
    from harmoniqc.standard import ReadPoint as ReadPoint
    from harmoniqc.standard import Reportable as Reportable
    from harmoniqc.standard import ReportOnly as ReportOnly
    from harmoniqc.standard import Result as Result
    from harmoniqc.standard import RollUp as RollUp
    from harmoniqc.standard import Source as Source
    from harmoniqc.standard import Specification as Specification
    from harmoniqc.standard import SpecificationChange as SpecificationChange
    from harmoniqc.standard import SpecificationReference as SpecificationReference
    from harmoniqc.standard import Target as Target
    from harmoniqc.standard import Test as Test
    from harmoniqc.standard import Tolerance as Tolerance
    from harmoniqc.standard import Trend as Trend
    from harmoniqc.standard import Unstructured as Unstructured
    from harmoniqc.standard import content_hash as content_hash
    from harmoniqc.standard import to_json as to_json
    from harmoniqc.units import convert as convert
    from harmoniqc.vocabulary import cqas as cqas
    from harmoniqc.vocabulary import products as products

_ROOMS = (
    "crosswalk",
    "errors",
    "evaluation",
    "exchange",
    "harmonization",
    "notation",
    "schema",
    "standard",
    "units",
    "vocabulary",
)

_HOME = {
    "errors": (
        "CODES CompilationError ConversionError CrosswalkError DocumentError Finding Findings HarmoniqcError "
        "NotationError ResultsError SelectionError UnitError VocabularyError"
    ),
    "evaluation": "REASONS VERDICTS Derived Evaluation Judgment dose_limit evaluate judge",
    "exchange": (
        "Exchange MappedAttribute MappedColumn Replay ResultsMapping read read_exchange read_results "
        "read_results_table read_specification_table replay restamp table_findings verify write"
    ),
    "harmonization": "Affected Comparison Feasibility Gaps Harmonization affected compare feasibility gaps harmonize",
    "notation": "parse_criterion parse_measurement parse_measurements render",
    "schema": "Migration Validation json_schema migrate validate",
    "standard": (
        "COLUMNS STANDARD_VERSION Absence AllConditions AllOf AnyConditions AnyOf AsForRelease Batch Bound Branch "
        "Category ChangeProtocol ChangeRecord CodedOutcome CompoundMeasurement Conditional Criterion Disposition "
        "Document EstablishedCondition EvaluationRecord Fact FactCondition Identity Investigation JustifiedAbsence "
        "LifecycleManagement Limit Measurement Member Method NotCondition NotStated Package Parent Product Quantity "
        "ReadPoint ReportOnly Reportable Result RollUp Source Specification SpecificationChange "
        "SpecificationReference Target Test Tolerance Trend Unstructured content_hash to_json"
    ),
    "units": "convert",
    "vocabulary": "cqas products",
}

_ROOM_OF = module_of(_HOME)

__all__ = ["__version__", *_ROOMS, *_ROOM_OF]

if not TYPE_CHECKING:  # so that a type checker refuses a name that does not exist
    __getattr__, __dir__ = lazy_names(__name__, _ROOM_OF, _ROOMS)
