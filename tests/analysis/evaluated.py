"""A small release with known truth, made in memory: the three files that the evaluation reads."""

import csv
import io
import json

import numpy as np

from analysis.evaluation import release_of

WAVES = ("t0", "t0b", "t1", "t3")
COHORTS = 8
EFFECT = 0.6


def score(name, items, rule="mean", *, waves=WAVES, maximum=5, then_of="", only_if=None, key=None, construct="x"):
    scoring = {"items": items, "rule": rule, "min_answered": 1, "only_if": only_if or {}, "key": key or {}}
    return column(name, "score", waves=waves, then_of=then_of, scoring=scoring, maximum=maximum, construct=construct)


def column(name, kind, *, waves=(), values=(), **more):
    return {
        "name": name, "kind": kind, "labels": {"sv": name, "en": name}, "waves": list(waves),
        "values": {value: value for value in values}, "values_en": {value: value for value in values},
        "minimum": 1, "maximum": 5, "then_of": "", "scoring": None,
        "reversed_in_scale": False, "quasi_identifier": False, "construct": "", **more,
    }  # fmt: skip


SE, AVS, THEN = ([f"{stem}_{number}" for number in (1, 2, 3)] for stem in ("se", "avs", "then"))
FORMS = {form: [f"kun_{form}_{number}" for number in (1, 2, 3)] for form in "ab"}
KEY = {item: number % 2 + 1 for form in FORMS.values() for number, item in enumerate(form)}
BEFORE_AND_AFTER = ("t0", "t1")
BOOK = [
    column("record_id", "id"),
    column("wave", "wave", values=WAVES),
    column("arm", "place", values=("direct", "waitlist")),
    column("cohort", "place"),
    column("role", "place", values=("hunter", "postal"), quasi_identifier=True),
    column("contaminated", "flag", waves=("t0", "t0b")),
    column("fast_page", "flag"),
    column("period", "category"),
    column("treatment", "flag"),
    column("share_of_modules", "number"),
    *(column(name, "category", waves=WAVES, reversed_in_scale=name == "se_3") for name in SE),
    score("se_mean", SE),
    *(column(name, "category", waves=("t1",)) for name in THEN),
    score("se_then_mean", THEN, waves=("t1",), then_of="se_mean"),
    *(column(name, "category", waves=WAVES) for name in AVS),
    score("avs_mean", AVS),
    *(column(name, "category", waves=BEFORE_AND_AFTER) for form in FORMS.values() for name in form),
    *(
        score(f"kun_{form}_sum", items, "sum_correct", waves=BEFORE_AND_AFTER, maximum=3, key=KEY)
        for form, items in FORMS.items()
    ),
    *(column(name, "category", waves=("t0", "t3")) for name in ("bet_0", "bet_1", "bet_2")),
    score("bet_index", ["bet_1", "bet_2"], "count_done", waves=("t0", "t3"), maximum=2,
          only_if={"op": "equals", "item": "bet_0", "value": 1}),
]  # fmt: skip
PLAN = {
    "plan": {
        "families": [
            {"code": "primary", "kind": "primary", "correction": "none", "outcomes": [
                {"column": "se_mean", "wave": "t1", "before": "t0", "waiting": "t0b", "model": "ancova"}]},
            {"code": "secondary", "kind": "secondary", "correction": "holm", "outcomes": [
                {"column": "avs_mean", "wave": "t1", "before": "t0", "waiting": "t0b", "model": "did"},
                {"column": "avs_mean", "wave": "t3", "before": "t0", "waiting": None, "model": "paired"},
                {"column": "se_mean", "wave": "t12", "before": "t0", "waiting": None, "model": "paired"}]},
        ],
        "exclusions": [
            {"column": "contaminated", "value": 1, "analysis": "main"},
            {"column": "fast_page", "value": 1, "analysis": "sensitivity"},
        ],
    },
    "design": {"waves": [{"code": wave, "arms": ["waitlist"] if wave == "t0b" else []} for wave in WAVES]},
}  # fmt: skip


# The cohorts of each arm begin a period apart: a wedge of two steps.
PERIODS = {"direct": {"t0": 1, "t1": 2, "t3": 3}, "waitlist": {"t0": 1, "t0b": 2, "t1": 3, "t3": 4}}


def make_rows(people=64, seed=3):
    """Everybody at t0; those who wait at t0b; four of five after the course; half at three months."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(people):
        cohort = number % COHORTS
        arm = "direct" if cohort % 2 else "waitlist"
        person = {
            "record_id": f"P{(number * 37) % people:03d}", "arm": arm, "cohort": f"C{cohort}",
            "role": "hunter" if number % 3 else "postal", "share_of_modules": "1.0" if number % 5 else "0.4",
        }  # fmt: skip
        level, waves = rng.normal(2.6, 0.5), ["t0"]
        waves += ["t0b"] if arm == "waitlist" else []
        waves += ["t1"] if number % 5 else []
        waves += ["t3"] if number % 5 and number % 2 else []
        for wave in waves:
            gain = EFFECT if wave in ("t1", "t3") else 0.0
            form = "ab"[(number % 2) ^ (wave == "t1")]
            stepped = {"period": PERIODS[arm][wave], "treatment": int(wave in ("t1", "t3"))}
            rows.append(person | stepped | _answers(rng, level + gain, wave, form, number))
    return [rows[place] for place in rng.permutation(len(rows))]


def _answers(rng, level, wave, form, number):
    found = {"wave": wave, "contaminated": "", "fast_page": int(number % 11 == 3)}
    if wave in ("t0", "t0b"):
        found["contaminated"] = int(number % 13 == 5)
    for name in (*SE, *AVS, *(THEN if wave == "t1" else ())):
        found[name] = int(np.clip(round(level + rng.normal(0, 0.6)), 1, 5))
    found["se_3"] = 6 - found["se_3"]
    if number % 7 == 2 and wave == "t0":
        found["avs_2"] = ""
    found["se_mean"] = (found["se_1"] + found["se_2"] + 6 - found["se_3"]) / 3
    known = [found[name] for name in AVS if found[name] != ""]
    found["avs_mean"] = sum(known) / len(known)
    if wave == "t1":
        found["se_then_mean"] = sum(found[name] for name in THEN) / 3
    if wave in BEFORE_AND_AFTER:
        for name in FORMS[form]:
            found[name] = int(rng.integers(1, 4))
        found[f"kun_{form}_sum"] = sum(found[name] == KEY[name] for name in FORMS[form])
    if wave in ("t0", "t3"):
        found["bet_0"] = 1 + int(rng.integers(0, 2))
        if found["bet_0"] == 1:
            found |= {name: int(rng.integers(0, 3)) for name in ("bet_1", "bet_2")}
            found["bet_index"] = sum(found[name] > 0 for name in ("bet_1", "bet_2"))
    return found


def files(rows, plan=None, book=BOOK):
    """data_long.csv, codebook.json and plan.json as bytes."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [entry["name"] for entry in book], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(), json.dumps({"columns": book}).encode(), json.dumps(plan or PLAN).encode()


def make_release(people=64, seed=3, plan=None):
    return release_of(*files(make_rows(people, seed), plan))
