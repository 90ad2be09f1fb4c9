"""Recompute every number of the results page and of the report from the files beside this one: python3 recompute.py

Needs Python with numpy, scipy and pandas; the statistics are imported from analysis.zip. Reads data_long.csv,
codebook.json and plan.json, and writes JSON with all decimals: figure by figure what the page shows, and under
`evaluation` every number of the evaluation, by the names in evaluation.csv. With names after it only these:
python3 recompute.py comparison.se_mean.t1.ancova. Page and report hold back groups that are too small, so that here
there may be more; the terms in README.txt hold for what is made of it. recompute.R does the same with no code of ours.
"""

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NEEDED = ("data_long.csv", "codebook.json", "plan.json", "analysis.zip")
BEFORE, AFTER = "t0", "t1"
PRIMARY = "se"  # the instrument whose items the page shows one by one
Rows = list[dict[str, str]]
Columns = Sequence[dict[str, Any]]
Figures = dict[str, dict[str, Any]]


def main() -> None:
    lacking = [name for name in NEEDED if not (HERE / name).is_file()]
    if lacking:
        sys.exit(f"Missing beside recompute.py: {', '.join(lacking)}. Fetch it from the same release and try again.")
    sys.path.insert(0, str(HERE / "analysis.zip"))
    told = evaluation(sys.argv[1:]) if len(sys.argv) > 1 else everything()
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def everything() -> dict[str, Any]:
    """The page's figures first, by their ids; then all of the evaluation, which most of them come from."""
    with (HERE / "data_long.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = json.loads((HERE / "codebook.json").read_text(encoding="utf-8"))["columns"]
    listed = evaluation([])
    found = {one["name"]: one for one in listed}
    return {
        "forandring": change(found, columns),
        "jamforelse": comparison(found, columns),
        "bakgrund": {
            name: one for name, one in found.items() if name.startswith("baseline.") and name.endswith(".people")
        },
        "utgangslage": {
            name: one
            for name, one in found.items()
            if name.startswith("baseline.") and name.endswith((".mean", ".sd", ".smd"))
        },
        "dos": {name: one for name, one in found.items() if name.startswith("dose.")},
        "da-och-nu": then_test(found, columns),
        "kunskap": {name: one for name, one in found.items() if name.endswith(".difficulty")},
        "fordelning": distribution(rows, columns),
        "tillforlitlighet": reliabilities(found, columns),
        "evaluation": listed,
    }


def evaluation(names: Sequence[str]) -> list[dict[str, Any]]:
    """The figures of the frozen plan, or these of them: people, estimate, interval, p, and how each was computed."""
    from analysis.evaluation import evaluated, read_release, wanted

    release = read_release(HERE)
    all_ = wanted(release)
    unknown = sorted(set(names) - {one.name for one in all_})
    if unknown:
        sys.exit(f"No such number: {', '.join(unknown)}. The names stand in evaluation.csv.")
    asked = [one for one in all_ if not names or one.name in names]
    return [
        {
            "name": figure.name, "n": figure.n, "estimate": figure.estimate, "interval": figure.interval, "p": figure.p,
            "status": figure.status, "reason": figure.reason, "warnings": figure.warnings, "method": figure.method,
            "source": figure.source, "call": figure.call.text, "section": figure.section, "column": figure.column,
            "wave": figure.wave, "group": figure.group,
        }
        for figure in evaluated(release, asked)
    ]  # fmt: skip


def scale_labels(columns: Columns) -> dict[str, str]:
    return {column["name"]: column["labels"]["sv"] for column in columns if column["kind"] == "score"}


def by_scale(found: Figures, columns: Columns, name: str) -> dict[str, Any]:
    """Those called by `name`, such as `change.{}.t0.t1`, under the label of each scale."""
    asked = {label: name.format(scale) for scale, label in scale_labels(columns).items()}
    return {label: found[asked] for label, asked in asked.items() if asked in found}


def change(found: Figures, columns: Columns) -> dict[str, Any]:
    """Paired change of every scale that is asked both before and after, with its effect g_av."""
    effects = by_scale(found, columns, f"change.{{}}.{BEFORE}.{AFTER}.g_av")
    changes = by_scale(found, columns, f"change.{{}}.{BEFORE}.{AFTER}")
    return {label: one | {"effect": effects[label]["estimate"]} for label, one in changes.items()}


def then_test(found: Figures, columns: Columns) -> dict[str, Any]:
    """Now, before, and what was said afterwards of the time before; over people with all three."""
    told = {
        "unadjusted": "efter, mot svaret före", "then_adjusted": "efter, mot svaret i efterhand om före",
        "response_shift": "i efterhand om före, mot svaret före",
    }  # fmt: skip
    return {
        f"{label}: {words}": one
        for kind, words in told.items()
        for label, one in by_scale(found, columns, f"then.{{}}.{AFTER}.{kind}").items()
    }


def comparison(found: Figures, columns: Columns) -> dict[str, Any]:
    """Those who had the course against those who wait: by the model of the plan, else by analysis of covariance; `p` is
    adjusted within the family of the plan."""
    told = by_scale(found, columns, f"comparison.{{}}.{AFTER}.ancova")
    labels = scale_labels(columns)
    for one in (one for one in found.values() if one["name"].startswith("family.")):
        main = found[one["group"]]
        is_compared = main["section"] in ("comparison", "wedge") and main["wave"] in (AFTER, "")
        if is_compared and main["column"] in labels:
            told[labels[main["column"]]] = main | {"p": one["p"]}
    return told


def reliabilities(found: Figures, columns: Columns) -> dict[str, Any]:
    """Alpha, its interval and omega of every scale that is a mean, before and after."""
    return {
        f"{label}, {wave}": one | {"omega": found[one["name"].removesuffix("alpha") + "omega"]["estimate"]}
        for wave in (BEFORE, AFTER)
        for label, one in by_scale(found, columns, f"reliability.{{}}.{wave}.alpha").items()
    }


def distribution(rows: Rows, columns: Columns) -> dict[str, Any]:
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


if __name__ == "__main__":
    main()
