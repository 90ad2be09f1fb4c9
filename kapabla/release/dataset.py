"""A released table in memory: a row per person and wave, each cell a value or the reason why there is none."""

from collections.abc import Iterator
from dataclasses import dataclass

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, Kind

Cell = int | float | str | MissingReason


@dataclass(frozen=True)
class Dataset:
    """`rows` are in the order of their release ids and then of the study's waves."""

    columns: tuple[ColumnSpec, ...]
    rows: tuple[dict[str, Cell], ...]
    waves: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

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


def is_per_person(column: ColumnSpec) -> bool:
    """Columns that say the same at every wave: they stand once in the wide table."""
    return column.kind in (Kind.ID, Kind.PLACE)


def to_wide(long: Dataset) -> Dataset:
    """A row per person, a column `item_wave` for each wave that has the item. Rebuilt long, it is the same (F4)."""
    columns = [column for column in long.columns if is_per_person(column)]
    spread = [
        (column, wave)
        for wave in long.waves
        for column in long.columns
        if not is_per_person(column) and column.kind is not Kind.WAVE and (not column.waves or wave in column.waves)
    ]
    by_person: dict[str, dict[str, dict[str, Cell]]] = {}
    for row in long.rows:
        by_person.setdefault(str(row["record_id"]), {})[str(row["wave"])] = row
    rows = []
    for waves in by_person.values():
        first = next(iter(waves.values()))
        wide: dict[str, Cell] = {column.name: first[column.name] for column in columns}
        for column, wave in spread:
            wide[f"{column.name}_{wave}"] = waves[wave][column.name] if wave in waves else MissingReason.NOT_REACHED
        rows.append(wide)
    specs = tuple(columns) + tuple(_renamed(column, wave) for column, wave in spread)
    return Dataset(specs, tuple(rows), long.waves)


def _renamed(column: ColumnSpec, wave: str) -> ColumnSpec:
    labels = {language: f"{label} ({wave})" for language, label in column.labels.items()}
    return ColumnSpec(**{**column.__dict__, "name": f"{column.name}_{wave}", "labels": labels})
