"""The change of the main scale in each group, from what `subgroups` has audited: nothing is counted here (R07)."""

from collections.abc import Mapping, Sequence
from typing import Any

from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Thresholds, Withheld
from kapabla.release.figures.change import point
from kapabla.release.figures.numerals import decimal, interval
from kapabla.release.figures.telling import Figure, Told, counted, figure

_HEADERS = {"Grupp": "Group", "Par": "Pairs", "Skillnad": "Difference", "95 % KI": "95% CI"}


def groups(subgroups: Mapping[str, Any], dataset: Dataset, words: dict[str, str], thresholds: Thresholds) -> Figure:
    """A row a value of each filter; one that is not answered about stays, blank. Together with the others that have no
    row of their own it is in "övriga" where those can be told: everybody less the shown ones, which any reader of the
    table can work out, and which the audit has found to be enough people."""
    scale = main_scale(subgroups)
    everybody = scale["groups"].get("")
    if everybody is None:
        raise Withheld(reason="nothing_to_show")
    columns = {column.name: column for column in dataset.columns}
    rows, of, drawn, keys = list[list[Any]](), list[str](), list[dict[str, Any]](), [""]

    def add(label: str, change: Mapping[str, Any] | None, release: str) -> None:
        rows.append([label, *([None] * 3 if change is None else _cells(change))])
        of.append(release)
        drawn.append(point(label, change))

    add(_say(words, "Alla", "Everybody"), everybody, everybody["of"])
    for filter_ in subgroups["filters"]:
        column = columns[filter_["name"]]
        found = {str(value): scale["groups"].get(f"{column.name}={value}") for value, _ in filter_["values"]}
        if not any(found.values()):
            continue
        keys += [f"{column.name}={value}" for value, change in found.items() if change]
        for value, label in column.categories.items():
            name = f"{column.labels['sv']}: {label}"
            change = found.get(str(value))
            add(name, change, change["of"] if change else everybody["of"])
        rest = _rest(everybody, [change for change in found.values() if change], thresholds)
        if rest is not None:
            add(_say(words, f"{column.labels['sv']}: övriga", f"{column.labels['en']}: others"), rest, everybody["of"])
    if not any(row["value"] is not None for row in drawn[1:]):
        raise Withheld(reason="nothing_to_show")
    return _figure(scale, rows, of, drawn, keys)


def _figure(
    scale: Mapping[str, Any],
    rows: list[list[Any]],
    of: list[str],
    drawn: list[dict[str, Any]],
    keys: Sequence[str],
) -> Figure:
    told = [row for row in drawn[1:] if row["value"] is not None]
    up = sum(row["value"] > 0 for row in told)
    english = scale["label_en"]
    return figure(
        "grupper",
        title=Told(f"Ökning i {up} av {len(told)} grupper som kan visas", f"An increase in {up} of {len(told)} groups"),
        subtitle=Told(
            f"{scale['label']}, parad förändring med 95 % konfidensintervall",
            f"{english}, paired change with 95% confidence interval",
        ),
        sentence=Told(
            "Att grupper skiljer sig åt i det här urvalet betyder inte att utbildningen verkar olika: intervallen är "
            "breda och grupperna är inte lottade.",
            "That groups differ in this sample does not mean that the course works differently: the intervals are wide "
            "and the groups are not drawn by lot.",
        ),
        method=Told(
            "analysis.paired på gruppens rader i data_wide.csv. En grupp visas inte när den är för liten, eller när "
            "den kunde räknas fram ur de andra; den ingår då i övriga. Övriga är alla minus de grupper som visas. Hur "
            "mycket som visas beror på hur många som är kvar när gruppen räknas bort.",
            "analysis.paired on the rows of the group in data_wide.csv. A group is not shown where it is too small, or "
            "where it could be worked out from the others; it is then among the others. Others are everybody less the "
            "groups shown. How much is shown depends on how many are left when the group is subtracted.",
        ),
        headers=_HEADERS,
        rows=rows,
        of=of,
        code="\n".join(counted(f"change.{scale['name']}.t0.t1", among=key) for key in keys),
        plot={"kind": "forest", "rows": drawn},
    )


def main_scale(subgroups: Mapping[str, Any]) -> Mapping[str, Any]:
    """The primary outcome where the frozen plan has one after the course, else the first scale."""
    scales = subgroups["scales"]
    if not scales:
        raise Withheld(reason="nothing_to_show")
    return next((scale for scale in scales if scale["planned"] == "Primärt utfall"), scales[0])


def _rest(
    everybody: Mapping[str, Any], shown: list[Mapping[str, Any]], thresholds: Thresholds
) -> dict[str, Any] | None:
    """Everybody less the shown: as many, with their mean. None where nobody is left, or all is not of one release."""
    people = everybody["n"] - sum(change["n"] for change in shown)
    if people < thresholds.cell or {change["of"] for change in shown} != {everybody["of"]}:
        return None
    total = everybody["n"] * everybody["value"] - sum(change["n"] * change["value"] for change in shown)
    return {"n": people, "value": total / people, "interval": None}


def _cells(change: Mapping[str, Any]) -> list[Any]:
    return [change["n"], decimal(change["value"]), interval(change)]


def _say(words: dict[str, str], sv: str, en: str) -> str:
    words[sv] = en
    return sv
