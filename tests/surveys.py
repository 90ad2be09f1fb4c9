"""An open survey as the county opened it, for tests: dates around the fixed clock, places and people made up."""

import random
from datetime import date
from pathlib import Path

from kapabla.answers.open_surveys import Given, save
from kapabla.ids import new_id
from kapabla.material import default_root, load_material
from kapabla.material.survey_results import to_bytes
from kapabla.material.surveys import Count, OpenSurvey, Population, publish_survey
from kapabla.release.disclosure import Thresholds
from kapabla.release.surveys.making import make_result
from kapabla.service import Service
from kapabla.store import Store

SLUG = "vindeln-2026"
# Age band by sex, as the known totals of a municipality.
PEOPLE = {(1, 1): 340, (1, 2): 390, (2, 1): 560, (2, 2): 620, (3, 1): 510, (3, 2): 560, (4, 1): 560, (4, 2): 590,
          (5, 1): 260, (5, 2): 180}  # fmt: skip


def make_survey(**changes) -> OpenSurvey:
    counts = tuple(Count(age=age, sex=sex, people=people) for (age, sex), people in PEOPLE.items())
    population = Population(
        source="Påhittade tal", as_of=date(2025, 12, 31), retrieved_on=date(2026, 10, 1), counts=counts
    )  # fmt: skip
    told = {
        "slug": SLUG, "version": 1, "municipality": "2404", "instrument": "tu", "instrument_version": 1,
        "opens_on": date(2026, 11, 1), "closes_on": date(2026, 11, 30), "places": ("Torget", "Badstranden"),
        "population": population,
    }  # fmt: skip
    return OpenSurvey(**(told | changes))


def open_in(store: Path, **changes) -> OpenSurvey:
    survey = make_survey(**changes)
    publish_survey(Store(store), survey)
    return survey


def made_up_answers(instrument, people: int, seed: int, *, safe: float = 0.6) -> list[dict]:
    """Answers by chance: some skip, few say "other", and the young answer less. `safe`: how many feel safe."""
    rng = random.Random(seed)  # noqa: S311
    found = []
    for _ in range(people):
        values = {}
        for item in instrument.items:
            options = [option.value for option in item.options if option.missing is None]
            if rng.random() < 0.03 or (item.show_if is not None and rng.random() < 0.6):
                continue
            if item.kind == "multi":
                values[item.code] = sorted(set(rng.choices([1, 2, 900, 901], k=2)))
            elif item.code == "tu_kon":
                values[item.code] = rng.choices(options, [52, 46, 2])[0]
            elif item.code == "tu_alder":
                values[item.code] = rng.choices(options, [10, 20, 25, 30, 15])[0]
            elif item.margin == "area":
                values[item.code] = rng.choices(options, [50, 35, 15])[0]
            else:
                low = rng.random() < safe
                values[item.code] = rng.choice(options[: len(options) // 2] if low else options[len(options) // 2 :])
        found.append(values)
    return found


def put_answers(service: Service, slug: str, answers: list[dict], on: date, *, mode: str = "web") -> None:
    """Through the service that the pages and the jobs use."""
    with service.vaults.unit() as work:
        for values in answers:
            save(work.answers, new_id(), Given(slug, 1, values, {}, "sv", mode, on))


def result_without_figures(**changes) -> bytes:
    """A result of so few that nothing is shown, as it is published."""
    survey = make_survey(**changes)
    instrument = load_material(default_root()).instruments["tu", 1]
    return to_bytes(make_result(survey, instrument, [], thresholds=Thresholds(10)))
