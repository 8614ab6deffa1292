"""Results against criteria: thresholds, the kernel, one judgment, and evaluation in bulk."""

from harmoniqc.evaluation.dosing import dose_limit
from harmoniqc.evaluation.engine import evaluate
from harmoniqc.evaluation.evaluation import Evaluation
from harmoniqc.evaluation.judging import Judgment, judge
from harmoniqc.evaluation.reading import Derived
from harmoniqc.evaluation.verdicts import REASONS, VERDICTS, Verdict

__all__ = ["REASONS", "VERDICTS", "Derived", "Evaluation", "Judgment", "Verdict", "dose_limit", "evaluate", "judge"]
