"""Made-up answers to an open survey, for the demo: plainly by chance, with the young fewer and less at ease."""

from random import Random
from typing import Any

from kapabla.material.instruments import Item, answers_that_count
from kapabla.material.surveys import OpenSurvey, questionnaire_of, totals_of, with_places
from kapabla.material.surveys import instrument_of as asked_with
from kapabla.service import Service

SKIPPED = 0.02
# How willing each age band is to answer, beside the others.
WILLING = (0.4, 0.7, 1.0, 1.3, 0.9)


def made_up_answers(
    service: Service, survey: OpenSurvey, *, people: int, seed: int, ease: float
) -> list[dict[str, Any]]:
    """`ease`: how many answer from the better half of a question's options, 0 to 1."""
    rng = Random(seed)  # noqa: S311  (nothing of this is secret)
    instrument, questionnaire = asked_with(survey, service.material), questionnaire_of(survey, service.material)
    ages = totals_of(survey.population)["age"]
    willing = [count * WILLING[place % len(WILLING)] for place, count in enumerate(ages.values())]
    found = []
    for _ in range(people):
        age = rng.choices(list(ages), willing)[0]
        better = ease - (0.2 if age == min(ages) else 0)
        answers = {
            item.code: _answer(with_places(item, survey), rng, better)
            for item in instrument.items
            if item.is_asked and item.margin != "age" and rng.random() >= SKIPPED
        }
        answers |= _of_margins(instrument.item_of_margin("age"), age)
        found.append(answers_that_count(questionnaire, answers))
    return found


def _of_margins(item: Item | None, value: int) -> dict[str, Any]:
    return {item.code: value} if item else {}


def _answer(item: Item, rng: Random, ease: float) -> Any:
    options = [option.value for option in item.options if option.missing is None]
    if item.kind == "multi":
        return sorted(set(rng.sample(options, k=rng.choice((1, 1, 2)))))
    if item.margin == "sex":
        return rng.choices(options, [52, 46, 2][: len(options)])[0]
    if item.margin == "area":
        return rng.choice(options)
    if item.show_if is not None:
        return rng.choice(options)  # to have reported it or not is neither the better
    # The better half comes first but for trust and for yes and no, where it comes last.
    halves = options[: (len(options) + 1) // 2], options[(len(options) + 1) // 2 :]
    first_is_better = len(options) != 2 and item.code not in ("tu_polisen", "tu_kommunen")
    good, bad = halves if first_is_better else halves[::-1]
    return rng.choice(good or options) if rng.random() < (0.88 if len(options) == 2 else ease) else rng.choice(bad)
