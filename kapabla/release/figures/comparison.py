"""Those who have had the course against those who wait for it, outcome by outcome, by the model of the plan (G6)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from kapabla.release.direction import said_of
from kapabla.release.disclosure import Estimate, Withheld, estimate
from kapabla.release.figures.change import AFTER, point
from kapabla.release.figures.numerals import decimal, interval, p_value, range_said
from kapabla.release.figures.shown import Rows, Table, Value
from kapabla.release.figures.telling import Figure, Told, again, figure
from kapabla.release.lots import arms_by_lot
from kapabla.release.planned import LABELS, MODELS

_HEADERS = {
    "Skala": "Scale", "Enligt planen": "By the plan", "Modell": "Model", "Personer": "People",
    "Skillnad": "Difference", "95 % KI": "95% CI", "p, justerat": "p, adjusted",
}  # fmt: skip
_NOT_CLUSTERED = Told(
    " Modellen tar inte hänsyn till att de som gick i samma omgång liknar varandra. Osäkerheten kan vara större än "
    "intervallet visar, mest om omgångarna är få.",
    " The model takes no account of people in one cohort being alike. The uncertainty may be larger than the interval "
    "shows, most of all if there are few cohorts.",
)
_MOVING = Told(
    " Modellen räknar med att omgångar är olika, men inte med att de kan ändras olika. Då är intervallet för smalt; "
    "rapporten visar också CR2 per omgång.",
    " The model accounts for cohorts being different, and not for their changing differently. Then the interval is too "
    "narrow; the report shows CR2 by cohort as well.",
)
_ENOUGH_COHORTS = 40  # below, standard errors by cohort are commonly too small (Cameron, Gelbach & Miller 2008)


def comparison(shown: Rows) -> Figure:
    """A row an outcome after the course: planned ones by the model of the plan, every other scale by analysis of
    covariance. Only where the design has people who wait and a plan was frozen."""
    table, names = Table(shown, "jamforelse", _cells, blanks=4), _names(shown)
    for name, adjusted in names.items():
        one = shown.evaluation.wanted[name]
        labels = shown.evaluation.release.book[one.column]["labels"]
        key, planned, model = shown.say(labels["sv"], labels["en"]), LABELS[one.planned], MODELS[one.call.command]
        beside = (shown.say(planned["sv"], planned["en"]), shown.say(model["sv"], model["en"]))
        make = partial(_difference, shown, name, adjusted)
        table.add((key,), shown.evaluation.members(name), make, beside=beside)
    table.check_tells_something()
    main, told = next(iter(table.values.items()))
    books = [shown.evaluation.release.book[shown.evaluation.wanted[name].column] for name in names]
    direction = Told(*said_of((book["construct"], book["labels"]) for book in books))
    title, sentence = _finding(shown, main, told, _limitation(shown, next(iter(names))))
    book = shown.evaluation.release.book[shown.evaluation.wanted[next(iter(names))].column]
    about = _by_hand(shown), range_said(book["minimum"], book["maximum"])
    sentence = Told(*("".join((said, *(one[at] for one in about))) for at, said in enumerate(sentence)))
    return figure(
        "jamforelse",
        title=title,
        subtitle=Told(
            "De som har gått utbildningen mot dem som väntar, skalpoäng, med 95 % konfidensintervall",
            "Those who have had the course against those who wait, scale points, with 95% confidence interval",
        ),
        sentence=Told(sentence.sv + direction.sv, sentence.en + direction.en),
        method=Told(
            "Kovariansanalys (analysis.ancova): svaret efter = a + b · svaret före + d · grupp, och d är skillnaden; "
            "de som väntar svarar andra gången i stället för efter. Där planen anger en annan modell står den i "
            "tabellen. Den som planen lämnar utanför räknas inte. p är justerat inom planens familj av utfall; för "
            "utforskande utfall är det inte justerat.",
            "Analysis of covariance (analysis.ancova): the answer after = a + b · the answer before + d · arm, and d "
            "is the difference; those who wait answer a second time in place of after. Where the plan names another "
            "model, it stands in the table. Whom the plan leaves out is not counted. p is adjusted within the plan's "
            "family of outcomes; of exploratory outcomes it is not adjusted.",
        ),
        headers=_HEADERS,
        code=again(*names),
        plot={
            "kind": "forest",
            "ends": "compared",
            "at": [4, 5],
            "rows": [point(row[0], table.values.get(row[0])) for row in table.rows],
        },
        **table.parts,
    )


def _names(shown: Rows) -> dict[str, str]:
    """The figure of each outcome after the course, with that of its adjusted p; empty for what is exploratory."""
    wanted = shown.evaluation.wanted
    planned = {one.group: one.name for one in wanted.values() if one.section == "family"}
    found = {
        name: adjusted
        for name, adjusted in planned.items()
        if wanted[name].section in ("comparison", "wedge") and wanted[name].wave in (AFTER, "")
    }
    told = {wanted[name].column for name in found}
    for one in wanted.values():
        if (
            one.section == "comparison"
            and one.wave == AFTER
            and one.name.endswith(".ancova")
            and one.column not in told
        ):
            found[one.name] = ""
    return found


def _difference(shown: Rows, name: str, adjusted: str) -> Estimate:
    """As much as the smaller arm allows: of an arm of few the difference would tell."""
    evaluation = shown.evaluation
    arms = evaluation.by_arm(name)
    if len(arms) < 2 or min(map(len, arms)) < shown.thresholds.cell:
        raise Withheld(reason="small_arm")
    figures = evaluation.figures([name, *([adjusted] if adjusted else [])])
    found = figures[name]
    p = figures[adjusted].p if adjusted else found.p
    numbers = {"n": found.n, "value": found.estimate, "interval": found.interval, "p": p}
    return estimate(
        numbers, method=found.call.command, thresholds=shown.thresholds, smallest_rest=min(map(len, arms))
    )  # fmt: skip


def _limitation(shown: Rows, name: str) -> Told:
    """What matters most for how far the interval can be trusted: whoever learnt together is alike (R01)."""
    call = shown.evaluation.wanted[name].call
    if "cluster" not in call.options:
        return _NOT_CLUSTERED
    moving = _MOVING if call.command == "mixed" else Told("", "")
    cohorts = len(shown.evaluation.release.levels("cohort"))
    if cohorts >= _ENOUGH_COHORTS:
        return moving
    return Told(
        f" Omgångarna är {cohorts}, och med så få är intervallet osäkert.{moving.sv}",
        f" There are {cohorts} cohorts, and with so few the interval is uncertain.{moving.en}",
    )


def _by_hand(shown: Rows) -> Told:
    """What any difference leans on (R01)."""
    if arms_by_lot(shown.evaluation.release):
        return Told("", "")
    return Told(
        " Grupperna är inte lottade, så skillnaden kan också bero på annat än utbildningen.",
        " The groups are not drawn by lot, so the difference may come of other things than the course too.",
    )


def _finding(shown: Rows, name: str, told: Value, limitation: Told) -> tuple[Told, Told]:
    points, english = decimal(abs(told["value"])), shown.words[name]
    side = Told(*(("högre", "higher") if told["value"] > 0 else ("lägre", "lower")))
    title = Told(
        f"{name}: {points} skalpoäng {side.sv} än hos dem som väntar",
        f"{english}: {points} scale points {side.en} than of those who wait",
    )
    if told["interval"] is None:
        return title, Told(
            f"{title.sv} (n = {told['n']}).{limitation.sv}", f"{title.en} (n = {told['n']}).{limitation.en}"
        )
    low, high = (decimal(end) for end in told["interval"])
    open_ = Told("", "")
    if told["interval"][0] <= 0 <= told["interval"][1]:
        open_ = Told(" Det kan alltså också vara ingen skillnad alls.", " So there may also be no difference at all.")
    return title, Told(
        f"{name} är {points} skalpoäng {side.sv} bland dem som har gått utbildningen än bland dem som väntar, givet "
        f"var de började (n = {told['n']}). Skillnaden kan vara från {low} till {high}.{open_.sv}{limitation.sv}",
        f"{english} is {points} scale points {side.en} among those who have had the course than among those who wait, "
        f"given where they began (n = {told['n']}). The difference may be from {low} to {high}.{open_.en}"
        f"{limitation.en}",
    )


def _cells(found: Mapping[str, Any]) -> list[Any]:
    return [found["n"], decimal(found["value"]), interval(found), p_value(found["p"])]
