"""Who is asked what, when, under which consent; and the questionnaire that follows from it for one wave."""

import calendar
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from kapabla.errors import NotFound
from kapabla.material.instruments.definition import Code, Status
from kapabla.material.instruments.path import Questionnaire
from kapabla.material.texts import Frozen, Language, Text, languages_of

if TYPE_CHECKING:
    from kapabla.material.material import Material

# As Etikprövningsmyndigheten writes them; an example in brackets is none.
_REGISTRY_NUMBER = re.compile(r"20\d\d-\d{5}(-\d\d)?")
ETHICS_FACT = "etik_dnr"


class Wave(Frozen):
    """`anchor` is the day that weeks and months count from. No `window_after_days`: open until the course begins."""

    code: Code
    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+$")]
    label: Text
    short_label: Text  # as an event in REDCap and on the axis of a figure
    anchor: Literal["start", "completion"]
    weeks: int | None = None
    months: int | None = None
    window_before_days: int = 0
    window_after_days: int | None = None
    arms: tuple[Code, ...] = ()  # empty: all
    needs_choice: Code | None = None  # a consent choice beyond taking part in the research
    instruments: tuple[Code, ...]

    def target_on(self, anchor_on: date) -> date:
        """Three months after 30 November is the last of February."""
        months = anchor_on.month - 1 + (self.months or 0)
        year, month = anchor_on.year + months // 12, months % 12 + 1
        day = min(anchor_on.day, calendar.monthrange(year, month)[1])
        return date(year, month, day) + timedelta(weeks=self.weeks or 0)

    def opens_on(self, anchor_on: date) -> date:
        return self.target_on(anchor_on) - timedelta(days=self.window_before_days)

    def closes_on(self, anchor_on: date) -> date | None:
        """The last day on which the wave can be answered."""
        if self.window_after_days is None:
            return None
        return self.target_on(anchor_on) + timedelta(days=self.window_after_days)

    def is_for(self, arm: str) -> bool:
        return not self.arms or arm in self.arms


class Arm(Frozen):
    code: Code
    label: Text


class ParallelForms(Frozen):
    """One name in the waves' lists that stands for form A or B, by the person's form order."""

    name: Code
    forms: dict[Literal["A", "B"], Code]
    waves: tuple[Code, ...]
    orders: tuple[str, ...]

    def form_at(self, wave_code: str, form_order: str) -> str:
        if form_order not in self.orders or wave_code not in self.waves:
            raise NotFound("no_such_form", wave=wave_code, form_order=form_order)
        letter: Literal["A", "B"] = "A" if form_order[self.waves.index(wave_code)] == "A" else "B"
        return self.forms[letter]


class Reference(Frozen):
    id: str
    version: int


class Estimates(Frozen):
    """Seconds, to be measured in the pilot: for "ungefär {tid}", and for the flag `fast_page`."""

    seconds_per_item: int
    seconds_per_knowledge_item: int
    fast_seconds_per_item: int


class Study(Frozen):
    id: str
    status: Status
    title: Text
    course: Reference
    consent: Reference
    arms: tuple[Arm, ...]
    municipalities: tuple[str, ...]
    quasi_identifiers: tuple[str, ...]  # in order of importance: the last is blanked first
    sensitive: tuple[Code, ...]
    primary_outcome: Code
    estimates: Estimates
    instrument_versions: dict[str, int]
    parallel_forms: tuple[ParallelForms, ...] = ()
    waves: tuple[Wave, ...]
    # Where the study plans interviews: may the person be asked? Kept with the contact details, never with the answers.
    interview_question: Text | None = None
    # Decisions that the consent text names: dates, numbers, the lawyers' sentences. A string is for every language.
    facts: dict[str, str | Text] = {}

    def facts_in(self, language: Language) -> dict[str, str]:
        return {name: fact if isinstance(fact, str) else fact.get(language) for name, fact in self.facts.items()}

    @property
    def fact_languages(self) -> tuple[Language, ...]:
        return languages_of(self.facts)

    @property
    def registry_number(self) -> str | None:
        """The dnr of the ethics approval, which a release of real people needs (E1.5); None for an example."""
        written = self.facts_in("sv").get(ETHICS_FACT, "")
        return written if _REGISTRY_NUMBER.fullmatch(written) else None

    def wave(self, code: str) -> Wave:
        return _found(self.waves, "code", code)

    def wave_of_slug(self, slug: str) -> Wave:
        return _found(self.waves, "slug", slug)

    @property
    def has_waitlist(self) -> bool:
        """Whether some are asked before they get the course and others not."""
        return any(wave.arms for wave in self.waves)

    @property
    def form_orders(self) -> tuple[str, ...]:
        return self.parallel_forms[0].orders if self.parallel_forms else ()

    def instrument_ids(self, wave_code: str, form_order: str) -> tuple[str, ...]:
        pairs = {pair.name: pair for pair in self.parallel_forms}
        return tuple(
            pairs[name].form_at(wave_code, form_order) if name in pairs else name
            for name in self.wave(wave_code).instruments
        )

    def questionnaire(self, material: "Material", wave_code: str, form_order: str) -> Questionnaire:
        return material.questionnaire(self, wave_code, form_order)


def _found(waves: tuple[Wave, ...], key: str, value: str) -> Wave:
    for wave in waves:
        if getattr(wave, key) == value:
            return wave
    raise NotFound("no_such_wave", wave=value)
