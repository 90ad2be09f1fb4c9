"""The tables of a report: a row a figure, with what it is of, how it is computed, and what may be told of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.evaluation import Figure, Release
from analysis.evaluation.baseline import background as columns
from analysis.evaluation.baseline import wave_of
from kapabla.release.report import words
from kapabla.release.report.blocks import Block, Heading, Paragraph, Table
from kapabla.release.report.numbers import HIDDEN, cells, in_language, p_value
from kapabla.release.report.protected import Protected

_NUMERIC = frozenset({2, 3, 4, 5})


def section(protected: Protected, name: str, lang: str) -> Iterator[Block]:
    """Heading, what stands before it, and the table; nothing where the release has no such figure."""
    rows = [
        (_what(protected.release, figure, lang), kind, *cells(found, figure.unit, lang))
        for figure, found in protected.section(name)
        if (kind := _kind(protected.release, figure, lang)) is not None
    ]
    if rows:
        heading, before = words.SECTIONS[name]
        heads = tuple(words.HEADS[head][lang] for head in ("what", "how", "n", "estimate", "interval", "p"))
        yield Heading(heading[lang])
        yield Paragraph(before[lang])
        yield Table(heading[lang], heads, tuple(rows), _NUMERIC)


def planned(protected: Protected, lang: str) -> Table | None:
    """Each outcome of the plan by the model that it names, its p as it is and adjusted within the family."""
    rows = []
    for figure, found in protected.section("family"):
        main = figure.group
        estimate = protected.estimates[main]
        adjusted = HIDDEN[lang] if found is None or estimate is None else p_value(found.p, lang)
        what, of = protected.figures[main], words.PLANNED[figure.planned][lang]
        rows.append((_what(protected.release, what, lang), of, *cells(estimate, what.unit, lang), adjusted))
    heads = tuple(words.HEADS[head][lang] for head in ("what", "planned", "n", "estimate", "interval", "p", "adjusted"))
    return Table(words.OUTCOMES[lang], heads, tuple(rows), _NUMERIC | {6}) if rows else None


def background(protected: Protected, lang: str) -> Table | None:
    """Who took part: people by what others can know of them."""
    release, rows = protected.release, list[tuple[str, ...]]()
    for column in columns(release):
        found = protected.background(column, wave_of(release, column), _values(release, column, lang))
        label = str(release.book[column]["labels"][lang])
        if found is None:
            rows.append((label, words.ALL[lang], HIDDEN[lang]))
        else:
            rows += [(label, name, HIDDEN[lang] if count is None else str(count)) for name, count in found]
    heads = tuple(words.HEADS[head][lang] for head in ("what", "answer", "count"))
    return Table(words.WHO[lang], heads, tuple(rows), frozenset({2})) if rows else None


def of_page(page: Mapping[str, Any], name: str, lang: str) -> Table | None:
    """A table of the page of results as it stands there: what is hidden there is hidden here."""
    found = next((figure for figure in page.get("figures", []) if figure["id"] == name), None)
    if found is None:
        return None
    english = page["words"] if lang == "en" else {}

    def told(cell: Any) -> str:
        return HIDDEN[lang] if cell is None else english.get(cell, in_language(str(cell), lang))

    of_texts = {place for row in found["table"]["rows"] for place, cell in enumerate(row) if cell in page["words"]}
    heads = found["en"]["headers"] if lang == "en" else found["table"]["headers"]
    rows = tuple(tuple(map(told, row)) for row in found["table"]["rows"])
    subtitle = found["en"]["subtitle"] if lang == "en" else found["subtitle"]
    return Table(subtitle, tuple(heads), rows, frozenset(range(1, len(heads))) - of_texts)


def _what(release: Release, figure: Figure, lang: str) -> str:
    parts = []
    if figure.column == "knowledge_test":
        parts.append(words.TEST[lang])
    elif figure.column:
        parts.append(str(release.book[figure.column]["labels"][lang]))
    if figure.wave:
        waves = release.book["wave"]["values_en" if lang == "en" else "values"]
        parts.append(str(waves[figure.wave]))
    if figure.section == "flow":
        parts.append(_group(release, figure.group, lang))
    if figure.section == "forms" and figure.group:
        parts.append(f"{figure.group} {words.RIGHT[lang]}")
    return ", ".join(parts)


def _group(release: Release, group: str, lang: str) -> str:
    column, _, level = group.partition("=")
    return str(_values(release, column, lang).get(level, level)) if column else words.ALL[lang]


def _values(release: Release, column: str, lang: str) -> dict[str, str]:
    found: dict[str, str] = release.book[column]["values_en" if lang == "en" else "values"]
    return found


def _kind(release: Release, figure: Figure, lang: str) -> str | None:
    """How the figure is computed; None for one that a report does not list (it is in recompute.py all the same)."""
    of, kind = words.KINDS.get(figure.section, {}), kind_of(figure)
    if kind.startswith("without_"):
        column = kind.removeprefix("without_")
        return f"{of['without'][lang]} {release.book[column]['labels'][lang].lower()}"
    if figure.section == "dose" and "." in kind:
        column, _, level = kind.partition(".")
        return f"{release.book[column]['labels'][lang]}: {_values(release, column, lang).get(level, level)}"
    return of[kind][lang] if kind in of else None


def kind_of(figure: Figure) -> str:
    """What is left of the name when section, column, waves and groups are taken out of it."""
    about = {figure.section, figure.column, figure.wave, figure.before, *figure.group.split("=")}
    parts = [part for part in figure.name.split(".") if part not in about or (figure.section, part) == ("dose", "")]
    if figure.section == "dose":
        return figure.group
    if figure.section == "behaviour":
        return parts[0] if parts else "paired" if figure.before else "share"
    return ".".join(parts)
