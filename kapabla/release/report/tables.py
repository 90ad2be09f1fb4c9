"""The tables of a report: a row a figure, with what it is of, how it is computed, and what may be told of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.evaluation import Figure, Release
from analysis.evaluation.baseline import background as columns
from analysis.evaluation.baseline import wave_of
from kapabla.release.disclosure import Estimate
from kapabla.release.report import words
from kapabla.release.report.blocks import Block, Heading, Paragraph, Table
from kapabla.release.report.numbers import HIDDEN, cells, in_language, p_value
from kapabla.release.report.protected import Protected

_NUMERIC = frozenset({2, 3, 4, 5})


def section(protected: Protected, name: str, lang: str) -> Iterator[Block]:
    """Heading, what stands before it, and the table; nothing where the release has no such figure."""
    is_loose = name in ("knowledge", "forms") and _hangs_loose(protected)
    rows = [
        (_what(protected.release, figure, lang), kind + _in_model(figure, found, lang), *told)
        for figure, found in protected.section(name)
        if (kind := _kind(protected.release, figure, lang)) is not None
        and not (is_loose and kind_of(figure).startswith("linear"))
        and (told := cells(found, unit_of(figure), lang))
    ]
    if rows:
        heading, before = words.SECTIONS[name]
        heads = tuple(words.HEADS[head][lang] for head in ("what", "how", "n", "estimate", "interval", "p"))
        yield Heading(heading[lang])
        yield Paragraph(before[lang])
        if is_loose:
            yield Paragraph((words.LOOSE_TEST if name == "knowledge" else words.NOT_EQUATED)[lang])
        yield Table(heading[lang], heads, tuple(rows), _NUMERIC)


def planned(protected: Protected, lang: str) -> Table | None:
    """Each outcome of the plan by the model that it names, its p as it is and adjusted within the family."""
    rows = []
    for figure, found in protected.section("family"):
        main = figure.group
        estimate = protected.estimates[main]
        adjusted = HIDDEN[lang] if found is None or estimate is None else p_value(found.p, lang)
        what, of = protected.figures[main], words.PLANNED[figure.planned][lang]
        against = words.AGAINST[is_controlled(what)][lang]
        rows.append((_what(protected.release, what, lang), of, against, *cells(estimate, what.unit, lang), adjusted))
    names = ("what", "planned", "against", "n", "estimate", "interval", "p", "adjusted")
    heads = tuple(words.HEADS[head][lang] for head in names)
    return Table(words.OUTCOMES[lang], heads, tuple(rows), frozenset(range(3, 8))) if rows else None


def directions(protected: Protected, lang: str) -> tuple[str, ...]:
    """What more of each planned outcome is, so that nobody takes more hindrances for a gain."""
    found = dict[str, str]()
    for figure, _ in protected.section("family"):
        column = protected.release.book[figure.column]
        means = ((column["scoring"] or {}).get("high_means") or {}).get(lang)
        if means:
            found[figure.column] = f"{column['labels'][lang]}: {means}"
    return tuple(found.values())


def is_controlled(figure: Figure) -> bool:
    return figure.section in ("comparison", "wedge")


def unit_of(figure: Figure) -> str:
    """A coefficient between 0 and 1 is no share of people."""
    if figure.unit != "share":
        return figure.unit
    return {"proportion": "share", "mcnemar": "points"}.get(figure.call.command, "coefficient")


def _hangs_loose(protected: Protected) -> bool:
    told = [found for figure, found in protected.section("knowledge") if kind_of(figure) == "kr20"]
    return any(one is not None and one.value < 0 for one in told)


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


def of_page(page: Mapping[str, Any], name: str, release: str, lang: str) -> Table | None:
    """A table of the page of results as it stands there: what is hidden there is hidden here. A row that the page has
    again from an earlier release is hidden as well: beside numbers of this one it would tell of those who have come or
    gone (C5.5)."""
    found = next((figure for figure in page.get("figures", []) if figure["id"] == name), None)
    if found is None:
        return None
    own = _own_rows(found, release)
    if not any(isinstance(cell, int) for row in own for cell in row):
        return None
    english = page["words"] if lang == "en" else {}

    def told(cell: Any) -> str:
        return HIDDEN[lang] if cell is None else english.get(cell, in_language(str(cell), lang))

    of_texts = {place for row in own for place, cell in enumerate(row) if cell in page["words"]}
    heads = found["en"]["headers"] if lang == "en" else found["table"]["headers"]
    rows = tuple(tuple(map(told, row)) for row in own)
    subtitle = found["en"]["subtitle"] if lang == "en" else found["subtitle"]
    return Table(subtitle, tuple(heads), rows, frozenset(range(1, len(heads))) - of_texts)


def _own_rows(figure: Mapping[str, Any], release: str) -> list[list[Any]]:
    """The rows of a figure, blank where another release counted them."""
    rows, of = figure["table"]["rows"], figure.get("of", [])
    if len(of) != len(rows):
        # Of counts that stand whole from one release, or of this one alone.
        of = [*(of or [release])[:1]] * len(rows)
    return [
        row
        if counted == release
        else [cell if isinstance(cell, str) and not _is_number(cell) else None for cell in row]
        for row, counted in zip(rows, of, strict=True)
    ]


def _is_number(cell: str) -> bool:
    return cell[:1].isdigit() or cell[:1] in "[<−–"


def _what(release: Release, figure: Figure, lang: str) -> str:
    parts = []
    if figure.column == "knowledge_test" or (figure.section, kind_of(figure)) == ("forms", "difference"):
        parts.append(words.TEST[lang])
    elif figure.column:
        parts.append(str(release.book[figure.column]["labels"][lang]))
    if figure.wave:
        waves = release.book["wave"]["values_en" if lang == "en" else "values"]
        parts.append(str(waves[figure.wave]))
    if figure.section == "forms" and figure.group:
        parts.append(f"{figure.group} {words.RIGHT[lang]}")
    return ", ".join(parts)


def _values(release: Release, column: str, lang: str) -> dict[str, str]:
    found: dict[str, str] = release.book[column]["values_en" if lang == "en" else "values"]
    return found


def _in_model(figure: Figure, found: Estimate | None, lang: str) -> str:
    """Whom a model holds besides those whose answers the contrast is of."""
    return "" if found is None or found.n == figure.n else words.IN_MODEL[lang].format(people=figure.n)


def _kind(release: Release, figure: Figure, lang: str) -> str | None:
    """How the figure is computed; None for one that a report does not list (it is in recompute.py all the same)."""
    of, kind = words.KINDS.get(figure.section, {}), kind_of(figure)
    if kind.startswith("without_"):
        return _without(release, figure, kind.removeprefix("without_"), lang)
    if figure.section == "dose" and "." in kind:
        column, _, level = kind.partition(".")
        return f"{release.book[column]['labels'][lang]}: {_values(release, column, lang).get(level, level)}"
    return of[kind][lang] if kind in of else None


def _without(release: Release, figure: Figure, column: str, lang: str) -> str:
    if column in words.WITHOUT:
        return words.WITHOUT[column][lang]
    named = _values(release, column, lang)
    left = [rule.value for rule in figure.call.without if rule.source.places[0].column == column]
    values = ", ".join(dict.fromkeys(str(named.get(value, value)) for value in left))
    return words.WITHOUT_OTHERS[lang].format(label=release.book[column]["labels"][lang], values=values)


def kind_of(figure: Figure) -> str:
    """What is left of the name when section, column, waves and groups are taken out of it."""
    about = {figure.section, figure.column, figure.wave, figure.before, *figure.group.split("=")}
    parts = [part for part in figure.name.split(".") if part not in about or (figure.section, part) == ("dose", "")]
    if figure.section == "dose":
        return figure.group
    if figure.section == "behaviour":
        return parts[0] if parts else "paired" if figure.before else "share"
    return ".".join(parts)
