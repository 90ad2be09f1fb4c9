"""The figures of a release as a page shows them: in its language, drawn, with the same rows in table, CSV and drawing.

Nothing is counted here. What is hidden in the store is None, and nothing is drawn or told of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from kapabla.release import published
from kapabla.web.assets import FOLDER
from kapabla.web.drawing import counts
from kapabla.web.drawing.forest import forest
from kapabla.web.drawing.likert import likert
from kapabla.web.drawing.svg import Drawing
from kapabla.web.language import translated
from kapabla.web.research.choosing import tongue
from kapabla.web.research.numbers_file import Parts, as_csv, as_csv_excel
from kapabla.web.research.numerals import of_the_language

DECIMALS = 2  # of every value and interval in a table
_GROUPED = {"fordelning", "omdome", "kunskap", "spridning"}
_WIDE = {"fordelning", "omdome", "forandring", "jamforelse", "bakgrund", "kvalitet", "dos", "uppfoljning", "kunskap"}


@dataclass(frozen=True)
class ShownFigure:
    """`rows`: numbers and words of the page's language; None is hidden. `plot`: what the chart library draws from.
    `code` is empty where a row stands from an earlier release: it would give other numbers than those shown."""

    id: str
    title: str
    subtitle: str
    sentence: str
    method: str
    code: str
    headers: list[str]
    rows: list[list[Any]]
    drawing: Drawing | None
    plot: dict[str, Any] | None

    @property
    def is_wide(self) -> bool:
        return self.id in _WIDE

    def groups(self, hidden: str) -> list[tuple[Any, list[list[Any]]]] | None:
        """Of answers: each question once, with the rest of its rows. A narrow screen was forty screens high without."""
        if self.id not in _GROUPED:
            return None
        return [
            (name, [[hidden if cell is None else cell for cell in row[1:]] for row in rows])
            for name, rows in groupby(self.rows, key=itemgetter(0))
        ]

    def csv(self, *, for_excel: bool = False) -> bytes:
        parts = Parts(translated("nedre"), translated("övre"), translated("mindre än"))
        return (as_csv_excel if for_excel else as_csv)(self.headers, self.rows, parts)

    def svg(self) -> bytes | None:
        return None if self.drawing is None else self.drawing.file(self.title, self.sentence, light_colours())


@lru_cache(maxsize=8)
def shown_figures(
    folder: Path,
    release: str,
    figures_hash: str,  # noqa: ARG001  (what they are remembered by)
    language: str,  # noqa: ARG001  (the same)
    *,
    stacked: bool,
) -> tuple[ShownFigure, ...]:
    """All of a release, in the language of the page. They are drawn once: what lies under a hash does not change."""
    dashboard = published.dashboard(folder, release)
    return tuple(shown_figure(figure, dashboard, release, stacked=stacked) for figure in dashboard["figures"])


def shown_figure(
    figure: Mapping[str, Any], dashboard: Mapping[str, Any], release: str, *, stacked: bool = False
) -> ShownFigure:
    words = dashboard.get("words", {}) if tongue() == "en" else {}
    # A figure of a release from before there was English is shown as it was told.
    told = figure | figure.get("en", {}) if tongue() == "en" else figure
    english = figure.get("en", {}).get("headers") if tongue() == "en" else None
    headers = english or figure["table"]["headers"]
    rows = [[_in_language(cell, words) for cell in row] for row in figure["table"]["rows"]]
    plot = _plot_in_language(figure.get("plot"), words)
    of = _counted_in(figure, release)
    stands = any(one != release for one in of)
    return ShownFigure(
        id=figure["id"],
        title=of_the_language(told["title"]),
        subtitle=told["subtitle"],
        sentence=" ".join([of_the_language(told["sentence"]), *([_standing(of, release)] if stands else [])]),
        method=told["method"],
        code="" if stands else figure.get("code", ""),
        headers=[*headers, translated("Räknat i utgåva")] if stands else headers,
        rows=[[*row, one] for row, one in zip(rows, of, strict=True)] if stands else rows,
        drawing=_drawing(figure["id"], plot, headers, rows, stacked=stacked),
        plot=_for_the_library(figure["id"], plot, rows),
    )


def _counted_in(figure: Mapping[str, Any], release: str) -> list[str]:
    """The release that counted each row. A figure of counts alone stands whole, and says it once."""
    of, rows = list(figure.get("of") or [release]), len(figure["table"]["rows"])
    return of if len(of) == rows else of[:1] * rows


def _standing(of: Sequence[str], release: str) -> str:
    """Beside the figure and not in its method: who has the files of this release finds other numbers in them."""
    earlier = sorted({one for one in of if one != release})
    rows = sum(one != release for one in of)
    told = translated(
        "{} av {} rader är räknade i utgåva {} och står kvar: gruppen är i stort sett densamma som då, eller så kunde "
        "svar från några få räknas ut ur nya tal och de gamla. De kan räknas om ur den utgåvans filer, inte ur den här "
        "utgåvans."
    )
    return told.format(rows, len(of), ", ".join(earlier))


def _for_the_library(
    name: str, plot: Mapping[str, Any] | None, rows: Sequence[Sequence[Any]]
) -> dict[str, Any] | None:  # fmt: skip
    """Forest plots gain by the library: a value can be pointed at. The rest is as good as it is drawn."""
    if plot is None or plot["kind"] != "forest":
        return None
    below, above = _ends(plot)
    told = _of_forest(name, plot, rows)
    return {**plot, "told": told, "below": below, "above": above, "hidden": translated("visas inte")}


def _ends(plot: Mapping[str, Any]) -> tuple[str, str]:
    if plot.get("ends") == "compared":
        return translated("← lägre"), translated("högre →")
    return (translated("← minskar"), translated("ökar →")) if plot.get("is_change", True) else ("", "")


def _in_language(cell: Any, words: Mapping[str, str]) -> Any:
    return (words.get(cell) or of_the_language(cell)) if isinstance(cell, str) else cell


def _plot_in_language(plot: Mapping[str, Any] | None, words: Mapping[str, str]) -> dict[str, Any] | None:
    if plot is None:
        return None
    found = dict(plot)
    if "rows" in plot:
        found["rows"] = [_as_written(row) | {"label": words.get(row["label"], row["label"])} for row in plot["rows"]]
    for name in ("options", "waves", "arms"):
        if name in plot:
            found[name] = [words.get(label, label) for label in plot[name]]
    return found


def _as_written(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a plot as exact as its table: of sixteen digits more can be worked out than is told (C5.2)."""
    return {name: round(cell, DECIMALS) if isinstance(cell, float) else cell for name, cell in row.items()}


def _drawing(
    name: str, plot: Mapping[str, Any] | None, headers: Sequence[str], rows: Sequence[Sequence[Any]], *, stacked: bool
) -> Drawing | None:
    if plot is None:
        return None
    hidden = translated("visas inte")
    if plot["kind"] == "forest":
        return forest(
            plot["rows"], _of_forest(name, plot, rows), name=f"hatch-{name}", hidden=hidden,
            ends=_ends(plot), sign="." if tongue() == "en" else ",",
            has_total=name == "grupper",
        )  # fmt: skip
    if plot["kind"] == "likert":
        sign = "%" if tongue() == "en" else "\u00a0%"
        return likert(rows, plot["options"], stacked=stacked, hidden=hidden, percent_sign=sign)
    if plot["kind"] == "flow":
        return counts.flow(rows, headers)
    if plot["kind"] == "rates":
        return counts.rates(rows, hidden=hidden, of=translated("{} av {}"))
    if plot["kind"] == "bars":
        return counts.bars(rows, hidden=hidden)
    if plot["kind"] == "arms":
        return counts.arms(rows, plot["arms"], hidden=hidden)
    return counts.shares(rows, plot["waves"], hidden=hidden)


def _of_forest(name: str, plot: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Difference and interval of each drawn row, as they stand in the table: in its last row of that label."""
    at = plot.get("at") or ([3, 4] if name in ("forandring", "grupp") else [2, 3])
    told = {row[0]: " ".join(row[place] for place in at if row[place] is not None) for row in rows}
    return [told[row["label"]] for row in plot["rows"]]


@cache
def light_colours() -> dict[str, str]:
    """The tokens of the style sheet as they are in light: they come first in it."""
    found = dict[str, str]()
    for name, colour in re.findall(r"(--[\w-]+):(#[0-9A-Fa-f]{6})", (FOLDER / "app.css").read_text(encoding="utf-8")):
        found.setdefault(name, colour)
    return found
