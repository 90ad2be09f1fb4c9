"""Recompute every number of the results page and of the report from the files beside this one: python3 recompute.py

Needs Python with numpy, scipy and pandas; the statistics are imported from analysis.zip. Reads data_long.csv,
codebook.json and plan.json, and writes JSON with all decimals: figure by figure what the page shows, and under
`evaluation` every number of the evaluation, by the names in evaluation.csv. With names after it only these:
python3 recompute.py comparison.se_mean.t1.ancova. Page and report hold back groups that are too small, so that here
there may be more; the terms in README.txt hold for what is made of it. recompute.R does the same with no code of ours.
"""

import csv
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NEEDED = ("data_long.csv", "codebook.json", "plan.json", "analysis.zip")
BEFORE, AFTER = "t0", "t1"
PRIMARY = "se"  # the instrument whose items the page shows one by one
Rows = list[dict[str, str]]


def main() -> None:
    lacking = [name for name in NEEDED if not (HERE / name).is_file()]
    if lacking:
        sys.exit(f"Missing beside recompute.py: {', '.join(lacking)}. Fetch it from the same release and try again.")
    sys.path.insert(0, str(HERE / "analysis.zip"))
    told = evaluation(sys.argv[1:]) if len(sys.argv) > 1 else everything()
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def everything() -> dict[str, Any]:
    with (HERE / "data_long.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = json.loads((HERE / "codebook.json").read_text(encoding="utf-8"))["columns"]
    return {
        "forandring": change(rows, columns),
        "da-och-nu": then_test(rows, columns),
        "fordelning": distribution(rows, columns),
        "tillforlitlighet": reliabilities(rows, columns),
        "evaluation": evaluation([]),
    }


def evaluation(names: Sequence[str]) -> list[dict[str, Any]]:
    """The figures of the frozen plan, or these of them: people, estimate, interval, p, and how each was computed."""
    from analysis.evaluation import evaluated, read_release, wanted

    release = read_release(HERE)
    asked = [one for one in wanted(release) if not names or one.name in names]
    return [
        {
            "name": figure.name, "n": figure.n, "estimate": figure.estimate, "interval": figure.interval, "p": figure.p,
            "status": figure.status, "reason": figure.reason, "warnings": figure.warnings, "method": figure.method,
            "source": figure.source, "call": figure.call.text,
        }
        for figure in evaluated(release, asked)
    ]  # fmt: skip


def change(rows: Rows, columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Paired change of every scale that is asked both before and after."""
    return {
        column["labels"]["sv"]: paired_change(*pairs(rows, (column["name"], BEFORE), (column["name"], AFTER)))
        for column in scales(columns)
    }


def then_test(rows: Rows, columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Now, before, and what was said afterwards of the time before; over people with all three."""
    label = {column["name"]: column["labels"]["sv"] for column in columns}
    found = {}
    for then in (column for column in columns if column["kind"] == "score" and column["then_of"]):
        now = then["then_of"]
        pre, post, recalled = pairs(rows, (now, BEFORE), (now, AFTER), (then["name"], AFTER), whole=True)
        found[f"{label[now]}: efter, mot svaret före"] = paired_change(pre, post)
        found[f"{label[now]}: efter, mot svaret i efterhand om före"] = paired_change(recalled, post)
        found[f"{label[now]}: i efterhand om före, mot svaret före"] = paired_change(pre, recalled)
    return found


def distribution(rows: Rows, columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many gave each answer, before and after."""
    items = [c for c in columns if c["instrument_version"].startswith(f"{PRIMARY} v") and c["kind"] == "category"]
    return {
        f"{item['name']}, {wave}": {
            label: sum(row["wave"] == wave and row[item["name"]] == value for row in rows)
            for value, label in item["values"].items()
        }
        for item in items
        for wave in (BEFORE, AFTER)
    }


def reliabilities(rows: Rows, columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Alpha and omega of every scale that is a mean, before and after."""
    import numpy

    from analysis.envelope import Refused
    from analysis.reliability import reliability

    is_reversed, found = {column["name"]: column["reversed_in_scale"] for column in columns}, {}
    for column in (scale for scale in scales(columns) if scale["scoring"]["rule"] == "mean"):
        names = column["scoring"]["items"]
        for wave in (BEFORE, AFTER):
            items = {name: numpy.array([number(r[name]) for r in rows if r["wave"] == wave]) for name in names}
            try:
                told = reliability(
                    items, reverse=[name for name in names if is_reversed[name]], minimum=column["minimum"],
                    maximum=column["maximum"],
                ).result  # fmt: skip
            except Refused:
                continue
            kept = ("n_complete", "alpha", "alpha_ci", "omega_total")
            found[f"{column['labels']['sv']}, {wave}"] = {name: told[name] for name in kept}
    return found


def scales(columns: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Asked at both waves. The forms of the knowledge test are no pair, and a count of one is no scale."""
    return [
        column
        for column in columns
        if column["kind"] == "score" and {BEFORE, AFTER} <= set(column["waves"])
        and not column["name"].startswith("kun_") and (column["maximum"] or 0) > 1
    ]  # fmt: skip


def pairs(rows: Rows, *wanted: tuple[str, str], whole: bool = False) -> list[Any]:
    """An array for each column and wave, a place for each person; `whole`: only of people with all of them."""
    import numpy

    people: dict[str, dict[tuple[str, str], float]] = {}
    for row in rows:
        of = people.setdefault(row["record_id"], {})
        of.update({(name, wave): number(row[name]) for name, wave in wanted if wave == row["wave"]})
    table = [[person.get(place, math.nan) for place in wanted] for person in people.values()]
    kept = [line for line in table if not whole or not any(map(math.isnan, line))]
    return [numpy.array(column) for column in zip(*kept, strict=True)]


def paired_change(pre: Any, post: Any) -> dict[str, Any] | None:
    from analysis.envelope import Refused
    from analysis.paired import paired

    try:
        found = paired(pre, post).result
    except Refused:
        return None
    return {
        "n": found["n_pairs"], "value": found["mean_diff"], "interval": found["ci"], "sd": found["sd_diff"],
        "p": found["p"], "effect": found["effect"]["g_av"], "effect_interval": found["effect"]["g_av_ci"],
    }  # fmt: skip


def number(cell: str) -> float:
    return float(cell) if cell else math.nan


if __name__ == "__main__":
    main()
