"""Small releases for tests: every kind of column, every reason for missing, and letters that encodings break."""

import random
from datetime import date

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Person
from kapabla.release.documents.about import About

WAVES = ("t0", "t0b", "t1", "t3")
ARMS = {"t0b": ("waitlist",)}
ABOUT = About(
    release="2026-11-25-1", study="kapabla-2026", study_title={"sv": "Kapabla 2026", "en": "Kapabla 2026"},
    organisation="Länsstyrelsen Västerbotten", purpose="evaluation", is_test=True, built_on=date(2026, 11, 25),
    people=12, min_cell=5,
)  # fmt: skip


def label(text):
    return {"sv": text, "en": f"{text} (en)"}


AGREE = {
    1: "Håller inte alls med",
    2: "Håller delvis inte med",
    3: "Varken eller",
    4: "Håller delvis",
    5: "Håller helt",
}
COLUMNS = (
    ColumnSpec("record_id", Kind.ID, label("Id")),
    ColumnSpec("wave", Kind.WAVE, label("Mättillfälle"), categories={wave: wave.upper() for wave in WAVES}),
    ColumnSpec("weeks_since_training", Kind.WEEKS, label("Veckor"), missing=(MissingReason.NOT_REACHED,)),
    ColumnSpec("municipality", Kind.PLACE, label("Kommun"), categories={"2404": "Vindeln", "2409": "Robertsfors"},
               is_quasi_identifier=True, importance=1, missing=(MissingReason.WITHHELD,)),
    ColumnSpec("arm", Kind.PLACE, label("Arm"), categories={"direct": "Genast", "waitlist": "Väntar"}),
    ColumnSpec("se_1", Kind.CATEGORY, label("Jag vågar fråga, ”även” när det känns svårt"), categories=AGREE, minimum=1,
               maximum=5, is_ordered=True, missing=tuple(MissingReason), construct="självtillit"),
    ColumnSpec("bak_3", Kind.CATEGORY, label("Ålder"), categories={12: "Under 50 år", 34: "50 år eller äldre"},
               waves=("t0",), minimum=12, maximum=34, missing=(MissingReason.DECLINED, MissingReason.WITHHELD)),
    ColumnSpec("hinder___1", Kind.FLAG, label("Tid; =kostnad"), categories={0: "Inte valt", 1: "Valt"},
               part_of="hinder", waves=("t0", "t3"), minimum=0, maximum=1, missing=(MissingReason.SKIPPED,)),
    ColumnSpec("se_mean", Kind.SCORE, label("Självtillit, medel"), minimum=1, maximum=5, waves=("t0", "t1", "t3"),
               missing=(MissingReason.SKIPPED,)),
)  # fmt: skip


def make_dataset(people=12, seed=1):
    rng = random.Random(seed)  # noqa: S311
    rows = []
    for number in range(people):
        arm = rng.choice(["direct", "waitlist"])
        place = rng.choice(["2404", "2409", MissingReason.WITHHELD])
        for wave in WAVES:
            if wave != "t0" and (rng.random() < 0.3 or (wave == "t0b" and arm == "direct")):
                continue
            rows.append(_row(rng, f"KP{number:04d}", wave, arm, place))
    return Dataset(COLUMNS, tuple(rows), WAVES, ARMS)


def _row(rng, record_id, wave, arm, place):
    free = {
        "record_id": record_id, "wave": wave, "arm": arm, "municipality": place,
        "weeks_since_training": rng.choice([-3, 0, 26, MissingReason.NOT_REACHED]),
        "se_1": rng.choice([1, 2, 3, 4, 5, *MissingReason]),
        "bak_3": rng.choice([12, 34, MissingReason.DECLINED, MissingReason.WITHHELD]),
        "hinder___1": rng.choice([0, 1, MissingReason.SKIPPED]),
        "se_mean": rng.choice([1.0, 10 / 3, 4.1, 0.1 + 2.2, MissingReason.SKIPPED]),
    }  # fmt: skip
    if free["se_1"] in (MissingReason.NOT_REACHED, MissingReason.NOT_SHOWN):
        free["weeks_since_training"] = 5  # a row leaves a trace of itself
    return {c.name: free[c.name] if not c.waves or wave in c.waves else MissingReason.NOT_SHOWN for c in COLUMNS}


ROLES = {"hairdresser": 20, "postal": 10, "shopkeeper": 15, "vet": 2, "hunter": 14, "sports_leader": 18, "driver": 8}
WAVES_TAKEN = ("t0", "t1", "t3", "t6")


def make_people(count, seed, places=("2404", "2409")):
    """People as the builder hands them over: some blanks, some who leave, ten rare roles in small places among 250."""
    rng = random.Random(seed)  # noqa: S311
    people = []
    for _ in range(count):
        values = {
            "role": rng.choices(list(ROLES), list(ROLES.values()))[0],
            "bak_3": rng.choices(["1", "2", "3", "4", None], [20, 35, 30, 13, 2])[0],
            "bak_4": rng.choices(["1", "2", "3", "declined"], [60, 36, 2, 2])[0],
            "municipality": rng.choice(places),
            "cohort": f"C{rng.randrange(6)}",
        }
        waves = ["t0"]
        while len(waves) < len(WAVES_TAKEN) and rng.random() > 0.2:
            waves.append(WAVES_TAKEN[len(waves)])
        sensitive = {f"hin_8@{wave}": rng.randint(1, 5) for wave in waves if rng.random() < 0.95}
        people.append(Person(values, frozenset(waves), sensitive))
    return people
