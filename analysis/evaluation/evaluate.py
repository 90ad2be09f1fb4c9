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
    "behaviour": behaviour, "then": recalled, "dose": dose, "sensitivity": sensitivity, "family": families,
}  # fmt: skip
SECTIONS = tuple(_ASKED)


def wanted(release: Release, sections: Sequence[str] = SECTIONS) -> list[Wanted]:
    """What the sections ask for, by name and call, before anything is computed."""
    return [one for name in sections for one in _ASKED[name](release)]


def evaluate(release: Release, sections: Sequence[str] = SECTIONS) -> list[Figure]:
    """The figures of these sections, in their order. Nothing is held back: see `Figure.for_small_n`."""
    return evaluated(release, wanted(release, sections))


def evaluated(release: Release, asked: Sequence[Wanted]) -> list[Figure]:
    """These figures, and first those whose p values they take."""
    evaluator, own = Evaluator(release), {one.name for one in asked}
    needed = {name for one in asked if one.call.command == "adjust" for name in one.call.options["p"]} - own
    if needed:
        evaluator.figures(one for one in wanted(release) if one.name in needed)
    return evaluator.figures(asked)
