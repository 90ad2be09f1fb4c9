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


# Steps that are no wave of their own: to begin, up to and with the start questions; and the course.
START, COURSE_SLUG = "start", "delar"

# When a wave was answered, seen from its window (E4).
Timing = Literal["early", "on_time", "late"]


class Wave(Frozen):
    """`anchor` is the day that weeks and months count from: that of the first wave, or of the completed course.

    No `window_after_days`: it waits as long as it takes. `late_days`: so long after the window a questionnaire that was
    begun in it can be finished; who has not begun is no longer asked. Answers are flagged as late, never dropped.
    """

    code: Code
    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+$")]
    label: Text
    short_label: Text  # as an event in REDCap and on the axis of a figure
    anchor: Literal["start", "completion"]
    weeks: Annotated[int, Field(ge=1)] | None = None
    months: Annotated[int, Field(ge=1)] | None = None
    window_before_days: Annotated[int, Field(ge=0)] = 0
    window_after_days: Annotated[int, Field(ge=0)] | None = None
    late_days: Annotated[int, Field(ge=0)] = 0
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

    def last_on(self, anchor_on: date) -> date | None:
        """The last day on which what was begun in the window can be finished."""
        closes = self.closes_on(anchor_on)
        return None if closes is None else closes + timedelta(days=self.late_days)

    def timing(self, anchor_on: date, on: date) -> Timing:
        closes = self.closes_on(anchor_on)
        if on < self.opens_on(anchor_on):
            return "early"
        return "late" if closes is not None and on > closes else "on_time"

    @property
    def is_before_course(self) -> bool:
        return self.anchor == "start"

    @property
    def opens_later(self) -> bool:
        """Nobody is there when it opens: a message says so by itself."""
        return bool(self.weeks or self.months)

    @property
    def is_while_waiting(self) -> bool:
        """Asked again before the course of those alone who wait for it."""
        return self.is_before_course and self.weeks is not None

    def is_for(self, arm: str) -> bool:
        return not self.arms or arm in self.arms


class Arm(Frozen):
    """`course_opens_in`: in a stepped wedge, the number of the period in which the arm crosses over to the course."""

    code: Code
    label: Text
    course_opens_in: int | None = None


class Period(Frozen):
    """A column of the stepped wedge. Its days are both within it."""

    number: Annotated[int, Field(ge=1)]
    starts_on: date
    ends_on: date


class Allocation(Frozen):
    """How arms are given by lot: to whom, balanced within which strata, in which shares and blocks."""

    unit: Literal["cohort", "person"]
    strata: tuple[Literal["municipality", "role"], ...] = ()
    ratio: dict[Code, Annotated[int, Field(ge=1)]]
    block_sizes: Annotated[tuple[Annotated[int, Field(ge=2)], ...], Field(min_length=1)]


class ParallelForms(Frozen):
    """One name in the waves' lists that stands for form A or B, by the person's form order."""

    name: Code
    forms: dict[Literal["A", "B"], Code]
    waves: tuple[Code, ...]
    orders: tuple[str, ...]

    def form_at(self, wave_code: str, form_order: str) -> str:
        is_known = form_order in self.orders and len(form_order) == len(self.waves)
        if not is_known or wave_code not in self.waves or set(self.forms) != {"A", "B"}:
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


class Retention(Frozen):
    """The day on which each class of data may be destroyed (`privacy.md` E4.1): not before, and then by decision alone.
    Their order is checked with the study."""

    identity_on: date
    study_key_on: date
    answers_on: date
    releases_on: date
    release_keys_on: date


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
    retention: Retention
    instrument_versions: dict[str, int]
    periods: tuple[Period, ...] = ()  # of a stepped wedge; with the arms they are its matrix
    allocation: Allocation | None = None
    parallel_forms: tuple[ParallelForms, ...] = ()
    # Items answered in words whose texts are released, once a person has cleared each, in a file of their own that no
    # row can be joined with. None unless the study says so (`privacy.md` C4.7).
    released_texts: tuple[Code, ...] = ()
    # Answers that others know of somebody, such as how long they have had their role, the most important first. They
    # are counted as what was seen of the course is, or withheld (decision 116).
    known_answers: tuple[Code, ...] = ()
    waves: tuple[Wave, ...]
    # By step, so many days after it began who has it left is reminded: once, twice, or never (D08).
    reminders: dict[str, Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=2)]] = {}
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
    def waves_after_course(self) -> tuple[Wave, ...]:
        return tuple(wave for wave in self.waves if wave.anchor == "completion")

    @property
    def registry_number(self) -> str | None:
        """The dnr of the ethics approval, which a release of real people needs (E1.5); None for an example."""
        written = self.facts_in("sv").get(ETHICS_FACT, "")
        return written if _REGISTRY_NUMBER.fullmatch(written) else None

    def wave(self, code: str) -> Wave:
        return _found(self.waves, "code", code)

    def arm(self, code: str) -> Arm:
        for arm in self.arms:
            if arm.code == code:
                return arm
        raise NotFound("no_such_arm", arm=code)

    def period_on(self, day: date) -> Period | None:
        return next((period for period in self.periods if period.starts_on <= day <= period.ends_on), None)

    def crosses_over_on(self, arm: str) -> date | None:
        """The first day of the period in which the arm gets the course; None outside a stepped wedge."""
        opens_in = self.arm(arm).course_opens_in
        return next((period.starts_on for period in self.periods if period.number == opens_in), None)

    def is_exposed(self, arm: str, period: Period) -> bool:
        """The cell of the matrix: whether the arm has the course in the period."""
        opens_in = self.arm(arm).course_opens_in
        return opens_in is not None and period.number >= opens_in

    def can_enrol(self, arm: str, starts_on: date) -> bool:
        """Whether a cohort of the arm may begin on that day: in a period, and before the next after it crosses over."""
        if not self.periods:
            return True
        period, opens_in = self.period_on(starts_on), self.arm(arm).course_opens_in
        return period is not None and opens_in is not None and period.number <= opens_in

    def waiting_wave(self, arm: str) -> Wave | None:
        """The wave that an arm answers while it waits; None for an arm that does not wait."""
        return next((wave for wave in self.waves if wave.is_while_waiting and wave.is_for(arm)), None)

    @property
    def arms_that_wait(self) -> tuple[str, ...]:
        """The arms that do not get the course at once, by questions in between or by the calendar."""
        return tuple(arm.code for arm in self.arms if arm.course_opens_in is not None or self.waiting_wave(arm.code))

    def wave_of_slug(self, slug: str) -> Wave:
        return _found(self.waves, "slug", slug)

    @property
    def has_waitlist(self) -> bool:
        """Whether some are asked before they get the course and others not."""
        return any(self.waiting_wave(arm.code) for arm in self.arms)

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
