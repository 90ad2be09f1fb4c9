"""All sections of the evaluation, by name and in the order of a report."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from analysis.evaluation.baseline import baseline
from analysis.evaluation.behaviour import behaviour
from analysis.evaluation.carry_out import Evaluator
from analysis.evaluation.changes import changes
from analysis.evaluation.comparison import comparison
from analysis.evaluation.dose import dose
from analysis.evaluation.families import families
from analysis.evaluation.figure import Figure, Wanted
from analysis.evaluation.flow import flow
from analysis.evaluation.instruments import instruments
from analysis.evaluation.knowledge import forms, knowledge
from analysis.evaluation.leaving import leaving
from analysis.evaluation.over_time import over_time
from analysis.evaluation.recalled import recalled
from analysis.evaluation.release import Release
from analysis.evaluation.sensitivity import sensitivity
from analysis.evaluation.wedge import wedge

_ASKED: Mapping[str, Callable[[Release], Iterator[Wanted]]] = {
    "flow": flow, "baseline": baseline, "attrition": leaving, "reliability": instruments, "change": changes,
    "comparison": comparison, "model": over_time, "wedge": wedge, "knowledge": knowledge, "forms": forms,
    "behaviour": behaviour, "then": recalled, "dose": dose, "sensitivity": sensitivity,
}  # fmt: skip
FAMILY = "family"
SECTIONS = (*_ASKED, FAMILY)


def evaluate(release: Release, sections: Sequence[str] = SECTIONS) -> list[Figure]:
    """The figures of these sections, in their order. Nothing is held back: see `Figure.for_small_n`."""
    evaluator = Evaluator(release)
    found: list[Figure] = []
    for name in sections:
        found += families(evaluator) if name == FAMILY else evaluator.figures(_ASKED[name](release))
    return found
