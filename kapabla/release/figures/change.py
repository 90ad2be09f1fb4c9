"""Paired change from before to after (G2), and the then-test beside the true answer before (C13)."""

from collections.abc import Mapping, Sequence, Set
from functools import partial
from typing import TYPE_CHECKING, Any

from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.direction import said_of
from kapabla.release.disclosure import Estimate, Thresholds, Withheld, check_filters, estimate
from kapabla.release.figures.kirkpatrick import levels_said
from kapabla.release.figures.numerals import decimal, interval, number_in, p_value, range_said
from kapabla.release.figures.reading import compared, pairs_of, scales_at
from kapabla.release.figures.shown import Rows, Table, Value
from kapabla.release.figures.telling import Figure, Told, again, figure
from kapabla.release.planned import LABELS, planned_at

if TYPE_CHECKING:
    from kapabla.release.evaluation import Evaluation

CHANGE_HEADERS = ("Enligt planen", "Par", "Skillnad", "95 % KI", "Effekt g_av", "p")
CHANGE_HEADERS_EN = ("By the plan", "Pairs", "Difference", "95% CI", "Effect g_av", "p")
BEFORE, AFTER = "t0", "t1"
# The differences of the then-test, as the evaluation calls them.
_THREE = {
    "unadjusted": Told("efter, mot svaret före", "after, against the answer before"),
    "then_adjusted": Told(
        "efter, mot svaret i efterhand om före", "after, against the answer afterwards about before"
    ),
    "response_shift": Told(
        "i efterhand om före, mot svaret före", "afterwards about before, against the answer before"
    ),
}  # fmt: skip
_ALONE = Told(
    "Det finns ingen jämförelsegrupp i siffrorna, så skillnaden kan delvis bero på annat.",
    "The numbers have no comparison group, so the difference may partly be due to other things.",
)
_COMPARED = Told(
    "Här räknas alla som svarade båda gångerna, utan jämförelsegrupp; jämförelsen med dem som väntar står för sig.",
    "Here all who answered both times count, with no comparison; how they compare with those who wait stands apart.",
)
_MANY = 5  # outcomes; beyond it a word about multiplicity stands in the figure (R05)


def change(dataset: Dataset, shown: Rows, *, is_compared: bool) -> Figure:
    """Paired change from before to after for every scale asked at both, as a forest plot. is_compared: another figure
    has the comparison with those who wait (R05)."""
    table = Table(shown, "forandring", change_cells, blanks=5)
    shown.words |= {label["sv"]: label["en"] for label in LABELS.values()}
    columns = sorted(scales_at(dataset, BEFORE, AFTER), key=place_in_plan)
    for column in columns:
        name = shown.say(column.labels["sv"], column.labels["en"])
        make = partial(_of_everybody, column, shown)
        table.add((name,), pairs_of(column.name), make, beside=(planned_at(column, AFTER),))
    table.check_tells_something()
    rows, values = table.rows, table.values
    # The first of the plan, however large the others are: a plan is there so that no result is picked (R02).
    name, main = next(iter(values.items()))
    went = Told(*(("ökade", "increased") if main["value"] > 0 else ("minskade", "decreased")))
    points, english = decimal(abs(main["value"])), shown.words[name]
    scale = range_said(columns[0].minimum, columns[0].maximum)
    many = Told(*said_of((column.construct, column.labels) for column in columns))
    levels = levels_said(columns)
    if len(rows) > _MANY:
        many = Told(
            f" Av {len(rows)} utfall blir något lätt stort av en slump.{many.sv}",
            f" Of {len(rows)} outcomes one is easily large by chance.{many.en}",
        )
    return figure(
        "forandring",
        title=Told(f"{name} {went.sv}", f"{english} {went.en}"),
        subtitle=Told(
            "Parad förändring före–efter, skalpoäng, med 95 % konfidensintervall",
            "Paired change before–after, scale points, with 95% confidence interval",
        ),
        sentence=Told(
            f"{name} {went.sv} med {points} skalpoäng (n = {main['n']} par).{scale.sv} "
            f"{_COMPARED.sv if is_compared else _ALONE.sv}{many.sv}",
            f"{english} {went.en} by {points} scale points (n = {main['n']} pairs).{scale.en} "
            f"{_COMPARED.en if is_compared else _ALONE.en}{many.en}",
        ),
        method=Told(
            "analysis.paired: medelvärdet av efter minus före bland dem som svarade vid båda; t-intervall; "
            "effekten är g_av (Hedges-korrigerad, medel av de två spridningarna). p är inte justerat för antalet "
            "utfall. Primära och sekundära utfall är de som stod i analysplanen när den frystes; allt annat är "
            f"utforskande.{levels.sv}",
            "analysis.paired: the mean of after minus before among those who answered both; t interval; the effect is "
            "g_av (Hedges-corrected, mean of the two spreads). p is not adjusted for the number of outcomes. Primary "
            "and secondary outcomes are those that stood in the analysis plan when it was frozen; all else is "
            f"exploratory.{levels.en}",
        ),
        headers=dict(zip(("Skala", *CHANGE_HEADERS), ("Scale", *CHANGE_HEADERS_EN), strict=True)),
        code=again(*(change_name(column) for column in columns)),
        plot=_forest(values),
        **table.parts,
    )


def place_in_plan(column: ColumnSpec) -> int:
    return [*LABELS].index(next(kind for kind, label in LABELS.items() if label["sv"] == planned_at(column, AFTER)))


def change_name(column: ColumnSpec, wave: str = AFTER) -> str:
    """As the evaluation calls it."""
    return f"change.{column.name}.{BEFORE}.{wave}"


def _of_everybody(column: ColumnSpec, shown: Rows) -> Estimate:
    """Where the groups are not told of it anew, the sum of what they tell would give a few away (`subgroups`)."""
    if column.name not in shown.new_changes:
        raise Withheld(reason="former_figure")
    return change_of(shown.evaluation, column, None, None, thresholds=shown.thresholds)


def change_of(
    evaluation: "Evaluation", column: ColumnSpec, ids: Set[str] | None, smallest_rest: int | None, *,
    thresholds: Thresholds, wave: str = AFTER,
) -> Estimate:  # fmt: skip
    """The paired change of a scale, among those with these ids or everybody. `Withheld` where it is not shown."""
    found = evaluation.result(change_name(column, wave), ids)
    return estimate(
        {
            "n": found["n_pairs"], "value": found["mean_diff"], "interval": found["ci"], "sd": found["sd_diff"],
            "p": found["p"], "effect": found["effect"]["g_av"], "effect_interval": found["effect"]["g_av_ci"],
        },
        method="paired", thresholds=thresholds, smallest_rest=smallest_rest,
    )  # fmt: skip


def then_test(dataset: Dataset, shown: Rows) -> Figure:
    """The then-test beside the true answer before: both changes, and how far the two answers of the time before differ.

    Over people with all three, so that the three differences belong together (`statistics-contract.md`, responseshift).
    """
    table, names = Table(shown, "da-och-nu", difference_cells, blanks=3), list[str]()
    labels = {column.name: column.labels for column in dataset.columns}
    for then in (column for column in dataset.columns if column.kind is Kind.SCORE and column.then_of):
        name = labels[then.then_of]
        cells = [(BEFORE, then.then_of), (AFTER, then.then_of), (AFTER, then.name)]
        told = dict[str, Value | None]()
        for kind, three in _THREE.items():
            key = shown.say(f"{name['sv']}: {three.sv}", f"{name['en']}: {three.en}")
            names.append(f"then.{then.then_of}.{AFTER}.{kind}")
            told[key] = table.add((key,), compared(cells), partial(_then, shown, names[-1], kind, cells))
        # The flattering one by itself would be what this figure is there to prevent.
        if None in told.values():
            table.withhold([*told])
    table.check_tells_something()
    rows = table.rows
    return figure(
        "da-och-nu",
        title=_title_of({row[0].partition(": ")[2]: row[2] for row in rows if row[1] is not None}),
        subtitle=Told(
            "Skillnader i skalpoäng bland dem som har svarat på alla tre",
            "Differences in scale points among those who have answered all three",
        ),
        sentence=Told(
            "Efteråt bedömer man tiden före på ett annat sätt. Därför visas båda skillnaderna, aldrig bara den större.",
            "Afterwards one judges the time before differently. So both differences are shown, never only the larger.",
        ),
        method=Told(
            "analysis.paired på personer med alla tre svaren: efter minus före, efter minus i efterhand, och i "
            "efterhand minus före; t-intervall. Den andra är den förändring som deltagarna själva uppfattar.",
            "analysis.paired on people with all three answers: after minus before, after minus afterwards, and "
            "afterwards minus before; t interval. The second is the change that participants themselves perceive.",
        ),
        headers={"Skillnad": "Difference", "Personer": "People", "Medel": "Mean", "95 % KI": "95% CI"},
        code=again(*names),
        plot={"kind": "forest", "rows": [point_of(row) for row in rows]},
        **table.parts,
    )


def _title_of(told: Mapping[str, str]) -> Told:
    true, perceived = (told.get(_THREE[kind].sv) for kind in ("unadjusted", "then_adjusted"))
    if true is None or perceived is None:
        return Told("Före, i efterhand och efter", "Before, afterwards and after")
    return Told(
        f"Skillnaden är {true} mot svaret före, {perceived} mot svaret i efterhand",
        f"The difference is {true} against the answer before, {perceived} against the answer afterwards",
    )


def _then(shown: Rows, name: str, kind: str, cells: Sequence[tuple[str, str]]) -> Estimate:
    if kind != "then_adjusted":
        # The change is shown for everybody with both: less these, it is that of those without the third answer. And
        # what is told afterwards of the time before gives the same, with the other difference.
        whole, everybody = (shown.present.compared(asked) for asked in (cells, cells[:2]))
        check_filters(len(whole), [len(everybody)], thresholds=shown.thresholds)
    result = shown.evaluation.result(name)
    found = result[kind]
    numbers = {"n": result["people"], "value": found["mean_diff"], "interval": found["ci"], "sd": found["sd_diff"]}
    return estimate(numbers, method="responseshift", thresholds=shown.thresholds)


def difference_cells(found: Mapping[str, Any]) -> list[Any]:
    """People, difference, interval."""
    return [found["n"], decimal(found["value"]), interval(found)]


def change_cells(change: Mapping[str, Any]) -> list[Any]:
    """An estimate of a change as the cells of a row: pairs, difference, interval, effect, p."""
    return [change["n"], decimal(change["value"]), interval(change), decimal(change["effect"]), p_value(change["p"])]


def _forest(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Just the shown numbers: names, differences and interval ends. No person's value is ever among them."""
    return {"kind": "forest", "rows": [point(name, change) for name, change in values.items()]}


def point_of(row: Sequence[Any]) -> dict[str, Any]:
    """A row of a table as a row of a plot: label, people, value, interval, as exact as they are written."""
    label, people, value, ends = row[:4]
    low, high = (None, None) if ends is None else (number_in(end) for end in ends.strip("[]").split("; "))
    return {"label": label, "n": people, "value": None if value is None else number_in(value), "low": low, "high": high}


def point(label: str, change: Mapping[str, Any] | None) -> dict[str, Any]:
    """A row of a forest plot; all None where nothing is shown."""
    if change is None:
        return {"label": label, "n": None, "value": None, "low": None, "high": None}
    low, high = change["interval"] or (None, None)
    return {"label": label, "n": change["n"], "value": change["value"], "low": low, "high": high}
