"""All sections of the evaluation, by name and in the order of a report."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from analysis.evaluation.carry_out import Evaluator
from analysis.evaluation.changes import changes
from analysis.evaluation.figure import Figure, Wanted
from analysis.evaluation.flow import flow
from analysis.evaluation.release import Release

SECTIONS: Mapping[str, Callable[[Release], Iterator[Wanted]]] = {"flow": flow, "change": changes}


def evaluate(release: Release, sections: Sequence[str] = tuple(SECTIONS)) -> list[Figure]:
    """The figures of these sections, in their order. Nothing is held back: see `Figure.for_small_n`."""
    evaluator = Evaluator(release)
    return [figure for name in sections for figure in evaluator.figures(SECTIONS[name](release))]
