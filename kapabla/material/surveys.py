"""An open survey of a municipality as the county opened it: in the published store, for every process to read. A change
of its days is another version; the newest of each holds."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from kapabla.errors import KapablaError
from kapabla.material.instruments.definition import Instrument, Item, Option
from kapabla.material.instruments.path import Questionnaire, QuestionnairePage
from kapabla.material.promise_editions import SignedPart
from kapabla.material.studies.questionnaire import numbered
from kapabla.material.texts import Text
from kapabla.store import Store

if TYPE_CHECKING:
    from kapabla.material.material import Material

PREFIX = "survey-"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SECONDS_AN_ITEM = 12


class Count(SignedPart):
    """Inhabitants by the options of the instrument's items of age and sex."""

    age: int
    sex: int
    people: Annotated[int, Field(ge=1)]


class Population(SignedPart):
    """Known totals: from where, of which day, fetched when."""

    source: str
    as_of: date
    retrieved_on: date
    counts: tuple[Count, ...]

    @property
    def people(self) -> int:
        return sum(count.people for count in self.counts)


class OpenSurvey(SignedPart):
    """`places`: named by the municipality, never a point on a map. `is_example`: made up, and nowhere but in a demo."""

    slug: Annotated[str, Field(pattern=SLUG, max_length=40)]
    version: Annotated[int, Field(ge=1)]
    municipality: str
    instrument: str
    instrument_version: int
    opens_on: date
    closes_on: date
    places: tuple[str, ...]
    population: Population
    is_example: bool = False

    @property
    def year(self) -> int:
        return self.closes_on.year

    def is_open(self, on: date) -> bool:
        return self.opens_on <= on <= self.closes_on


def publish_survey(store: Store, survey: OpenSurvey) -> None:
    """Once more is the same: a version never changes."""
    body = survey.model_dump_json(indent=1).encode()
    store.put_index(f"{PREFIX}{survey.slug}-{survey.version:04d}", {"document": store.put(body)})


def news_of_surveys(folder: Path) -> frozenset[str]:
    return frozenset(Store(folder).names(PREFIX))


def read_surveys(folder: Path) -> tuple[tuple[OpenSurvey, ...], tuple[str, ...]]:
    """The newest version of each, by slug, and the names of those that are not what they were: left out."""
    store, found, damaged = Store(folder), dict[str, OpenSurvey](), list[str]()
    for name in sorted(news_of_surveys(folder)):
        try:
            survey = OpenSurvey.model_validate_json(store.get((store.index(name) or {})["document"]))
            found[survey.slug] = survey
        except (KapablaError, ValidationError, KeyError):
            damaged.append(name)
    return tuple(found[slug] for slug in sorted(found)), tuple(damaged)


def instrument_of(survey: OpenSurvey, material: "Material") -> Instrument:
    return material.instruments[survey.instrument, survey.instrument_version]


def newest_instrument(material: "Material") -> Instrument:
    """The newest that has indicators and the margins that are weighted to: a survey is asked with it."""
    usable = [
        one
        for one in material.instruments.values()
        if one.indicators and all(one.item_of_margin(margin) for margin in ("age", "sex"))
    ]
    return max(usable, key=lambda one: one.version)


def questionnaire_of(survey: OpenSurvey, material: "Material") -> Questionnaire:
    """All that the survey asks: the instrument, with the places of the municipality."""
    instrument = instrument_of(survey, material)
    items = {item.code: with_places(item, survey) for item in instrument.items}
    pages = numbered(
        [
            QuestionnairePage(
                number=0, total=0, instrument_id=instrument.id, instrument_version=instrument.version, page=page,
                items=tuple(items[code] for code in page.items if items[code].enabled), groups=instrument.groups,
            )
            for page in instrument.pages
        ]
    )  # fmt: skip
    asked = sum(item.is_asked for page in pages for item in page.items)
    return Questionnaire(
        study_id=survey.slug, wave_code="", slug=survey.slug, label=instrument.title, form_order="",
        instruments=(instrument,), pages=pages, minutes=max(1, round(asked * SECONDS_AN_ITEM / 60)),
    )  # fmt: skip


def with_places(item: Item, survey: OpenSurvey) -> Item:
    if item.options_from != "survey_places":
        return item
    own = tuple(
        Option(value=number, text=Text(sv=name, sv_easy=name, en=name))
        for number, name in enumerate(survey.places, start=1)
    )
    return item.model_copy(update={"options": own + item.options})


def totals_of(population: Population) -> Mapping[str, Mapping[int, int]]:
    """By margin and option: how many people.

    >>> of = Population(source="x", as_of=date(2025, 12, 31), retrieved_on=date(2026, 1, 1), counts=(
    ...     Count(age=1, sex=1, people=3), Count(age=1, sex=2, people=4)))
    >>> totals_of(of)
    {'age': {1: 7}, 'sex': {1: 3, 2: 4}}
    """
    totals: dict[str, dict[int, int]] = {"age": {}, "sex": {}}
    for count in population.counts:
        for margin, option in (("age", count.age), ("sex", count.sex)):
            totals[margin][option] = totals[margin].get(option, 0) + count.people
    return totals
