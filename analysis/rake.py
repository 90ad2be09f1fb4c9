"""Raking: weights that give the sample the known totals of a population, one margin after the other until all hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.columns import Floats
from analysis.envelope import Misuse, Refused

TOLERANCE = 1e-10  # how far a category may be from its total, as a share of the population
MOST_ROUNDS = 1_000
SAME_POPULATION = 1e-6  # margins are counts of the same people, and may differ by rounding alone
UNKNOWN = -1

Totals = Mapping[str, Mapping[str, float]]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Margins:
    """`codes`: a row a margin, which category each person (or cell) is of, `UNKNOWN` where that is not told."""

    codes: Codes
    totals: tuple[Floats, ...]

    @property
    def population(self) -> float:
        return float(np.sum(self.totals[0]))

    def of_cells(self, cells: Codes) -> "Margins":
        return Margins(cells, self.totals)


@dataclass(frozen=True)
class Raked:
    """`weights` as the base weights were given; their sum is the population. `rounds` and `deviation`: how it ended."""

    weights: Floats
    rounds: int
    deviation: float


def margins_of(columns: Mapping[str, Sequence[str | None]], totals: Totals) -> Margins:
    """The categories of each row beside the totals of the same names.

    A missing category (None) is allowed: whoever has not told it counts in the other margins. Raises Misuse where a
    total is not above 0 or margins count different populations, and Refused: no_rows, all_missing, level_not_found (a
    row's category has no total, or a total has no row: merge it with a neighbour).

    >>> margins_of({"sex": ["w", "m", None]}, {"sex": {"m": 40, "w": 60}}).codes.tolist()
    [[1, 0, -1]]
    """
    sums = {name: sum(counts.values()) for name, counts in totals.items()}
    for name, counts in totals.items():
        if not counts or min(counts.values()) <= 0:
            raise Misuse(f"each total of {name} is a number above 0")
    if not sums or max(sums.values()) - min(sums.values()) > SAME_POPULATION * max(sums.values()):
        raise Misuse(
            "the margins do not count the same population: " + ", ".join(f"{k} {v:g}" for k, v in sums.items())
        )
    codes = [_codes(name, columns[name], list(counts)) for name, counts in totals.items()]
    return Margins(
        np.array(codes), tuple(np.array(list(counts.values()), dtype=np.float64) for counts in totals.values())
    )


def _codes(name: str, levels: Sequence[str | None], known: list[str]) -> list[int]:
    if not len(levels):
        raise Refused("no_rows", "there are no rows")
    if all(level is None for level in levels):
        raise Refused("all_missing", f"column {name} has no value at all")
    place = {level: number for number, level in enumerate(known)}
    strange = sorted({level for level in levels if level is not None and level not in place})
    if strange:
        raise Refused("level_not_found", f"{name} has the category {strange[0]}, which has no total")
    empty = [level for level in known if level not in levels]
    if empty:
        raise Refused("level_not_found", f"nobody is of the category {empty[0]} of {name}: merge it with another")
    return [UNKNOWN if level is None else place[level] for level in levels]


def rake(margins: Margins, base: Floats, *, tolerance: float = TOLERANCE, most_rounds: int = MOST_ROUNDS) -> Raked:
    """Iterative proportional fitting (Deming & Stephan 1940, Ann Math Stat 11:427; Deville, Särndal & Sautory 1993,
    JASA 88:1013). `base`: the weights before, a row of them or several that are raked at once (replicates).

    In turn for each margin m and category c: w <- w T_mc k_m / sum of w in c, k_m the share of all weight of those who
    have told m (1 where all have; the others keep their weight in that step). A round is one step a margin. It stops
    after the first round at whose end no category of any margin is further than `tolerance` of the population from its
    total. Raises Refused: not_converged (after `most_rounds`; zeros in the table can make the margins impossible), and
    level_not_found where the base weights leave a category empty.

    >>> table = Margins(np.array([[0, 0, 1, 1], [0, 1, 0, 1]]), (np.array([5.0, 15.0]), np.array([10.0, 10.0])))
    >>> np.round(rake(table, np.array([7.0, 9.0, 12.0, 7.0])).weights, 3).tolist()
    [1.776, 3.224, 8.224, 6.776]
    """
    rows = np.atleast_2d(np.asarray(base, dtype=np.float64))
    population = margins.population
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = rows * (population / np.sum(rows, axis=1, keepdims=True))
        for rounds in range(1, most_rounds + 1):
            for place in range(len(margins.totals)):
                weights = _step(weights, margins, place)
            if not np.all(np.isfinite(weights)):
                raise Refused("level_not_found", "a category has no weight left, so no factor can give it its total")
            deviation = _deviation(weights, margins)
            if deviation <= tolerance:
                return Raked(weights if np.ndim(base) > 1 else weights[0], rounds, deviation)
    raise Refused("not_converged", f"after {most_rounds} rounds a category is {deviation:.2g} of all from its total")


def _step(weights: Floats, margins: Margins, place: int) -> Floats:
    codes = margins.codes[place]
    now, told = _sums(weights, codes, len(margins.totals[place]))
    factors = margins.totals[place] * (told / margins.population)[:, None] / now
    # The last place is that of UNKNOWN: whoever has not told this margin keeps the weight.
    return weights * np.column_stack([factors, np.ones(len(factors))])[:, codes]


def _sums(weights: Floats, codes: Codes, categories: int) -> tuple[Floats, Floats]:
    """The weight in each category, and in all of them: a row each."""
    belongs = (codes[:, None] == np.arange(categories)).astype(np.float64)
    now: Floats = weights @ belongs
    return now, np.sum(now, axis=1)


def _deviation(weights: Floats, margins: Margins) -> float:
    worst = 0.0
    for codes, totals in zip(margins.codes, margins.totals, strict=True):
        now, told = _sums(weights, codes, len(totals))
        worst = max(worst, float(np.max(np.abs(now - totals * (told / margins.population)[:, None]))))
    return worst / margins.population


def kish_effect(weights: Floats) -> float:
    """What unequal weights cost: n times the sum of w^2 over the square of the sum of w, at least 1 (Kish 1965, Survey
    Sampling, 11.7). n over it is the number of equally weighted people that tell as much.

    >>> kish_effect(np.array([1.0, 1.0, 2.0]))
    1.125
    """
    return float(len(weights) * np.sum(weights**2) / np.sum(weights) ** 2)
