"""The figures of a release: computed by `analysis` from the released table alone, passed by `disclosure`, kept as data.

Each figure has its finding as title, its numbers as a table, one sentence, and how it was counted. What a page shows is
read from here; nothing is computed when a page is asked for.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from kapabla.material import Material, Study
from kapabla.material.instruments import Instrument, Item, MissingReason, Scale
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import (
    Estimate,
    Stage,
    Thresholds,
    Withheld,
    check_filters,
    estimate,
    protect_answers,
    protect_flow,
    protect_responses,
)
from kapabla.release.following import Following
from kapabla.release.history import Answers, History, Members, answers_of
from kapabla.release.planned import planned_at
from kapabla.release.subgroups import make_subgroups

CHANGE_HEADERS = ("Enligt planen", "Par", "Skillnad", "95 % KI", "Effekt g_av", "p")
Figure = dict[str, Any]


def make_dashboard(
    dataset: Dataset, study: Study, material: Material, *, invited: int, opened: int, declined: int,
    following: Following, thresholds: Thresholds, history: History,
) -> dict[str, Any]:  # fmt: skip
    """All figures of a release, in the order of R01. A figure that protection withholds is left out whole; one that
    hardly anybody has come to or gone from since an earlier release is that of the earlier release (C5.5)."""
    flow = (Stage("Inbjudna", invited), Stage("Öppnade inbjudan", opened), *following.stages)
    shown = _Shown(history, answers_of(dataset), thresholds)
    makers: tuple[Callable[[], Figure], ...] = (
        lambda: history.kept_whole(_flow(flow, declined, thresholds), thresholds),
        lambda: history.kept_whole(_response(following, thresholds), thresholds),
        lambda: _change(dataset, shown),
        lambda: _then_test(dataset, shown),
        lambda: _likert(material, study, shown),
        lambda: _reliability(dataset, study, material, shown),
    )
    figures = []
    for make in makers:
        try:
            figures.append(_told_again(make(), history))
        except Withheld:
            continue
    subgroups = make_subgroups(
        dataset,
        _scales(dataset, "t0", "t1"),
        partial(_change_of, dataset, thresholds=thresholds),
        shown.present,
        history,
        thresholds,
    )
    return {"figures": figures, "in_short": _in_short(figures), "subgroups": subgroups}


def _told_again(figure: Figure, history: History) -> Figure:
    """Says of what stands from an earlier release that it does, whether nobody has come since or a few."""
    earlier = sorted(set(figure.get("of", [])) - {history.release})
    if not earlier:
        return figure
    note = f" Rader ur {' och '.join(earlier)} står kvar, eftersom gruppen i stort sett är densamma som då."
    return figure | {"method": figure["method"] + note}


@dataclass
class _Shown:
    """The rows of a figure as they are made: each of this release, or again that of an earlier one."""

    history: History
    present: Answers
    thresholds: Thresholds

    def rows(
        self, figure: str, key: Sequence[str], members: Members, make: Callable[[], list[list[Any]]], blanks: int
    ) -> tuple[list[list[Any]], str, Mapping[str, Any]]:
        """The rows that begin with `key`, which release counted them, and its figure; blank where they are withheld.

        members: whom the rows tell of, in any release. make: this release's own rows.
        """
        try:
            kept = self.history.kept(figure, key, members, self.present, self.thresholds)
            if kept is None:
                return make(), self.history.release, {}
        except Withheld:
            return [[*key, *[None] * blanks]], self.history.release, {}
        found = next(f for f in kept.former.dashboard["figures"] if f["id"] == figure)
        return kept.rows, kept.former.release, found


def _flow(flow: Sequence[Stage], declined: int, thresholds: Thresholds) -> Figure:
    table = protect_flow(flow, thresholds=thresholds)
    first = table.rows[0]
    # The last step that everybody has had the time to take.
    last = next((row for row, after in pairwise(table.rows) if after[2]), table.rows[-1])
    reached = f"{last[1]} av {first[1]} inbjudna har kommit till steget ”{last[0].lower()}”"
    sentence = f"{reached}."
    if declined >= thresholds.cell and first[1] - declined >= thresholds.cell:
        sentence += f" {declined} tackade nej till forskningen och gick utbildningen ändå."
    return {
        "id": "flode",
        "title": reached,
        "subtitle": "Deltagarflöde, antal personer",
        "sentence": sentence,
        "method": "Personer i varje steg, av dem i steget före. Inte tillfrågade (än) är de vars dag inte har kommit "
        "när utgåvan byggs, och de som inte vill ha uppföljningar. Den som fortfarande går utbildningen räknas som "
        "bortfall tills den är klar. Ett steg med färre än gränsen slås ihop med nästa, så att summorna stämmer.",
        "table": table.as_json,
        "plot": None,
    }


def _response(following: Following, thresholds: Thresholds) -> Figure:
    table = protect_responses(following.responses, following.groups, thresholds=thresholds)
    if all(row[1] is None for row in table.rows):
        raise Withheld(reason="nothing_to_show")
    return {
        "id": "svar",
        "title": "Så många av de tillfrågade svarade",
        "subtitle": "Andel av dem som tillfället har öppnat för, när utgåvan byggdes",
        "sentence": "Den som inte har fått frågan än räknas varken som svarande eller som bortfall.",
        "method": "Svarade delat med tillfrågade, räknat på personer. Tillfrågade är de som är klara med utbildningen, "
        "vars dag för tillfället har kommit och som, vid uppföljningar, vill ha dem. Inte aktuellt än är de vars dag "
        "inte har kommit. Svarade är alla som svarade vid just det tillfället; flödet räknar dem som svarade varje "
        "gång.",
        "table": table.as_json,
        "plot": None,
    }


def _change(dataset: Dataset, shown: _Shown) -> Figure:
    """Paired change from before to after for every scale asked at both, as a forest plot."""
    rows, of, values = list[list[Any]](), list[str](), dict[str, dict[str, Any]]()
    for column in _scales(dataset, "t0", "t1"):
        name = column.labels["sv"]

        def make(column: ColumnSpec = column, name: str = name) -> list[list[Any]]:
            found = _change_of(dataset, column, None, None, thresholds=shown.thresholds).as_json
            values[name] = found
            return [[name, planned_at(column, "t1"), *change_cells(found)]]

        made, release, former = shown.rows("forandring", (name,), pairs_of(column.name), make, 6)
        if former:
            values[name] = former["values"][name]
        rows += [[name, planned_at(column, "t1"), *row[2:]] for row in made]
        of += [release] * len(made)
    if not values:
        raise Withheld(reason="nothing_to_show")
    # Largest by what the figure draws: a heading by another measure would contradict it.
    name, largest = max(values.items(), key=lambda pair: abs(pair[1]["value"]))
    direction = "ökade" if largest["value"] > 0 else "minskade"
    return {
        "id": "forandring",
        "title": f"Störst skillnad: {name.lower()} {direction}",
        "subtitle": "Parad förändring före–efter, skalpoäng, med 95 % konfidensintervall",
        "sentence": f"{name} {direction} med {_decimal(abs(largest['value']))} skalpoäng (n = {largest['n']} par). "
        "Det finns ingen jämförelsegrupp i siffrorna, så skillnaden kan delvis bero på annat.",
        "method": "analysis.paired: medelvärdet av efter minus före bland dem som svarade vid båda; t-intervall; "
        "effekten är g_av (Hedges-korrigerad, medel av de två spridningarna). p är inte justerat för antalet utfall. "
        "Primära och sekundära utfall är de som stod i analysplanen när den frystes; allt annat är utforskande.",
        "table": {
            "headers": ["Skala", *CHANGE_HEADERS],
            "rows": rows,
        },
        "of": of,
        "plot": _forest(values),
        "values": values,
    }


def _change_of(
    dataset: Dataset, column: ColumnSpec, ids: Set[str] | None, smallest_rest: int | None, *, thresholds: Thresholds
) -> Estimate:
    """The paired change of a scale, among those with these ids or everybody. `Withheld` where it is not shown."""
    from analysis.envelope import Refused
    from analysis.paired import paired

    try:
        found = paired(*_pairs(dataset, column.name, "t0", "t1", ids)).result
    except Refused as refused:
        raise Withheld(reason="not_estimable") from refused
    return estimate(
        {
            "n": found["n_pairs"], "value": found["mean_diff"], "interval": found["ci"], "sd": found["sd_diff"],
            "p": found["p"], "effect": found["effect"]["g_av"], "effect_interval": found["effect"]["g_av_ci"],
        },
        method="paired", thresholds=thresholds, smallest_rest=smallest_rest,
    )  # fmt: skip


def pairs_of(scale: str) -> Members:
    return lambda answers: answers.having([("t0", scale), ("t1", scale)])


def _then_test(dataset: Dataset, shown: _Shown) -> Figure:
    """The then-test beside the true answer before: both changes, and how far the two answers of the time before differ.

    Over people with all three, so that the three differences belong together (`statistics-contract.md`, responseshift).
    """
    rows, of = list[list[Any]](), list[str]()
    for then in (column for column in dataset.columns if column.kind is Kind.SCORE and column.then_of):
        cells = {"pre": ("t0", then.then_of), "post": ("t1", then.then_of), "then": ("t1", then.name)}
        name = next(column.labels["sv"] for column in dataset.columns if column.name == then.then_of)
        for label, first, second in (
            ("efter, mot svaret före", "pre", "post"),
            ("efter, mot svaret i efterhand om före", "then", "post"),
            ("i efterhand om före, mot svaret före", "pre", "then"),
        ):

            def make(key: str = f"{name}: {label}", pair: tuple[str, str] = (first, second)) -> list[list[Any]]:
                return [[key, *_then_cells(dataset, cells, pair, shown)]]  # noqa: B023  (called in this turn)

            made, release, _ = shown.rows("da-och-nu", (f"{name}: {label}",), _having(cells.values()), make, 3)
            rows += made
            of += [release] * len(made)
    if all(row[1] is None for row in rows):
        raise Withheld(reason="nothing_to_show")
    return {
        "id": "da-och-nu",
        "title": "Före, i efterhand och efter",
        "subtitle": "Skillnader i skalpoäng bland dem som har svarat på alla tre",
        "sentence": "Efteråt bedömer man tiden före på ett annat sätt. Därför visas båda skillnaderna, aldrig bara den "
        "större.",
        "method": "analysis.paired på personer med alla tre svaren: efter minus före, efter minus i efterhand, och i "
        "efterhand minus före; t-intervall. Den andra är den förändring som deltagarna själva uppfattar.",
        "table": {"headers": ["Skillnad", "Personer", "Medel", "95 % KI"], "rows": rows},
        "of": of,
        "plot": None,
    }


def _then_cells(
    dataset: Dataset, cells: Mapping[str, tuple[str, str]], pair: tuple[str, str], shown: _Shown
) -> list[Any]:
    from analysis.envelope import Refused
    from analysis.paired import paired

    whole = shown.present.having(list(cells.values()))
    if "pre" in pair:
        # The change is shown for everybody with both: less these, it is that of those without the third answer. And
        # what is told afterwards of the time before gives the same, with the other difference.
        everybody = shown.present.having([cells["pre"], cells["post"]])
        check_filters(len(whole), [len(everybody)], thresholds=shown.thresholds)
    try:
        found = paired(*(_values(dataset, *cells[side], whole) for side in pair)).result
    except Refused as refused:
        raise Withheld(reason="not_estimable") from refused
    numbers = {"n": found["n_pairs"], "value": found["mean_diff"], "interval": found["ci"], "sd": found["sd_diff"]}
    change = estimate(numbers, method="paired", thresholds=shown.thresholds)
    return [change.n, _decimal(change.value), _interval(change.as_json)]


def _having(cells: Iterable[tuple[str, str]]) -> Members:
    wanted = list(cells)
    return lambda answers: answers.having(wanted)


def change_cells(change: Mapping[str, Any]) -> list[Any]:
    """An estimate of a change as the cells of a row: pairs, difference, interval, effect, p."""
    return [change["n"], _decimal(change["value"]), _interval(change), _decimal(change["effect"]), _p(change["p"])]


def _forest(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Just the shown numbers: names, differences and interval ends. No person's value is ever among them."""
    return {
        "kind": "forest",
        "rows": [
            {
                "label": name,
                "n": e["n"],
                "value": e["value"],
                "low": e["interval"] and e["interval"][0],
                "high": e["interval"] and e["interval"][1],
            }
            for name, e in values.items()
        ],
    }


def _likert(material: Material, study: Study, shown: _Shown) -> Figure:
    """How the items of the primary scale were answered before and after, categories merged where they must be."""
    instrument = material.instruments["se", study.instrument_versions["se"]]
    rows, of = list[list[Any]](), list[str]()
    for item in instrument.items:
        labels = [option.text.sv for option in item.options if option.missing is None]
        for wave in ("t0", "t1"):
            asked = (item.text.sv, study.wave(wave).short_label.sv)

            def make(
                asked: tuple[str, str] = asked, wave: str = wave, item: Item = item, labels: list[str] = labels
            ) -> list[list[Any]]:
                return [[*asked, *row] for row in _protected_answers(asked, wave, item, labels, shown)]

            made, release, _ = shown.rows("fordelning", asked, _having([(wave, item.code)]), make, 2)
            rows += made
            of += [release] * len(made)
    if all(row[3] is None for row in rows):
        raise Withheld(reason="nothing_to_show")
    return {
        "id": "fordelning",
        "title": "Så svarade gruppen på varje fråga",
        "subtitle": f"{instrument.title.sv}, antal personer per svar",
        "sentence": "Svar som få har valt är sammanslagna med svaret bredvid, så att ingen ska kunna kännas igen.",
        "method": "Antal personer. Ytterligheterna slås ihop tills varje svar är valt av ingen eller av minst gränsen.",
        "table": {"headers": ["Fråga", "Tillfälle", "Svar", "Antal"], "rows": rows},
        "of": of,
        "plot": None,
    }


def _protected_answers(
    asked: tuple[str, str], wave: str, item: Item, labels: Sequence[str], shown: _Shown
) -> tuple[tuple[Any, ...], ...]:
    """The answers to an item, also beside what earlier releases have shown of it: whoever has come since, or gone, is
    an answer table of their own."""
    now, changes = _given(shown.present, wave, item.code), list[Counter[str]]()
    for former in shown.history.formers:
        if former.rows("fordelning", asked):
            then = _given(former.answers, wave, item.code)
            changes += [
                Counter(answer for one, answer in now.items() if one not in then),
                Counter(answer for one, answer in then.items() if one not in now),
            ]
    counted = [[counts[str(value)] for value in item.scored_values] for counts in (Counter(now.values()), *changes)]
    return protect_answers(labels, counted[0], thresholds=shown.thresholds, changes=counted[1:]).rows


def _given(answers: Answers, wave: str, item: str) -> dict[str, str]:
    return {one: value for one in answers.people if (value := answers.given(one, wave, item)) is not None}


def _reliability(dataset: Dataset, study: Study, material: Material, shown: _Shown) -> Figure:
    rows, of = list[list[Any]](), list[str]()
    for column in _scales(dataset, "t0", "t1"):
        instrument, scale = _scale_of(material, study, column)
        if scale.score != "mean":
            continue
        for wave in ("t0", "t1"):
            label = f"{column.labels['sv']}, {study.wave(wave).short_label.sv.lower()}"

            def make(
                label: str = label, wave: str = wave, instrument: Instrument = instrument, scale: Scale = scale
            ) -> list[list[Any]]:
                return [[label, *_alpha(dataset, instrument, scale, wave, shown.thresholds)]]

            members = _having((wave, code) for code in scale.items)
            made, release, _ = shown.rows("tillforlitlighet", (label,), members, make, 4)
            rows += made
            of += [release] * len(made)
    if all(row[1] is None for row in rows):
        raise Withheld(reason="nothing_to_show")
    return {
        "id": "tillforlitlighet",
        "title": "Så väl hänger frågorna i varje skala ihop",
        "subtitle": "Reliabilitet i den här gruppen",
        "sentence": "Alfa och omega nära 1 betyder att frågorna mäter samma sak. Under 30 personer är talen osäkra.",
        "method": "analysis.reliability: Cronbachs alfa med Feldts intervall; McDonalds omega total, en faktor, ML.",
        "table": {"headers": ["Skala", "Personer", "Alfa", "95 % KI", "Omega"], "rows": rows},
        "of": of,
        "plot": None,
    }


def _alpha(dataset: Dataset, instrument: Instrument, scale: Scale, wave: str, thresholds: Thresholds) -> list[Any]:
    import numpy as np

    from analysis.envelope import Refused
    from analysis.reliability import reliability

    items = {code: np.array([_float(row[code]) for row in dataset.rows if row["wave"] == wave]) for code in scale.items}
    reverse = [code for code in scale.items if instrument.item(code).reversed]
    try:
        found = reliability(items, reverse=reverse, minimum=scale.minimum, maximum=scale.maximum).result
    except Refused as refused:
        raise Withheld(reason="not_estimable") from refused
    alpha = estimate(
        {"n": found["n_complete"], "value": found["alpha"], "interval": found["alpha_ci"]}, method="cronbach_alpha",
        thresholds=thresholds,
    )  # fmt: skip
    omega = _decimal(found["omega_total"]) if alpha.interval else None
    return [alpha.n, _decimal(alpha.value), _interval(alpha.as_json), omega]


def _scales(dataset: Dataset, *waves: str) -> list[ColumnSpec]:
    """Scales asked at all the waves. The two forms of the knowledge test are no pair and stand as one by form order."""
    return [
        c
        for c in dataset.columns
        if c.kind is Kind.SCORE
        and set(waves) <= set(c.waves)
        and not c.name.startswith("kun_")
        and (c.maximum or 0) > 1
    ]


def _scale_of(material: Material, study: Study, column: ColumnSpec) -> tuple[Any, Any]:
    for code, version in study.instrument_versions.items():
        instrument = material.instruments[code, version]
        for scale in instrument.scales:
            if scale.code == column.name:
                return instrument, scale
    raise Withheld(reason="scale_unknown")


def _pairs(dataset: Dataset, name: str, before: str, after: str, ids: Set[str] | None) -> tuple[Any, Any]:
    """Two arrays over everybody who was there at either wave, or those of them with these ids; NaN without a score."""
    there = {str(row["record_id"]) for row in dataset.rows if row["wave"] in (before, after)}
    people = there if ids is None else there & ids
    return _values(dataset, before, name, people), _values(dataset, after, name, people)


def _values(dataset: Dataset, wave: str, name: str, ids: Set[str]) -> Any:
    """One column at one wave over these people, in the order of their ids."""
    import numpy as np

    found = {str(row["record_id"]): _float(row[name]) for row in dataset.rows if row["wave"] == wave}
    return np.array([found.get(one, math.nan) for one in sorted(ids)])


def _float(cell: object) -> float:
    return math.nan if isinstance(cell, MissingReason) or not isinstance(cell, int | float) else float(cell)


def _in_short(figures: Sequence[Mapping[str, Any]]) -> str | None:
    change = next((figure for figure in figures if figure["id"] == "forandring"), None)
    return None if change is None else str(change["sentence"])


def _interval(found: Mapping[str, Any]) -> str | None:
    interval = found["interval"]
    return None if interval is None else f"[{_decimal(interval[0])}; {_decimal(interval[1])}]"


def _decimal(value: float | None, decimals: int = 2) -> str | None:
    """Swedish: decimal comma and a real minus sign."""
    if value is None:
        return None
    text = f"{value:.{decimals}f}".replace(".", ",")
    return text.replace("-", "\u2212") if float(f"{value:.{decimals}f}") else text.lstrip("-")


def _p(value: float | None) -> str | None:
    if value is None:
        return None
    return "< 0,001" if value < 0.001 else _decimal(value, 3)
