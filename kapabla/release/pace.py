"""What others saw of how somebody took the course: whether, how much, how fast, how long ago (decisions 52 and 94); and
what they know beside the course, such as how long somebody has had the role (decision 116).

Whoever was at the course knows who finished at once and who never began, and staff know whom they let past the start
questions. So each of the columns is counted in k: together with the quasi-identifiers, the arm and how far somebody
came, and with the columns before it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Cell
from kapabla.release.disclosure.finest import shared
from kapabla.release.disclosure.groups import Person, Value, Values

LET_PAST, SHARE, TIME = "gate_overridden", "share_of_modules", "weeks_to_complete"
SINCE, MODE, PERIOD, TREATMENT = "weeks_since_training", "mode", "period", "treatment"
# That somebody never began, or never tried an exercise, is told by the blanks of two columns: no column of its own.
BEGUN, TOLD_BY_BLANKS = "begun", ("course_version", "attempts")
ALL_OR_NOT, TWO_BANDS, WITHHELD = "all or not", "two bands", "withheld"
# Two bands of time of two each, with the codes of their values side by side, as for age.
_BANDS = {1: 12, 2: 12, 3: 34, 4: 34}
_BAND_LABELS: dict[str, dict[int | str, str]] = {
    "sv": {12: "Högst 3 veckor", 34: "4 veckor eller mer"},
    "en": {12: "3 weeks at most", 34: "4 weeks or more"},
}
_EVERY = ""  # the wave of what says the same at every one

Step = Callable[[Cell], Cell]
# By wave and person.
Cells = Mapping[str, Mapping[int, Cell]]


@dataclass(frozen=True)
class Pace:
    """Cells by column, person and wave; by column the step that was taken, empty for the finest. Of answers that others
    know the cells say alone whether they are withheld: as they were given they stand in their own waves."""

    cells: Mapping[tuple[str, int, str], Cell]
    steps: Mapping[str, str]

    def of(self, person: int, wave: str) -> dict[str, Cell]:
        """The cells of a row that are not as they were."""
        cells = {
            name: self.cells[name, person, wave if name in (SINCE, MODE, PERIOD) else _EVERY]
            for name in self.steps if name in _STEPS
        }  # fmt: skip
        hidden = TOLD_BY_BLANKS if cells.pop(BEGUN, None) is MissingReason.WITHHELD else ()
        if cells.get(PERIOD) is MissingReason.WITHHELD:
            # With the arm it would tell the period, or on which side of it.
            hidden = (*hidden, TREATMENT)
        return cells | dict.fromkeys(hidden, MissingReason.WITHHELD)

    def hides(self, person: int, answer: str) -> bool:
        return answer in self.steps and self.cells[answer, person, _EVERY] is MissingReason.WITHHELD

    @property
    def actions(self) -> list[str]:
        """As the manifest tells of recodings."""
        taken = [(column, step) for name, step in self.steps.items() if step for column in _FOLLOW.get(name, (name,))]
        return [f"{column}: {step}" for column, step in taken]

    def described(self, columns: Sequence[ColumnSpec]) -> tuple[ColumnSpec, ...]:
        return tuple(self._described(column) for column in columns)

    def _described(self, column: ColumnSpec) -> ColumnSpec:
        asked = next((name for name, columns in _FOLLOW.items() if column.name in columns), column.name)
        if asked not in self.steps:
            return column
        step = self.steps[asked]
        column = replace(column, missing=(*column.missing, MissingReason.WITHHELD))
        if step == WITHHELD:
            return replace(column, disclosure=WITHHELD)
        if step == TWO_BANDS:
            column = replace(
                column, categories=_BAND_LABELS["sv"], categories_en=_BAND_LABELS["en"], minimum=12, maximum=34
            )
        elif step == ALL_OR_NOT:
            column = replace(
                column, labels={
                    "sv": "Om utbildningens alla delar är klara: 1 alla, 0 inte alla",
                    "en": "Whether all of the course's modules are over: 1 all, 0 not all",
                },
            )  # fmt: skip
        elif step:
            weeks = _weeks_of(step)
            column = replace(
                column, labels={
                    "sv": f"{column.labels['sv']}, avrundat nedåt i steg om {weeks} veckor",
                    "en": f"{column.labels['en']}, rounded down in steps of {weeks} weeks",
                },
            )  # fmt: skip
        return replace(column, disclosure="recoded") if step else column


def shared_pace(asked: Mapping[str, Cells], rows: Sequence[Values], people: Sequence[Person], *, k: int) -> Pace:
    """Each column at its finest step, in the order of `asked`.

    asked: by column. What says the same at every wave stands at none (`every_wave`) and comes first. Each column is
    counted together with those before it: with what says the same at every wave, and with what else its wave tells.
    rows: the protected quasi-identifiers.
    """
    steps, made = dict[str, str](), dict[tuple[str, int, str], Cell]()
    told = _Told(list(rows))
    for name, cells in asked.items():
        steps[name], found = _finest(cells, _STEPS.get(name, _AS_IT_IS), told, people, k)
        made |= {(name, *where): cell for where, cell in found.items()}
        told.add(found)
    return Pace(made, steps)


@dataclass
class _Told:
    """What is known of each person so far: at every wave, and at one wave beside it."""

    rows: list[Values]
    beside: dict[tuple[int, str], Values] = field(default_factory=dict)

    def at(self, wave: str, numbers: Iterable[int]) -> list[Values]:
        return [self.rows[number] + self.beside.get((number, wave), ()) for number in numbers]

    def add(self, found: Mapping[tuple[int, str], Cell]) -> None:
        for (number, wave), cell in found.items():
            if wave == _EVERY:
                self.rows[number] += (_known(cell),)
            else:
                self.beside[number, wave] = (*self.beside.get((number, wave), ()), _known(cell))


def every_wave(cells: Sequence[Cell]) -> Cells:
    """Of each person, the same at every wave."""
    return {_EVERY: dict(enumerate(cells))}


def _finest(
    cells: Cells, steps: Mapping[str, Step], told: _Told, people: Sequence[Person], k: int
) -> tuple[str, dict[tuple[int, str], Cell]]:  # fmt: skip
    """The finest step that holds wherever any does, and its cells by person and wave. At a wave of so few that the
    coarsest does not hold, all is withheld."""
    found = {
        name: {wave: _at(own, step, told.at(wave, own), people, k) for wave, own in cells.items()}
        for name, step in steps.items()
    }
    hopeless = {wave for wave, after in found[list(steps)[-1]].items() if after is None}
    step = next(
        name for name, by_wave in found.items() if {w for w, after in by_wave.items() if after is None} <= hopeless
    )
    made = dict[tuple[int, str], Cell]()
    for wave, own in cells.items():
        after = found[step][wave]
        made |= {(n, wave): MissingReason.WITHHELD if after is None or wave in hopeless else after[n] for n in own}
    return WITHHELD if hopeless == cells.keys() else step, made


def _at(
    own: Mapping[int, Cell], step: Step, rows: Sequence[Values], people: Sequence[Person], k: int
) -> dict[int, Cell] | None:
    """One wave at one step, by person; None where that takes too many. rows: of those whom `own` is about."""
    coarse = [step(cell) for cell in own.values()]
    asked = [(*row, _known(cell)) for row, cell in zip(rows, coarse, strict=True)]
    after = shared(asked, [people[number] for number in own], k=k)
    if after is None:
        return None
    return {
        number: MissingReason.WITHHELD if row[-1] is None else cell
        for number, cell, row in zip(own, coarse, after, strict=True)
    }


def _known(cell: Cell) -> Value:
    """That there is no value, and why, is known as well; what is withheld is nothing to be found by."""
    return None if cell is MissingReason.WITHHELD else str(cell)


def _as_it_is(cell: Cell) -> Cell:
    return cell


def _all_or_not(cell: Cell) -> Cell:
    return cell if isinstance(cell, MissingReason) else float(cell == 1)


def _two_bands(cell: Cell) -> Cell:
    return cell if isinstance(cell, MissingReason) else _BANDS[int(cell)]


def _in_steps_of(weeks: int) -> Step:
    return lambda cell: cell if isinstance(cell, MissingReason) else int(cell) // weeks * weeks


def _weeks_of(step: str) -> int:
    """
    >>> _weeks_of("steps of 4 weeks")
    4
    """
    return int(step.split()[2])


_AS_IT_IS: Mapping[str, Step] = {"": _as_it_is}
_STEPS: Mapping[str, Mapping[str, Step]] = {
    LET_PAST: _AS_IT_IS,
    BEGUN: _AS_IT_IS,
    SHARE: {**_AS_IT_IS, ALL_OR_NOT: _all_or_not},
    TIME: {**_AS_IT_IS, TWO_BANDS: _two_bands},
    SINCE: {**_AS_IT_IS, "steps of 4 weeks": _in_steps_of(4), "steps of 12 weeks": _in_steps_of(12)},
    MODE: _AS_IT_IS,
    PERIOD: _AS_IT_IS,
}
# What is withheld where a column is, beside or in place of it.
_FOLLOW = {BEGUN: TOLD_BY_BLANKS, PERIOD: (PERIOD, TREATMENT)}
