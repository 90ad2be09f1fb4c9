"""A release as it lies in its folder: the long table, the codebook and the frozen plan. Nothing else is read."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from analysis.columns import Floats
from analysis.design import Ints, level_text
from analysis.evaluation.source import ROW, Place, Source

TEXTS = ("id", "wave", "place", "date_step")
DATA, BOOK, PLAN = "data_long.csv", "codebook.json", "plan.json"


@dataclass(frozen=True)
class Release:
    """`cells`: the text of data_long.csv by column. `book`: the columns of the codebook, by name. `plan`: plan.json;
    empty where no plan was frozen, and then everything is exploratory."""

    cells: Mapping[str, Sequence[str]]
    book: Mapping[str, Mapping[str, Any]]
    plan: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def people(self) -> list[str]:
        """In the order of their ids, so that no digit depends on the order of the file."""
        return sorted(set(self.cells["record_id"]))

    @cached_property
    def waves(self) -> list[str]:
        """In the study's order, those that somebody has answered."""
        present = set(self.cells["wave"])
        return [wave for wave in self.book["wave"]["values"] if wave in present]

    @cached_property
    def _person(self) -> Ints:
        place = {one: number for number, one in enumerate(self.people)}
        return np.array([place[one] for one in self.cells["record_id"]], dtype=np.int64)

    @cached_property
    def _at_wave(self) -> dict[str, Ints]:
        waves = np.array(self.cells["wave"])
        return {wave: np.flatnonzero(waves == wave) for wave in self.waves}

    def has(self, *columns: str) -> bool:
        """Whether each is a column of the release, and nobody has taken all of its values away."""
        return all(column in self.book and any(cell for cell in self.cells[column]) for column in columns)

    def rule(self, column: str) -> str:
        """How a score is made of its items: mean, sum_correct, count_done; empty for what is none, or of items that
        are not all in the release."""
        scoring = self.book[column]["scoring"]
        return str(scoring["rule"]) if scoring and set(scoring["items"]) <= set(self.book) else ""

    def is_text(self, column: str) -> bool:
        return column != ROW and self.book[column]["kind"] in TEXTS

    def asked(self, column: str) -> list[str]:
        """The waves that have the column, of those that somebody has answered."""
        at = self.book[column]["waves"]
        return [wave for wave in self.waves if not at or wave in at]

    def levels(self, column: str, wave: str = "") -> list[str]:
        """The values that occur, in the codebook's order, or sorted where it names none."""
        found = {text for text in self.texts(Source((Place(column, wave),))) if text is not None}
        named = [value for value in self.book[column]["values"] if value in found]
        return named + sorted(found - set(named))

    def values(self, source: Source) -> Any:
        """A place for each person: numbers with NaN, or texts with None where the column is of texts."""
        if source.known:
            return np.array([float(text is not None) for text in self.texts(source)])
        if source.equals:
            texts = self.texts(source)
            return np.array([np.nan if text is None else float(text == source.equals) for text in texts])
        texts = self.texts(source)
        if self.is_text(source.places[0].column):
            return texts
        found = _numbers(texts)
        if source.positive:
            return np.where(np.isnan(found), np.nan, found > 0)
        return found - _numbers(self._first([source.minus])) if source.minus else found

    def texts(self, source: Source) -> list[str | None]:
        return self._first(source.places)

    def _first(self, places: Sequence[Place]) -> list[str | None]:
        found: list[str | None] = [None] * len(self.people)
        for place in places:
            applies = self._applies(place)
            for number, text in enumerate(self._place(place.column, place.wave)):
                if found[number] is None and applies[number]:
                    found[number] = text
        return found

    def _applies(self, place: Place) -> list[bool]:
        """Whose answer stands in this place."""
        if not place.group:
            return [True] * len(self.people)
        column, value = place.group
        return [text == value for text in self._first([Place(column)])]

    def _place(self, column: str, wave: str) -> list[str | None]:
        key = (column, wave)
        if key not in self._known:
            found: list[str | None] = [None] * len(self.people)
            nowhere = np.array([], dtype=np.int64)
            rows = self._at_wave.get(wave, nowhere) if wave else np.arange(len(self.cells["wave"]))
            cells = self.cells["record_id" if column == ROW else column]
            for row in rows.tolist():
                person = int(self._person[row])
                if found[person] is None:
                    found[person] = level_text(cells[row])
            self._known[key] = found
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[str, str], list[str | None]]:
        return {}


def _numbers(texts: Sequence[str | None]) -> Floats:
    return np.array([np.nan if text is None else float(text) for text in texts], dtype=np.float64)


def release_of(data: bytes, book: bytes, plan: bytes = b"{}") -> Release:
    """From the bytes of data_long.csv, codebook.json and plan.json."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    header = next(rows)
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    described = {column["name"]: column for column in json.loads(book)["columns"]}
    return Release(dict(zip(header, columns, strict=True)), described, json.loads(plan))


def read_release(folder: Path) -> Release:
    """The release in a folder, with its plan if there is one."""
    plan = folder / PLAN
    return release_of(
        (folder / DATA).read_bytes(), (folder / BOOK).read_bytes(), plan.read_bytes() if plan.exists() else b"{}"
    )
