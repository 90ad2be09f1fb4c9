"""What is left of the change at the follow-ups: each scale from before to each of them (G2). With no comparison: by
then those who waited have had the course too."""

from collections.abc import Set
from functools import partial

from kapabla.material import Study
from kapabla.material.studies.definition import Wave
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Estimate, Withheld
from kapabla.release.figures.change import (
    AFTER,
    BEFORE,
    CHANGE_HEADERS,
    CHANGE_HEADERS_EN,
    change_cells,
    change_name,
    change_of,
    place_in_plan,
    point,
)
from kapabla.release.figures.numerals import decimal
from kapabla.release.figures.reading import compared, scales_at
from kapabla.release.figures.shown import Rows, Table
from kapabla.release.figures.telling import Figure, Told, again, figure
from kapabla.release.planned import planned_at


def lasting(dataset: Dataset, study: Study, shown: Rows, told: Set[str]) -> Figure:
    """told: the waves of which the response rates are shown. Of any other the flow tells how many answered each time,
    and a few more who answered that one are those whom the rates are silent for."""
    table, names = Table(shown, "uppfoljning", change_cells, blanks=5), list[str]()
    asked = [
        (column, wave)
        for column in sorted(scales_at(dataset, BEFORE, AFTER), key=place_in_plan)
        for wave in study.waves
        if wave.months and wave.code in column.waves and shown.present.having([(wave.code, column.name)])
    ]
    known = {column.name: [shown.present.compared(_pairs(column.name, AFTER))] for column, _ in asked}
    for column, wave in asked:
        key = shown.say(
            f"{column.labels['sv']}, {wave.short_label.sv.lower()}",
            f"{column.labels['en']}, {wave.short_label.get('en').lower()}",
        )
        each_time = None if wave.short_label.sv in told else _each_time(shown, study, wave)
        make = partial(_change, shown, column, wave, known[column.name], each_time)
        members = compared(_pairs(column.name, wave.code))
        table.add((key,), members, make, beside=(planned_at(column, wave.code),))
        names.append(change_name(column, wave.code))
    table.check_tells_something()
    values = table.values.values()
    up = sum(value["value"] > 0 for value in values)
    name, main = next(iter(table.values.items()))
    return figure(
        "uppfoljning",
        title=Told(
            f"Vid uppföljningen är {up} av {len(values)} värden som kan visas högre än före",
            f"At follow-up {up} of the {len(values)} values that can be shown are higher than before",
        ),
        subtitle=Told(
            "Parad förändring från före till uppföljningarna, skalpoäng, med 95 % konfidensintervall",
            "Paired change from before to the follow-ups, scale points, with 95% confidence interval",
        ),
        sentence=Told(
            f"{name}: {decimal(main['value'])} skalpoäng mot före (n = {main['n']} par). Då finns ingen "
            "jämförelsegrupp, och de som svarade vid uppföljningen kan skilja sig från dem som inte gjorde det.",
            f"{shown.words[name]}: {decimal(main['value'])} scale points against before (n = {main['n']} pairs). There "
            "is no comparison group by then, and those who answered at follow-up may differ from those who did not.",
        ),
        method=Told(
            "analysis.paired: medelvärdet av uppföljningen minus före bland dem som svarade vid båda; t-intervall; "
            "effekten är g_av. p är inte justerat för antalet utfall. En rad visas inte när få har svarat, eller när "
            "den tillsammans med en annan skulle berätta om få.",
            "analysis.paired: the mean of the follow-up minus before among those who answered both; t interval; the "
            "effect is g_av. p is not adjusted for the number of outcomes. A row is not shown where few have answered, "
            "or where it would tell of few together with another.",
        ),
        headers=dict(zip(("Skala", *CHANGE_HEADERS), ("Scale", *CHANGE_HEADERS_EN), strict=True)),
        code=again(*names),
        plot={"kind": "forest", "at": [3, 4], "rows": [point(row[0], table.values.get(row[0])) for row in table.rows]},
        **table.parts,
    )  # fmt: skip


def _pairs(scale: str, wave: str) -> list[tuple[str, str]]:
    return [(BEFORE, scale), (wave, scale)]


def _change(
    shown: Rows, column: ColumnSpec, wave: Wave, known: list[frozenset[str]], each_time: frozenset[str] | None
) -> Estimate:  # fmt: skip
    """known: whom else is told of; those whom this row tells of are added to it. each_time: whom the flow counts at a
    wave whose rates are hidden."""
    people = shown.present.compared(_pairs(column.name, wave.code))
    if each_time is not None and 0 < len(people - each_time) < shown.thresholds.cell:
        raise Withheld(reason="hidden_rates")
    for others in known:
        if (people <= others or others <= people) and 0 < len(people ^ others) < shown.thresholds.cell:
            raise Withheld(reason="few_between_rows")
    found = change_of(shown.evaluation, column, None, None, thresholds=shown.thresholds, wave=wave.code)
    known.append(people)
    return found


def _each_time(shown: Rows, study: Study, wave: Wave) -> frozenset[str]:
    """Who answered every time up to this one, as the flow counts them."""
    so_far = [one.code for one in study.waves if one.code == BEFORE or one.anchor == wave.anchor]
    so_far = so_far[: so_far.index(wave.code) + 1]
    return frozenset(one for one, there in shown.present.people.items() if all(code in there for code in so_far))
