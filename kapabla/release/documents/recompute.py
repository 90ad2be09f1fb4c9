"""Recompute every number of the results page and of the report from the files beside this one: python3 recompute.py

Needs Python with numpy, scipy and pandas; the statistics are imported from analysis.zip. Reads data_long.csv,
codebook.json and plan.json, and writes JSON with all decimals: figure by figure what the page shows, and under
`evaluation` every number of the evaluation, by the names in evaluation.csv. With names after it only these:
python3 recompute.py comparison.se_mean.t1.ancova. Two more kinds of names: answers.se_1.t0 counts each answer (the page
merges what few have chosen), and check.fast_page.1 the people who have that value at some wave, of those who have any;
check.orphans, check.same_answer and check.declined are the other checks of the page (the last needs missing.csv).
With --among role=hairdresser before the names only those people are there. Page and report hold back groups that are
too small, so that here there may be more; the terms in README.txt hold for what is made of it. recompute.R gives the
numbers of the evaluation with no code of ours.
"""

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NEEDED = ("data_long.csv", "codebook.json", "plan.json", "analysis.zip")
BEFORE, AFTER = "t0", "t1"
PRIMARY = "se"  # the instrument whose items the page shows one by one
Rows = list[dict[str, str]]
Columns = Sequence[dict[str, Any]]
Figures = dict[str, dict[str, Any]]
Found = tuple[set[str], set[str]]


def main() -> None:
    lacking = [name for name in NEEDED if not (HERE / name).is_file()]
    if lacking:
        sys.exit(f"Missing beside recompute.py: {', '.join(lacking)}. Fetch it from the same release and try again.")
    sys.path.insert(0, str(HERE / "analysis.zip"))
    told = asked_for(sys.argv[1:]) if len(sys.argv) > 1 else everything()
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def everything() -> dict[str, Any]:
    """The page's figures first, by their ids; then all of the evaluation, which most of them come from."""
    rows = read_rows()
    columns = read_columns()
    listed = evaluation([])
    found = {one["name"]: one for one in listed}
    return {
        "forandring": change(found, columns),
        "jamforelse": comparison(found, columns),
        "bakgrund": {
            name: one
            for name, one in found.items()
            if (name.startswith("baseline.") and name.endswith(".people")) or is_everybody_of_an_arm(name)
        },
        "utgangslage": {
            name: one
            for name, one in found.items()
            if name.startswith("baseline.") and name.endswith((".mean", ".sd", ".smd"))
        },
        "uppfoljning": {
            name: one
            for name, one in found.items()
            if name.startswith("change.") and name.count(".") == 3 and not name.endswith(f".{AFTER}")
        },
        "genomforande": {
            name: one for name, one in found.items() if name.startswith("baseline.taught.") and name.count(".") == 3
        },
        "dos": {name: one for name, one in found.items() if name.startswith("dose.")},
        "da-och-nu": then_test(found, columns),
        "kunskap": {name: one for name, one in found.items() if name.endswith(".difficulty")},
        "fordelning": distribution(rows, columns),
        "tillforlitlighet": reliabilities(found, columns),
        "evaluation": listed,
    }


def is_everybody_of_an_arm(name: str) -> bool:
    """Who began, in all and in each arm: what is left of them when the rows that are shown are subtracted."""
    return name == f"flow.{BEFORE}.answered" or (name.startswith(f"flow.{BEFORE}.arm.") and name.endswith(".answered"))


def read_rows() -> Rows:
    with (HERE / "data_long.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_columns() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((HERE / "codebook.json").read_text(encoding="utf-8"))["columns"]
    return found


def asked_for(arguments: Sequence[str]) -> list[dict[str, Any]]:
    """What the names give, in their order of kind: counts of answers and checks first, then the evaluation's."""
    among, names = "", list(arguments)
    if names[0] == "--among":
        among, names = (names[1] if len(names) > 1 else ""), names[2:]
        if "=" not in among or not names:
            sys.exit("Write a column and a value, and then names: --among role=hairdresser change.se_mean.t0.t1")
    rows = those(read_rows(), among)
    counted = [counts(rows, name) for name in names if name.startswith(("answers.", "check."))]
    others = [name for name in names if not name.startswith(("answers.", "check."))]
    return counted + (evaluation(others, rows if among else None) if others else [])


def those(rows: Rows, among: str) -> Rows:
    """The rows of the people who have each value, such as `role=vet,bak_4=1`, at some wave."""
    for column, _, value in (part.partition("=") for part in among.split(",") if part):
        people = {row["record_id"] for row in rows if row.get(column) == value}
        rows = [row for row in rows if row["record_id"] in people]
    return rows


def counts(rows: Rows, name: str) -> dict[str, Any]:
    if name in CHECKS:
        people, of_all = CHECKS[name](rows)
        return {"name": name, "people": len(people), "of": len(of_all)}
    kind, column, of = [*name.split(".", 2), ""][:3]
    if not of or any(column not in row for row in rows[:1]):
        sys.exit(f"No such number: {name}. Write it as answers.se_1.t0 or check.fast_page.1.")
    if kind == "check":
        given = {(row["record_id"], row[column]) for row in rows if row[column]}
        return {
            "name": name,
            "people": sum(value.removesuffix(".0") == of for _, value in given),
            "of": len({one for one, _ in given}),
        }
    answers = Counter(row[column] for row in rows if row["wave"] == of and row[column])
    return {"name": name, "n": answers.total(), "answers": dict(sorted(answers.items()))}


def orphans(rows: Rows) -> Found:
    """Who answered after and not before, of those who answered after."""
    before, after = ({row["record_id"] for row in rows if row["wave"] == wave} for wave in (BEFORE, AFTER))
    return after - before, after


def same_answer(rows: Rows) -> Found:
    """Who gave one answer before to a whole scale with some of its items reversed, of those who answered all of one."""
    columns = {column["name"]: column for column in read_columns()}
    rules = (column["scoring"] for column in columns.values() if column["kind"] == "score" and column["scoring"])
    scales = [
        rule["items"]
        for rule in rules
        if rule["rule"] == "mean"
        and all(item in columns for item in rule["items"])
        and len({bool(columns[item]["reversed_in_scale"]) for item in rule["items"]}) > 1
    ]
    found, of_all = set[str](), set[str]()
    for row in (row for row in rows if row["wave"] == BEFORE):
        whole = [{row[item] for item in items} for items in scales if all(row[item] for item in items)]
        of_all |= {row["record_id"]} if whole else set()
        found |= {row["record_id"]} if any(len(answers) == 1 for answers in whole) else set()
    return found, of_all


def declined(rows: Rows) -> Found:
    """Of the item that most did not want to answer before: who did not, and who was shown it."""
    with (HERE / "missing.csv").open(encoding="utf-8", newline="") as file:
        reasons = {
            (one["record_id"], one["column"]): one["reason"] for one in csv.DictReader(file) if one["wave"] == BEFORE
        }
    people = [row["record_id"] for row in rows if row["wave"] == BEFORE]
    asked = [
        column["name"]
        for column in read_columns()
        if "declined" in column["missing"] and BEFORE in column["waves"] and column["disclosure"] == "kept"
    ]
    found = [
        (
            {one for one in people if reasons.get((one, name)) == "declined"},
            {one for one in people if reasons.get((one, name)) not in ("not_shown", "not_reached")},
        )
        for name in asked
    ]
    return max(found, key=lambda pair: len(pair[0]) / max(len(pair[1]), 1), default=(set(), set()))


CHECKS: dict[str, Callable[[Rows], Found]] = {
    "check.orphans": orphans, "check.same_answer": same_answer, "check.declined": declined,
}  # fmt: skip


def evaluation(names: Sequence[str], among: Rows | None = None) -> list[dict[str, Any]]:
    """The figures of the frozen plan, or these of them: people, estimate, interval, p, and how each was computed."""
    from analysis.evaluation import evaluated, read_release, release_of, wanted

    release = read_release(HERE)
    if among is not None:
        release = release_of(as_csv(among), *((HERE / name).read_bytes() for name in ("codebook.json", "plan.json")))
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


def as_csv(rows: Rows) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, [*rows[0]] if rows else ["record_id", "wave"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


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
