"""Where the arms began: who is in each, by what others can know of them, and their first scores. Told by standardised
differences and never by a test: the lot made them alike or did not (CONSORT 2010, item 15)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

from kapabla.material import Material, Study
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import (
    EVERYBODY_LABEL,
    Estimate,
    ReleasableTable,
    WhoTable,
    Withheld,
    estimate,
    percent,
    protect_linked,
)
from kapabla.release.figures.answered import items_shown
from kapabla.release.figures.change import AFTER, BEFORE, point
from kapabla.release.figures.numerals import decimal
from kapabla.release.figures.reading import scales_at
from kapabla.release.figures.shown import Rows, Table
from kapabla.release.figures.telling import Figure, Told, again, figure
from kapabla.release.lots import BY_LOT, arms_by_lot
from kapabla.release.teaching import TAUGHT

if TYPE_CHECKING:
    from analysis.evaluation import Release

_ARM = "arm"
_NO_VALUE = ""
_SCORES = {"Skala": "Scale", "Grupp": "Group", "Personer": "People", "Värde": "Value", "SD": "SD"}
_DIFFERENCE = Told("Standardiserad skillnad", "Standardised difference")
_NOTHING = "–"  # no such number, for anybody to see
_BY_LOT = Told(
    "Lotten avgjorde vilka omgångar som väntar. Det som skiljer grupperna åt här är slump.",
    "The lot decided which cohorts wait. What differs between the groups here is chance.",
)
_NOT_BY_LOT = Told(
    "Grupperna är inte lottade, så de kan skilja sig åt på fler sätt än de som visas.",
    "The groups are not drawn by lot, so they may differ in more ways than are shown.",
)
_PARTLY_BY_LOT = Told(
    "Lotten har avgjort för en del, och för andra inte. Grupperna kan därför skilja sig åt på fler sätt än de som "
    "visas.",
    "The lot has decided for some, and for others not. So the groups may differ in more ways than are shown.",
)
_LARGE = 0.25  # a standardised difference that is commonly called worth adjusting for (Stuart 2010)


Audited = Mapping[str, Mapping[str, list[int | None]]]


def audited(subgroups: Mapping[str, Any], shown: Rows) -> Audited:
    """By column and level the people in all and in each arm, of those who answered before: one audit for all columns.
    How people were taught comes last, so that it takes nothing from the background."""
    arms = shown.evaluation.release.levels(_ARM)
    return _protected(list(_tables(shown, arms)), subgroups, shown) if arms else {}


def background(study: Study, told: Audited, subgroups: Mapping[str, Any], shown: Rows) -> Figure:
    """People by background, in all and in each arm, of those who answered before."""
    arms = shown.evaluation.release.levels(_ARM)
    if len(arms) < 2:
        raise Withheld(reason="nothing_to_show")
    groups = {"": Told(EVERYBODY_LABEL, "Everybody")} | _labels(study, arms)
    rows, values, names = list[list[Any]](), dict[str, dict[str, Any]](), list[str]()
    unions, told = dict[str, list[str]](), {column: counts for column, counts in told.items() if column != TAUGHT}
    for column, counts in told.items():
        book, rest = shown.evaluation.release.book[column], _rest(column, counts, subgroups, shown)
        keys = {
            level: shown.say(
                _named(book["labels"]["sv"], book["values"].get(level, level)),
                _named(book["labels"]["en"], book["values_en"].get(level, level)),
            )
            for level in _levels(counts)
        }
        for level, key in keys.items():
            rows.append([key, *_cells(counts, level, of_all=rest is not None)])
            for arm, count in zip(groups, counts[level], strict=True):
                names.append(_count_name(column, level, arm))
                if count is not None:
                    values[f"{key}, {groups[arm].sv}"] = {"n": count, "name": names[-1]}
        if rest:
            key = shown.say(*_named_rest(book, rest.levels))
            rows.append([key, *(cell for pair in zip(rest.counts, rest.shares, strict=True) for cell in pair)])
            unions[key] = [keys[level] for level in rest.levels]
    if unions:
        names += [_everybody_name(shown.evaluation.release.waves[0], arm) for arm in groups]
    if not values:
        raise Withheld(reason="nothing_to_show")
    headers = {"Bakgrund": "Background"}
    for group in groups.values():
        headers |= {f"{group.sv}, antal": f"{group.en}, people", f"{group.sv}, andel": f"{group.en}, share"}
    return figure(
        "bakgrund",
        title=Told(
            f"{len(told)} uppgifter om vilka som började kan visas", f"{len(told)} facts of who began can be shown"
        ),
        subtitle=Told(
            "De som svarade före, i alla och efter grupp: antal personer och andel",
            "Those who answered before, in all and by group: number of people and share",
        ),
        sentence=_of_the_lot(shown.evaluation.release),
        method=Told(
            "Antal personer med ett svar vid första tillfället, och andelen av dem vars uppgift är känd. Tabellerna "
            "granskas tillsammans: färre än gränsen, och det som skulle avslöja dem, visas inte. En uppgift som inte "
            "kan visas efter grupp visas för alla, om det går. Det som är kvar när de andra raderna räknas bort från "
            "alla i gruppen står då på en rad tillsammans med dem som saknar uppgift, och andelarna är av alla i "
            "gruppen.",
            "Number of people with an answer at the first wave, and the share of those of whom it is known. The tables "
            "are audited together: fewer than the limit, and what would give them away, is not shown. What cannot be "
            "shown by group is shown of everybody, if it can. What is left when the other rows are subtracted from all "
            "of the group then stands on one row with those of whom it is not known, and shares are of all of the "
            "group.",
        ),
        headers=headers,
        rows=rows,
        values=values,
        code=again(*names),
        plot={"kind": "arms", "arms": [shown.say(*group) for group in groups.values()]},
        unions=unions,
    )


@dataclass(frozen=True)
class _Rest:
    """Everybody of each group less the rows that are shown whole: what any reader can work out, and the audit knew."""

    levels: tuple[str, ...]
    counts: tuple[int, ...]
    shares: tuple[str, ...]


def _rest(
    column: str, counts: Mapping[str, list[int | None]], subgroups: Mapping[str, Any], shown: Rows
) -> _Rest | None:  # fmt: skip
    """None where no row has a hole, where none is whole, where how many there are in a group is hidden itself, or where
    less those whose change is told it would be a few."""
    everybody = [one for one in counts[EVERYBODY_LABEL] if one is not None]
    levels = _levels(counts)
    whole = [level for level in levels if None not in counts[level]]
    if len(everybody) < len(counts[EVERYBODY_LABEL]) or not whole or len(whole) == len(levels):
        return None
    left = [n - sum(counts[level][place] or 0 for level in whole) for place, n in enumerate(everybody)]
    gone = tuple(level for level in levels if level not in whole)
    least = shown.thresholds.cell
    if min(left) < least or any(0 < left[0] - n < least for n in _with_change(column, levels, gone, subgroups)):
        return None
    return _Rest(gone, tuple(left), tuple(percent(one / n) for one, n in zip(left, everybody, strict=True)))


def _with_change(
    column: str, levels: Sequence[str], among: Sequence[str], subgroups: Mapping[str, Any]
) -> Iterator[int]:  # fmt: skip
    """Of how many of some values the change is told, in a row or in sums of rows, "others" one of them."""
    for scale in subgroups["scales"]:
        told = {one: found["n"] for one in levels if (found := scale["groups"].get(f"{column}={one}"))}
        parts = [told[one] for one in among if one in told]
        everybody = scale["groups"].get("")
        if everybody and {*levels} - {*told} <= {*among}:
            parts.append(everybody["n"] - sum(told.values()))
        for size in range(1, len(parts) + 1):
            yield from map(sum, combinations(parts, size))


def _levels(counts: Mapping[str, list[int | None]]) -> list[str]:
    return [level for level in counts if level not in (_NO_VALUE, EVERYBODY_LABEL)]


def _named_rest(book: Mapping[str, Any], levels: Sequence[str]) -> Told:
    values, english = book["values"], book["values_en"]
    return Told(
        _named(book["labels"]["sv"], f"{', '.join(values.get(one, one) for one in levels)}, eller ingen uppgift"),
        _named(book["labels"]["en"], f"{', '.join(english.get(one, one) for one in levels)}, or not known"),
    )


def _everybody_name(wave: str, arm: str) -> str:
    return f"flow.{wave}.{_ARM}.{arm}.answered" if arm else f"flow.{wave}.answered"


def delivery(told: Audited, shown: Rows) -> Figure:
    """How those who answered before were taught afterwards, in all: no baseline, and no difference between the arms."""
    if TAUGHT not in told:
        raise Withheld(reason="nothing_to_show")
    counts, book = told[TAUGHT], shown.evaluation.release.book[TAUGHT]
    rows, names = list[list[Any]](), list[str]()
    for level in _levels(counts):
        label = shown.say(book["values"].get(level, level), book["values_en"].get(level, level))
        rows.append([label, *_cells(counts, level)[:2]])
        names.append(_count_name(TAUGHT, level, ""))
    if not any(row[1] is not None for row in rows):
        raise Withheld(reason="nothing_to_show")
    most = max((row for row in rows if row[1] is not None), key=lambda row: row[1])
    return figure(
        "genomforande",
        title=Told(
            f"De flesta har gått utbildningen så här: {most[0].lower()}",
            f"Most have taken the course like this: {shown.words[most[0]].lower()}",
        ),
        subtitle=Told("Hur utbildningen har gått till, antal personer", "How the course was given, number of people"),
        sentence=Told(
            "Den som inte har börjat med delarna är inte med här.",
            "Whoever has not begun the modules is not here.",
        ),
        method=Told(
            "Av dem som svarade före: dagar då delar blev klara på en träff i rummet, på nätet eller båda. Räknas "
            "tillsammans med bakgrunden, så att ingen tabell berättar om få.",
            "Of those who answered before: days on which modules were finished at a meeting in the room, online, or "
            "both. Audited together with the background, so that no table tells of few.",
        ),
        headers={"Sätt": "Way", "Personer": "People", "Andel": "Share"},
        rows=rows,
        code=again(*names),
    )


def _of_the_lot(release: "Release") -> Told:
    """By what was done, and not by what the study had meant to do."""
    if arms_by_lot(release):
        return _BY_LOT
    return _PARTLY_BY_LOT if release.has(BY_LOT) and "1" in release.cells[BY_LOT] else _NOT_BY_LOT


def _labels(study: Study, arms: Sequence[str]) -> dict[str, Told]:
    found = {arm.code: Told(arm.label.sv, arm.label.get("en")) for arm in study.arms}
    return {arm: found[arm] for arm in arms}


def _count_name(column: str, level: str, arm: str) -> str:
    """As the evaluation calls it; without an arm, of everybody."""
    return ".".join(("baseline", column, level, *([arm] if arm else []), "people"))


def _named(about: str, value: str) -> str:
    """What a question asks needs no colon."""
    return f"{about} {value}" if about.endswith("?") else f"{about}: {value}"


def _tables(shown: Rows, arms: Sequence[str]) -> Iterator[WhoTable]:
    """With those of whom it is not known as a row of its own, so that every table has the same people in each arm."""
    from analysis.evaluation.baseline import background as columns
    from analysis.evaluation.baseline import wave_of

    release = shown.evaluation.release
    everybody = [shown.evaluation.began(arm) for arm in arms]
    for column in sorted(columns(release), key=lambda column: column == TAUGHT):
        levels = release.levels(column, wave_of(release, column))
        counts = [[shown.evaluation.count(_count_name(column, level, arm)) for arm in arms] for level in levels]
        unknown = [n - sum(row[place] for row in counts) for place, n in enumerate(everybody)]
        yield WhoTable(column, (*levels, _NO_VALUE), tuple(map(tuple, [*counts, unknown])), _ARM, tuple(arms))


def _protected(
    tables: Sequence[WhoTable], subgroups: Mapping[str, Any], shown: Rows
) -> dict[str, dict[str, list[int | None]]]:
    """By column and level the people in all and in each arm, of the tables that can be shown together: each by arm, or
    else of everybody alone, or else not at all."""
    chosen, found = list[WhoTable](), tuple[ReleasableTable, ...]()
    for table in tables:
        for attempt in (_of_everybody(table),) if table.rows == TAUGHT else (table, _of_everybody(table)):
            also = _beside([*chosen, attempt], subgroups, shown)
            try:
                found = protect_linked([*chosen, attempt], thresholds=shown.thresholds, also=also)
            except Withheld:
                continue
            chosen.append(attempt)
            break
    arms = len(tables[0].column_labels) if tables else 0
    return {
        table.rows: {str(row[0]): [row[-1], *(row[1:-1] or [None] * arms)] for row in told.rows}
        for table, told in zip(chosen, found, strict=True)
    }


def _of_everybody(table: WhoTable) -> WhoTable:
    return WhoTable(table.rows, table.row_labels, tuple((sum(row),) for row in table.counts))


def _beside(tables: Sequence[WhoTable], subgroups: Mapping[str, Any], shown: Rows) -> set[tuple[tuple[str, str], ...]]:
    """Groups of which a figure tells all but a few: who began with this occupation, less those whose change is told."""
    found = set[tuple[tuple[str, str], ...]]()
    for table in tables:
        for level, counts in zip(table.row_labels, table.counts, strict=True):
            told = [scale["groups"].get(f"{table.rows}={level}") for scale in subgroups["scales"]]
            if any(one and 0 < sum(counts) - one["n"] < shown.thresholds.cell for one in told):
                found.add(((table.rows, level),))
    return found


def _cells(counts: Mapping[str, Sequence[int | None]], level: str, *, of_all: bool = False) -> list[Any]:
    """Count and share of everybody and of each arm. A share tells of how many it is of, so it stands where that is no
    secret: where neither the arm nor those in it of whom it is not known are hidden. of_all: of all of the group."""
    cells = list[Any]()
    for count, everybody, unknown in zip(*(counts[row] for row in (level, EVERYBODY_LABEL, _NO_VALUE)), strict=True):
        share, unknown = None, 0 if of_all else unknown
        if count is not None and everybody is not None and unknown is not None and everybody > unknown:
            share = percent(count / (everybody - unknown))
        cells += [count, share]
    return cells


def first_scores(dataset: Dataset, study: Study, material: Material, shown: Rows) -> Figure:
    """Mean and spread of each arm before, and the standardised difference. Of the scale whose items are shown one by
    one the difference alone: no mean stands beside its answers (C5)."""
    table, names = Table(shown, "utgangslage", _score_cells, blanks=3), list[str]()
    arms = shown.evaluation.release.levels(_ARM)
    labels = _labels(study, arms)
    drawn = list[dict[str, Any]]()
    for column in scales_at(dataset, BEFORE, AFTER):
        name = f"baseline.{column.name}.smd"
        if name not in shown.evaluation.wanted:
            continue
        scale = shown.say(column.labels["sv"], column.labels["en"])
        is_shown = bool(column.scoring and set(column.scoring.items) & items_shown(study, material))
        for arm in () if is_shown else arms:
            of_arm = partial(_of_arm, shown.evaluation.members(name), arm)
            table.add((scale, shown.say(*labels[arm])), of_arm, partial(_mean, shown, name, arm))
            names += [f"baseline.{column.name}.{arm}.{key}" for key in ("mean", "sd")]
        members = shown.evaluation.members(name)
        told = table.add((scale, shown.say(*_DIFFERENCE)), members, partial(_smd, shown, name))
        names.append(name)
        drawn.append(point(scale, told))
    table.check_tells_something()
    differences = [row["value"] for row in drawn if row["value"] is not None]
    large = sum(abs(value) > _LARGE for value in differences)
    return figure(
        "utgangslage",
        title=Told(
            f"{large} av {len(differences)} skalor skiljer sig mer än 0,25 SD före",
            f"{large} of {len(differences)} scales differ by more than 0.25 SD before",
        ),
        subtitle=Told(
            "Skalpoäng före utbildningen efter grupp, och standardiserad skillnad",
            "Scale points before the course by group, and standardised difference",
        ),
        sentence=Told(
            "Skillnader före utbildningen tas det hänsyn till i jämförelsen. De prövas inte med något test.",
            "Differences before the course are accounted for in the comparison. They are not tested.",
        ),
        method=Told(
            "analysis.independent: d_s = (medel i den andra gruppen − medel i den första) / sammanvägd SD, på alla "
            "som svarade före. Medelvärdet av den skala vars frågor visas en och en visas inte.",
            "analysis.independent: d_s = (mean of the second group − mean of the first) / pooled SD, on all who "
            "answered before. The mean of the scale whose items are shown one by one is not shown.",
        ),
        headers=_SCORES,
        code=again(*names),
        plot={"kind": "forest", "rows": drawn, "ends": "compared", "at": [3]},
        **table.parts,
    )


def _of_arm(members: Any, arm: str, answers: Any) -> frozenset[str]:
    return frozenset(one for one in members(answers) if answers.value(one, _ARM) == arm)


def _mean(shown: Rows, name: str, arm: str) -> Estimate:
    found = shown.evaluation.result(name)["groups"][arm]
    numbers = {"n": found["n"], "value": found["mean"], "sd": found["sd"]}
    return estimate(numbers, method="independent", thresholds=shown.thresholds)


def _smd(shown: Rows, name: str) -> Estimate:
    """An effect size: from ten people in the smaller arm on (C5.2)."""
    found = shown.evaluation.result(name)
    numbers = {"n": found["people"], "value": found["effect"]["d_s"], "effect": found["effect"]["d_s"]}
    told = estimate(
        numbers, method="independent", thresholds=shown.thresholds,
        smallest_rest=min(group["n"] for group in found["groups"].values()),
    )  # fmt: skip
    if told.effect is None:
        raise Withheld(reason="small_arm")
    return told


def _score_cells(found: Mapping[str, Any]) -> list[Any]:
    """A difference has no spread of its own."""
    sd = _NOTHING if found["effect"] is not None or found["sd"] is None else decimal(found["sd"])
    return [found["n"], decimal(found["value"]), sd]
