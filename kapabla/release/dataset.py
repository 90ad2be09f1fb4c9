"""A released table in memory: a row per person and wave, each cell a value or the reason why there is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.disclosure import Withheld

Cell = int | float | str | MissingReason
Row = dict[str, Cell]

# The codes that stand in .sav files; no answer may look like one.
LOWEST_CODE, HIGHEST_CODE = -99, -91


@dataclass(frozen=True)
class Dataset:
    """`rows` are in the order of their release ids and then of the study's waves.

    waves: codes in the study's order. arms: for a wave that only some arms have, which. long_columns: of a wide table,
    the columns it was spread from; empty in a long one. A table that does not keep to its columns raises `Withheld`.
    """

    columns: tuple[ColumnSpec, ...]
    rows: tuple[Row, ...]
    waves: tuple[str, ...]
    arms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    long_columns: tuple[ColumnSpec, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise Withheld(reason="column_twice")
        for row in self.rows:
            if list(row) != names:
                raise Withheld(reason="unknown_column", columns=",".join(sorted(set(row) ^ set(names))))
        for column, cells in zip(self.columns, self.cells, strict=True):
            _check(column, cells)
        keys = [self._key(row) for row in self.rows]
        if any(later <= earlier for earlier, later in pairwise(keys)):
            raise Withheld(reason="rows_not_in_order_of_ids")

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def cells(self) -> tuple[tuple[Cell, ...], ...]:
        """The table column by column, in the order of `columns`: what writers read, much quicker than row by row."""
        return tuple(zip(*(row.values() for row in self.rows), strict=True)) or ((),) * len(self.columns)

    @property
    def is_wide(self) -> bool:
        return bool(self.long_columns)

    @property
    def people(self) -> list[str]:
        return list(dict.fromkeys(str(row["record_id"]) for row in self.rows))

    def missing(self) -> Iterator[tuple[str, str, str, str]]:
        """(record_id, wave, column, reason): the rows of `missing.csv`."""
        for row in self.rows:
            for column in self.columns:
                cell = row[column.name]
                if isinstance(cell, MissingReason):
                    yield str(row["record_id"]), str(row["wave"]), column.name, cell.slug

    def _key(self, row: Row) -> tuple[str, int]:
        wave = str(row["wave"]) if "wave" in row else None
        return str(row["record_id"]), self.waves.index(wave) if wave is not None else 0


def _check(column: ColumnSpec, cells: Sequence[Cell]) -> None:
    """Types over all cells, and each distinct value once: a column of sixty thousand cells has a handful of them."""
    wanted = {str} if column.is_text else {int} if column.is_whole else {int, float}
    if not set(map(type, cells)) <= wanted | {MissingReason}:
        raise Withheld(reason="wrong_type", column=column.name)
    for cell in set(cells):
        if not isinstance(cell, MissingReason):
            _check_value(column, cell)


def _check_value(column: ColumnSpec, cell: int | float | str) -> None:
    if column.categories and cell not in column.categories:
        raise Withheld(reason="unknown_value", column=column.name)
    if isinstance(cell, str):
        return
    low, high = column.minimum, column.maximum
    if (low is not None and cell < low) or (high is not None and cell > high) or cell != cell:
        raise Withheld(reason="out_of_range", column=column.name)
    if LOWEST_CODE <= cell <= HIGHEST_CODE:
        raise Withheld(reason="looks_like_a_missing_code", column=column.name)


def is_per_person(column: ColumnSpec) -> bool:
    """Columns that say the same at every wave: they stand once in the wide table."""
    return column.is_per_person or column.kind in (Kind.ID, Kind.PLACE)


def to_wide(long: Dataset) -> Dataset:
    """A row per person, a column `item_wave` for each wave that has the item; `to_long` gives the long table back (F4).

    A wave without a row is `not_reached` throughout, or `not_shown` where the person's arm does not have it. Example: a
    person with rows at t0 and t1 has se_1_t0 = 3, se_1_t1 = 4 and se_1_t3 = not_reached.
    """
    fixed = [column for column in long.columns if is_per_person(column)]
    spread = spread_of(long)
    by_person: dict[str, dict[str, Row]] = {}
    for row in long.rows:
        by_person.setdefault(str(row["record_id"]), {})[str(row["wave"])] = row
    places = [(f"{column.name}_{wave}", column.name, wave) for column, wave in spread]
    rows = []
    for waves in by_person.values():
        first = next(iter(waves.values()))
        if any(row[column.name] != first[column.name] for row in waves.values() for column in fixed):
            raise Withheld(reason="person_differs_between_waves")
        absent = {wave: _absent(long, first, wave) for wave in long.waves}
        wide: Row = {column.name: first[column.name] for column in fixed}
        wide |= {place: waves[wave][name] if wave in waves else absent[wave] for place, name, wave in places}
        rows.append(wide)
    specs = (*fixed, *(_renamed(column, wave) for column, wave in spread))
    wide_table = Dataset(specs, tuple(rows), long.waves, long.arms, long.columns)
    if to_long(wide_table) != long:
        # A row of which every cell is as if it were not there, or an answer at a wave that does not have the item.
        raise Withheld(reason="long_cannot_be_rebuilt")
    return wide_table


def to_long(wide: Dataset) -> Dataset:
    """The long table that a wide one was spread from: the same columns, rows, values and reasons."""
    of_wave: dict[str, dict[str, str]] = {wave: {} for wave in wide.waves}
    for column, wave in spread_of(replace(wide, columns=wide.long_columns, rows=())):
        of_wave[wave][column.name] = f"{column.name}_{wave}"
    # Where a cell of the long table stands in the wide one; None where it has no place there.
    places = {
        wave: [
            (c.name, c.name if is_per_person(c) else of_wave[wave].get(c.name)) for c in wide.long_columns
        ] for wave in wide.waves
    }  # fmt: skip
    rows: list[Row] = []
    for person in wide.rows:
        for wave in wide.waves:
            absent = _absent(wide, person, wave)
            if all(person[place] is absent for place in of_wave[wave].values()):
                continue
            row = {name: MissingReason.NOT_SHOWN if place is None else person[place] for name, place in places[wave]}
            rows.append(row | {"wave": wave})
    return Dataset(wide.long_columns, tuple(rows), wide.waves, wide.arms)


def spread_of(long: Dataset) -> list[tuple[ColumnSpec, str]]:
    """Which column of a wide table holds which column at which wave, in its order; `se_1_t0` for (se_1, t0)."""
    return [
        (column, wave)
        for wave in long.waves
        for column in long.columns
        if not is_per_person(column) and column.kind is not Kind.WAVE and (not column.waves or wave in column.waves)
    ]


def _absent(dataset: Dataset, person: Row, wave: str) -> MissingReason:
    arms = dataset.arms.get(wave, ())
    is_for = not arms or person.get("arm") in arms
    return MissingReason.NOT_REACHED if is_for else MissingReason.NOT_SHOWN


def _renamed(column: ColumnSpec, wave: str) -> ColumnSpec:
    labels = {language: f"{label} ({wave})" for language, label in column.labels.items()}
    missing = tuple(reason for reason in MissingReason if reason in {*column.missing, MissingReason.NOT_REACHED})
    return replace(
        column, name=f"{column.name}_{wave}", labels=labels, waves=(wave,), part_of=column.name, missing=missing
    )
