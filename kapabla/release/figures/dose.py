"""The change of each planned outcome by how much of the course was taken, how fast and in which way: audited with the
groups of the filters (`subgroups`), so that nothing is counted here."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Withheld
from kapabla.release.figures.change import AFTER, difference_cells, point
from kapabla.release.figures.groups import main_scale
from kapabla.release.figures.shown import Rows
from kapabla.release.figures.telling import Figure, Told, again, figure
from kapabla.release.subgroups import ALL_OF_IT, DOSE, SHARE, SOME_OF_IT

_HEADERS = {"Hur mycket och hur": "How much and how", "Par": "Pairs", "Skillnad": "Difference", "95 % KI": "95% CI"}
_WHOLE = {
    ALL_OF_IT: ("all_modules", Told("Alla delar klara", "All modules over")),
    SOME_OF_IT: ("some_modules", Told("Några delar klara", "Some modules over")),
}
_ABOUT = {"weeks_to_complete": Told("Tid", "Time"), "taught": Told("Sätt", "Way")}


def dosed(shown: Rows) -> set[str]:
    """The scales that the evaluation tells the dose of: those that the frozen plan names."""
    return {one.column for one in shown.evaluation.wanted.values() if one.section == "dose" and one.wave == AFTER}


def dose(subgroups: Mapping[str, Any], dataset: Dataset, shown: Rows) -> Figure:
    rows, of, values, names = list[list[Any]](), list[str](), dict[str, dict[str, Any]](), list[str]()
    for scale, (setting, label, name) in product(_scales(subgroups, shown), list(_groups(dataset, shown))):
        change, key = scale["groups"].get(setting), f"{scale['label']}, {label[:1].lower()}{label[1:]}"
        shown.say(key, f"{scale['label_en']}, {shown.words[label][:1].lower()}{shown.words[label][1:]}")
        rows.append([key, *([None] * 3 if change is None else difference_cells(change))])
        of.append(shown.history.release if change is None else change["of"])
        names.append(f"dose.{scale['name']}.{AFTER}.{name}")
        if change is not None:
            values[key] = change
    if not values:
        raise Withheld(reason="nothing_to_show")
    return figure(
        "dos",
        title=Told(
            f"{len(values)} av {len(rows)} förändringar efter hur utbildningen togs kan visas",
            f"{len(values)} of {len(rows)} changes by how the course was taken can be shown",
        ),
        subtitle=Told(
            "Planerade utfall, parad förändring med 95 % konfidensintervall, efter hur mycket av utbildningen och hur",
            "Planned outcomes, paired change with 95% confidence interval, by how much of the course and how",
        ),
        sentence=Told(
            "Det här beskriver, och säger inget om orsak: den som tar del av mer kan också vara den som vill mer.",
            "This describes, and says nothing of causes: who takes more of it may also be who wants more.",
        ),
        method=Told(
            "analysis.paired på gruppens par: medelvärdet av efter minus före, t-intervall. Samma personer som i "
            "förändringen ovan, delade efter hur många delar som är klara, tiden från första till sista steget, och om "
            "det var i rummet eller på nätet. En grupp visas inte när den är för liten eller kan räknas fram ur andra.",
            "analysis.paired on the pairs of the group: the mean of after minus before, t interval. The same people as "
            "in the change above, by how many modules are over, the time from the first step to the last, and whether "
            "it was in the room or online. A group is not shown where it is too small or can be worked out of others.",
        ),
        headers=_HEADERS,
        rows=rows,
        of=of,
        values=values,
        code=again(*names),
        plot={"kind": "forest", "rows": [point(row[0], values.get(row[0])) for row in rows]},
    )


def _scales(subgroups: Mapping[str, Any], shown: Rows) -> list[Mapping[str, Any]]:
    """The main one first."""
    told = dosed(shown)
    main = main_scale(subgroups)
    return sorted(
        (scale for scale in subgroups["scales"] if scale["name"] in told), key=lambda scale: scale is not main
    )


def _groups(dataset: Dataset, shown: Rows) -> Iterator[tuple[str, str, str]]:
    """Setting, label, and what the evaluation calls the group; of columns that the release has."""
    present = {column.name: column for column in dataset.columns if column.disclosure != "withheld"}
    for name in (name for name in DOSE if name in present):
        if name == SHARE:
            for value, (called, label) in _WHOLE.items():
                yield f"{name}={value}", shown.say(*label), called
            continue
        about, english = _ABOUT[name], present[name].category_labels("en")
        for level in shown.evaluation.release.levels(name):
            key = next(value for value in present[name].categories if str(value) == level)
            told = shown.say(f"{about.sv}: {present[name].categories[key]}", f"{about.en}: {english[key]}")
            yield f"{name}={level}", told, f"{name}.{level}"
