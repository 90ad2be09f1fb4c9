"""The figures of a release: computed by `analysis` from the released table alone, passed by `disclosure`, kept as data.

Each figure has its finding as title, its numbers as a table, one sentence, and how it was counted. What a page shows is
read from here; nothing is computed when a page is asked for.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from kapabla.material import EXPLORATORY, Material, Study
from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import (
    Estimate,
    Stage,
    Thresholds,
    Withheld,
    estimate,
    protect_answers,
    protect_flow,
    protect_responses,
)
from kapabla.release.following import Following
from kapabla.release.planned import LABELS

Figure = dict[str, Any]


def make_dashboard(
    dataset: Dataset, study: Study, material: Material, *, invited: int, opened: int, declined: int,
    following: Following, thresholds: Thresholds,
) -> dict[str, Any]:  # fmt: skip
    """All figures of a release, in the order of R01. A figure that protection withholds is left out whole."""
    flow = (Stage("Inbjudna", invited), Stage("Öppnade inbjudan", opened), *following.stages)
    makers: tuple[Callable[[], Figure], ...] = (
        lambda: _flow(flow, declined, thresholds),
        lambda: _response(following, thresholds),
        lambda: _change(dataset, thresholds),
        lambda: _then_test(dataset, thresholds),
        lambda: _likert(dataset, material, study, thresholds),
        lambda: _reliability(dataset, study, material, thresholds),
    )
    figures = []
    for make in makers:
        try:
            figures.append(make())
        except Withheld:
            continue
    return {"figures": figures, "in_short": _in_short(figures)}


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


def _change(dataset: Dataset, thresholds: Thresholds) -> Figure:
    """Paired change from before to after for every scale asked at both, as a forest plot."""
    from analysis.envelope import Refused
    from analysis.paired import paired

    rows: list[list[Any]] = []
    shown: list[tuple[str, Estimate]] = []
    for column in _scales(dataset, "t0", "t1"):
        pre, post = _pairs(dataset, column.name, "t0", "t1")
        try:
            found = paired(pre, post).result
            change = estimate(
                {
                    "n": found["n_pairs"], "value": found["mean_diff"], "interval": found["ci"], "sd": found["sd_diff"],
                    "p": found["p"], "effect": found["effect"]["g_av"], "effect_interval": found["effect"]["g_av_ci"],
                },
                method="paired", thresholds=thresholds,
            )  # fmt: skip
        except (Refused, Withheld):
            rows.append([column.labels["sv"], _planned(column), None, None, None, None, None])
            continue
        shown.append((column.labels["sv"], change))
        rows.append([column.labels["sv"], _planned(column), *_change_cells(change)])
    if not shown:
        raise Withheld(reason="nothing_to_show")
    # Largest by what the figure draws: a heading by another measure would contradict it.
    name, largest = max(shown, key=lambda pair: abs(pair[1].value))
    direction = "ökade" if largest.value > 0 else "minskade"
    return {
        "id": "forandring",
        "title": f"Störst skillnad: {name.lower()} {direction}",
        "subtitle": "Parad förändring före–efter, skalpoäng, med 95 % konfidensintervall",
        "sentence": f"{name} {direction} med {_decimal(abs(largest.value))} skalpoäng (n = {largest.n} par). "
        "Det finns ingen jämförelsegrupp i siffrorna, så skillnaden kan delvis bero på annat.",
        "method": "analysis.paired: medelvärdet av efter minus före bland dem som svarade vid båda; t-intervall; "
        "effekten är g_av (Hedges-korrigerad, medel av de två spridningarna). p är inte justerat för antalet utfall. "
        "Primära och sekundära utfall är de som stod i analysplanen när den frystes; allt annat är utforskande.",
        "table": {
            "headers": ["Skala", "Enligt planen", "Par", "Skillnad", "95 % KI", "Effekt g_av", "p"],
            "rows": rows,
        },
        "plot": _forest(shown),
        "values": {name: change.as_json for name, change in shown},
    }


def _then_test(dataset: Dataset, thresholds: Thresholds) -> Figure:
    """The then-test beside the true answer before: both changes, and how far the two answers of the time before differ.

    Over people with all three, so that the three differences belong together (`statistics-contract.md`, responseshift).
    """
    import numpy as np

    from analysis.envelope import Refused
    from analysis.paired import paired

    rows: list[list[Any]] = []
    for then in (column for column in dataset.columns if column.kind is Kind.SCORE and column.then_of):
        pre, post = _pairs(dataset, then.then_of, "t0", "t1")
        _, recalled = _pairs(dataset, then.name, "t0", "t1")
        whole = ~(np.isnan(pre) | np.isnan(post) | np.isnan(recalled))
        pairs = {
            "Efter, mot svaret före": (pre, post),
            "Efter, mot svaret i efterhand om före": (recalled, post),
            "I efterhand om före, mot svaret före": (pre, recalled),
        }
        name = next(column.labels["sv"] for column in dataset.columns if column.name == then.then_of)
        for label, (first, second) in pairs.items():
            try:
                found = paired(first[whole], second[whole]).result
                numbers = {"n": found["n_pairs"], "value": found["mean_diff"], "interval": found["ci"]}
                shown = estimate(numbers | {"sd": found["sd_diff"]}, method="paired", thresholds=thresholds)
                rows.append([f"{name}: {label.lower()}", shown.n, _decimal(shown.value), _interval(shown)])
            except (Refused, Withheld):
                rows.append([f"{name}: {label.lower()}", None, None, None])
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
        "plot": None,
    }


def _planned(column: ColumnSpec) -> str:
    return LABELS[column.planned.get("t1", EXPLORATORY)]["sv"]


def _change_cells(change: Estimate) -> list[Any]:
    interval = None if change.interval is None else f"[{_decimal(change.interval[0])}; {_decimal(change.interval[1])}]"
    return [change.n, _decimal(change.value), interval, _decimal(change.effect), _p(change.p)]


def _forest(shown: Sequence[tuple[str, Estimate]]) -> dict[str, Any]:
    """Just the shown numbers: names, differences and interval ends. No person's value is ever among them."""
    return {
        "kind": "forest",
        "rows": [
            {
                "label": name,
                "n": e.n,
                "value": e.value,
                "low": e.interval and e.interval[0],
                "high": e.interval and e.interval[1],
            }
            for name, e in shown
        ],
    }


def _likert(dataset: Dataset, material: Material, study: Study, thresholds: Thresholds) -> Figure:
    """How the items of the primary scale were answered before and after, categories merged where they must be."""
    instrument = material.instruments["se", study.instrument_versions["se"]]
    rows: list[list[Any]] = []
    for item in instrument.items:
        for wave in ("t0", "t1"):
            counts = [
                sum(row["wave"] == wave and row[item.code] == value for row in dataset.rows)
                for value in item.scored_values
            ]
            labels = [option.text.sv for option in item.options if option.missing is None]
            asked = [item.text.sv, study.wave(wave).short_label.sv]
            try:
                rows += [[*asked, *row] for row in protect_answers(labels, counts, thresholds=thresholds).rows]
            except Withheld:
                rows.append([*asked, None, None])
    if all(row[3] is None for row in rows):
        raise Withheld(reason="nothing_to_show")
    return {
        "id": "fordelning",
        "title": "Så svarade gruppen på varje fråga",
        "subtitle": f"{instrument.title.sv}, antal personer per svar",
        "sentence": "Svar som få har valt är sammanslagna med svaret bredvid, så att ingen ska kunna kännas igen.",
        "method": "Antal personer. Ytterligheterna slås ihop tills varje svar är valt av ingen eller av minst gränsen.",
        "table": {"headers": ["Fråga", "Tillfälle", "Svar", "Antal"], "rows": rows},
        "plot": None,
    }


def _reliability(dataset: Dataset, study: Study, material: Material, thresholds: Thresholds) -> Figure:
    import numpy as np

    from analysis.envelope import Refused
    from analysis.reliability import reliability

    rows: list[list[Any]] = []
    for column in _scales(dataset, "t0", "t1"):
        instrument, scale = _scale_of(material, study, column)
        if scale.score != "mean":
            continue
        for wave in ("t0", "t1"):
            items = {
                code: np.array([_float(row[code]) for row in dataset.rows if row["wave"] == wave])
                for code in scale.items
            }
            reverse = [code for code in scale.items if instrument.item(code).reversed]
            label = f"{column.labels['sv']}, {study.wave(wave).short_label.sv.lower()}"
            try:
                found = reliability(items, reverse=reverse, minimum=scale.minimum, maximum=scale.maximum).result
                alpha = estimate(
                    {"n": found["n_complete"], "value": found["alpha"], "interval": found["alpha_ci"]},
                    method="cronbach_alpha", thresholds=thresholds,
                )  # fmt: skip
                omega = _decimal(found["omega_total"]) if alpha.interval else None
                rows.append([label, alpha.n, _decimal(alpha.value), _interval(alpha), omega])
            except (Refused, Withheld):
                rows.append([label, None, None, None, None])
    if all(row[1] is None for row in rows):
        raise Withheld(reason="nothing_to_show")
    return {
        "id": "tillforlitlighet",
        "title": "Så väl hänger frågorna i varje skala ihop",
        "subtitle": "Reliabilitet i den här gruppen",
        "sentence": "Alfa och omega nära 1 betyder att frågorna mäter samma sak. Under 30 personer är talen osäkra.",
        "method": "analysis.reliability: Cronbachs alfa med Feldts intervall; McDonalds omega total, en faktor, ML.",
        "table": {"headers": ["Skala", "Personer", "Alfa", "95 % KI", "Omega"], "rows": rows},
        "plot": None,
    }


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


def _pairs(dataset: Dataset, name: str, before: str, after: str) -> tuple[Any, Any]:
    """Two arrays over everybody who was there at either wave, NaN where there is no score."""
    import numpy as np

    by_person: dict[str, dict[str, float]] = {}
    for row in dataset.rows:
        if row["wave"] in (before, after):
            by_person.setdefault(str(row["record_id"]), {})[str(row["wave"])] = _float(row[name])
    people = by_person.values()
    return (
        np.array([person.get(before, math.nan) for person in people]),
        np.array([person.get(after, math.nan) for person in people]),
    )


def _float(cell: object) -> float:
    return math.nan if isinstance(cell, MissingReason) or not isinstance(cell, int | float) else float(cell)


def _in_short(figures: Sequence[Mapping[str, Any]]) -> str | None:
    change = next((figure for figure in figures if figure["id"] == "forandring"), None)
    return None if change is None else str(change["sentence"])


def _interval(found: Estimate) -> str | None:
    return None if found.interval is None else f"[{_decimal(found.interval[0])}; {_decimal(found.interval[1])}]"


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
