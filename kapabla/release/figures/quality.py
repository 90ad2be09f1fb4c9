"""Checks of the data of a release (R08): shares of people, each with its limit and what it means, in words."""

from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from typing import Any

from kapabla.material import Material, Study
from kapabla.material.instruments import MissingReason
from kapabla.release.dataset import Dataset, Row
from kapabla.release.disclosure import Thresholds, Withheld, percent, response_rate
from kapabla.release.figures.telling import Figure, Told, counted, figure

_HEADERS = {"Kontroll": "Check", "Personer": "People", "Andel": "Share", "Gräns": "Limit", "Bedömning": "Verdict"}
_WITHIN = Told("Inom gränsen", "Within the limit")
_BEYOND = Told("Behöver ses över", "Needs a look")
# Column, what is told of it, limit, and the value that is counted.
_FLAGS = (
    (
        "fast_page",
        Told("Någon sida besvarad fortare än den kan läsas", "Some page answered faster than it can be read"),
        0.05,
        1,
    ),
    ("wave_timing", Told("Något tillfälle besvarat för sent", "Some wave answered too late"), 0.10, 3),
    (
        "contaminated",
        Told(
            "Startfrågor sparade efter att utbildningen hade börjat",
            "Start questions saved after the course had begun",
        ),
        0.05,
        1,
    ),
    (
        "uppm_pass",
        Told(
            "Missade vid något tillfälle raden som visar att frågorna läses noga",
            "Missed at some wave the row that shows careful reading",
        ),
        0.10,
        0,
    ),
)
_DECLINED = Told(
    "”Vill inte svara”, högsta andel för en fråga före", "“Prefer not to say”, highest share for an item before"
)


def quality(
    dataset: Dataset, study: Study, material: Material, words: dict[str, str], thresholds: Thresholds
) -> Figure:
    people = dict[str, list[Row]]()
    for row in dataset.rows:
        people.setdefault(str(row["record_id"]), []).append(row)
    rows = list[list[Any]]()
    for told, limit, concerned, of in _checks(dataset, study, material, people):
        words[told.sv] = told.en
        rows.append([told.sv, *_share(len(concerned), len(of), limit, thresholds)])
    words |= {text.sv: text.en for text in (_WITHIN, _BEYOND)}
    shown = [row for row in rows if row[4] is not None]
    if not shown:
        raise Withheld(reason="nothing_to_show")
    beyond = sum(row[4] == _BEYOND.sv for row in shown)
    title = Told(
        f"{beyond} av {len(shown)} kontroller behöver ses över", f"{beyond} of {len(shown)} checks need a look"
    )
    if not beyond:
        title = Told(
            "Alla kontroller som kan visas är inom gränsen", "All checks that can be shown are within the limit"
        )
    return figure(
        "kvalitet",
        title=title,
        subtitle=Told("Automatiska kontroller av datautgåvan", "Automatic checks of the data release"),
        sentence=Told(
            "Ingen rad är borttagen för att den föll i en kontroll. Vad som lämnas utanför står i analysplanen.",
            "No row has been removed because of a check. What is left out stands in the analysis plan.",
        ),
        method=Told(
            "Andel personer, av dem som kontrollen gäller. Ett antal från 1 till under gränsen för små grupper visas "
            "inte, och inte heller bedömningen av det. Den som föll vid något tillfälle räknas, även om det gick bra "
            "vid de andra. Kolumnerna beskrivs i kodboken: fast_page, wave_timing, "
            "contaminated, uppm_pass; samma svar: alla frågor i en skala med vända frågor har fått samma svar före.",
            "Share of people, of those whom the check concerns. A number from 1 to below the limit for small groups is "
            "not shown, nor its verdict. Who failed at any wave counts, also where the others went well. "
            "The columns are described in the codebook: fast_page, wave_timing, "
            "contaminated, uppm_pass; same answer: every item of a scale with reversed items got one answer before.",
        ),
        headers=_HEADERS,
        rows=rows,
        code=counted("check.orphans", *_flags_asked(dataset), "check.same_answer", "check.declined"),
    )


def _flags_asked(dataset: Dataset) -> list[str]:
    names = {column.name for column in dataset.columns}
    return [f"check.{name}.{is_one}" for name, _, _, is_one in _FLAGS if name in names]


def _share(count: int, of: int, limit: float, thresholds: Thresholds) -> list[Any]:
    """People, share, limit, verdict. Where the count would tell of a few people, all but the limit is blank."""
    told = percent(limit) if limit else "0"
    try:
        rate = response_rate(count, of, thresholds=thresholds)
    except Withheld:
        return [None, None, told, None]
    return [count, percent(rate.value), told, (_BEYOND if rate.value > limit else _WITHIN).sv]


_Check = tuple[Told, float, Set[str], Set[str]]


def _checks(dataset: Dataset, study: Study, material: Material, people: Mapping[str, list[Row]]) -> list[_Check]:
    """What is checked, its limit, whom it found, and among whom."""
    names = {column.name for column in dataset.columns}
    waves = {one: {str(row["wave"]) for row in rows} for one, rows in people.items()}
    found: list[_Check] = [
        (
            Told("Svarade efter men inte före", "Answered after but not before"), 0.0,
            {one for one, there in waves.items() if "t1" in there and "t0" not in there},
            {one for one, there in waves.items() if "t1" in there},
        )
    ]  # fmt: skip
    for name, told, limit, is_one in _FLAGS:
        if name in names:
            found.append((told, limit, _any(people, name, is_one), _any(people, name, None)))
    before = {one: row for one, rows in people.items() for row in rows if row["wave"] == "t0"}
    same = _same_answer(study, material, before, names)
    found.append(
        (Told("Samma svar på alla frågor i en skala", "The same answer to every item of a scale"), 0.05, *same)
    )
    found.append((_DECLINED, 0.10, *_most_declined(dataset, before)))
    return found


def _any(people: Mapping[str, list[Row]], name: str, value: int | None) -> set[str]:
    """Who has the value at some wave; with None, who has any."""
    return {
        one for one, rows in people.items()
        if any(not isinstance(row[name], MissingReason) and value in (None, row[name]) for row in rows)
    }  # fmt: skip


def _same_answer(
    study: Study, material: Material, before: Mapping[str, Row], names: Set[str]
) -> tuple[set[str], set[str]]:
    """Of scales of which some items are reversed and some not: there the same answer throughout contradicts itself."""
    scales = [
        scale.items
        for key in study.instrument_versions.items()
        for scale in material.instruments[key].scales
        if scale.score == "mean" and set(scale.items) <= names
        and len({material.instruments[key].item(code).reversed for code in scale.items}) > 1
    ]  # fmt: skip

    def complete(row: Row, items: Sequence[str]) -> bool:
        return all(not isinstance(row[code], MissingReason) for code in items)

    return (
        _before(before, lambda row: any(complete(row, s) and len({row[code] for code in s}) == 1 for s in scales)),
        _before(before, lambda row: any(complete(row, s) for s in scales)),
    )


def _most_declined(dataset: Dataset, before: Mapping[str, Row]) -> tuple[set[str], set[str]]:
    """Of the item that most have not wanted to answer before the course: who, and who was shown it."""
    never = (MissingReason.NOT_SHOWN, MissingReason.NOT_REACHED)
    found = [
        (
            _before(before, partial(_is_at, column.name, (MissingReason.DECLINED,))),
            _before(before, partial(_is_not_at, column.name, never)),
        )
        for column in dataset.columns
        if MissingReason.DECLINED in column.missing and "t0" in column.waves and column.disclosure == "kept"
    ]
    return max(found, key=lambda pair: len(pair[0]) / max(len(pair[1]), 1), default=(set(), set()))


def _is_at(name: str, cells: Sequence[MissingReason], row: Row) -> bool:
    return row[name] in cells


def _is_not_at(name: str, cells: Sequence[MissingReason], row: Row) -> bool:
    return row[name] not in cells


def _before(rows: Mapping[str, Row], is_one: Callable[[Row], bool]) -> set[str]:
    return {one for one, row in rows.items() if is_one(row)}
