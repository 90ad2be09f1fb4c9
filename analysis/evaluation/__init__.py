"""The evaluation of a release: the frozen plan carried out on the released files, one record for each number.

Needs the files of a release alone (data_long.csv, codebook.json, plan.json). `evaluate` gives the figures of the
sections that are asked for; each has its people, interval, method, formula and the call that gives it again.
"""

from analysis.evaluation.call import Call
from analysis.evaluation.carry_out import Evaluator
from analysis.evaluation.evaluate import SECTIONS, evaluate, evaluated, wanted
from analysis.evaluation.figure import REFUSED, SHOWN, SMALL, Figure, Wanted
from analysis.evaluation.listing import as_csv
from analysis.evaluation.release import Release, read_release, release_of

__all__ = [
    "REFUSED", "SECTIONS", "SHOWN", "SMALL", "Call", "Evaluator", "Figure", "Release", "Wanted", "as_csv", "evaluate",
    "evaluated",    "read_release", "release_of", "wanted",
]  # fmt: skip
