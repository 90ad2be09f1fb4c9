"""A synthetic population that walks the real services through every wave. Marked as test people from the first row.

What it draws is returned as the truth, so that an analysis can be held against it. Same seed, same answers.
"""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from kapabla import bridge
from kapabla.answers import consents, journey, progress, saving
from kapabla.answers.standing import Standing, read_standing
from kapabla.identity import entry
from kapabla.identity.entry import Entrant
from kapabla.identity.meetings import OpenMeeting
from kapabla.journals import Journal
from kapabla.material import Course, Study
from kapabla.material.courses.definition import CheckStep, ScenarioStep
from kapabla.material.instruments import (
    FIXED,
    Item,
    Questionnaire,
    QuestionnairePage,
    answers_that_count,
    in_order,
    pages_to_show,
    read_page,
)
from kapabla.material.instruments.ranking import entry as entry_in_form
from kapabla.material.instruments.rules import Answers
from kapabla.material.studies.consent_values import consent_values
from kapabla.service import Service
from kapabla.vaults import Work

# How much more sure of themselves people become, in steps of a five-point scale: the effect that is planted.
DEFAULT_EFFECT = 0.6
DEFAULT_ATTRITION = 0.2
RETEST_DROP = 0.15
# Afterwards people judge what they could before lower than they did then.
THEN_SHIFT = -0.2
# Of those who wait, how many answer again; of those at the last questions, how many put them away and finish late.
ANSWERS_WHILE_WAITING = 0.85
FINISHES_LATE, LATE_DAYS = 0.05, 16


@dataclass(frozen=True)
class Draw:
    """One person's hidden truth. `stops_after` is the last step taken: opened, fore, modules, efter, uppf3 …

    `meeting` is one that the person comes to, where so many of the parts are worked through together.
    """

    level: float
    gain: float
    says_yes: bool
    wants_follow_up: bool
    stops_after: str
    starts_on: date
    meeting: OpenMeeting | None = None
    together: int = 0


@dataclass
class Truth:
    people: int = 0
    said_yes: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    gains: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        mean = sum(self.gains) / len(self.gains) if self.gains else None
        return {"people": self.people, "said_yes": self.said_yes, "sent": dict(self.sent), "mean_gain_drawn": mean}


class Simulator:
    """Walks entrants one by one. All chance comes from one seeded generator."""

    def __init__(self, service: Service, *, seed: int, today: date, effect: float, attrition: float) -> None:
        self._service = service
        self._random = random.Random(seed)  # noqa: S311  (reproducible, and protects nothing)
        self._today = today
        self._effect = effect
        self._attrition = attrition
        self.truth = Truth()
        data_dir = service.config.data_dir
        self._trail = bridge.Trail(
            service.identity_chain, service.answers_chain, Journal(data_dir, "identity"), Journal(data_dir, "answers")
        )

    def draw(self, starts_on: date) -> Draw:
        chance = self._random
        stops = chance.random()
        stops_after = (
            "opened" if stops < self._attrition * 0.25
            else "fore" if stops < self._attrition * 0.5
            else "modules" if stops < self._attrition
            else "end"
        )  # fmt: skip
        return Draw(
            level=chance.gauss(2.9, 0.6),
            gain=chance.gauss(self._effect, 0.35),
            says_yes=chance.random() < 0.88,
            wants_follow_up=chance.random() < 0.85,
            stops_after=stops_after,
            starts_on=starts_on + timedelta(days=chance.randrange(0, 10)),
        )

    def walk(self, entrant: Entrant, drawn: Draw) -> None:
        """As far as this person goes before today. One unit of work a person, as the web has one a request."""
        study = self._service.material.studies[entrant.study]
        course = self._service.material.courses[study.course.id, study.course.version]
        self.truth.people += 1
        with self._service.vaults.unit() as work:
            walker = _Walker(self, work, study, course, entrant, drawn)
            walker.go()
            # Today's round by the calendar (`jobs.steps`), for whoever is walked after it.
            for slug in bridge.closed_steps(work, self._service.keys, study, course, [entrant], self._today):
                entry.mark_over(work.identity, entrant.person_id, slug)

    @property
    def service(self) -> Service:
        return self._service

    @property
    def chance(self) -> random.Random:
        return self._random

    @property
    def today(self) -> date:
        return self._today

    @property
    def trail(self) -> bridge.Trail:
        return self._trail


class _Walker:
    def __init__(
        self, simulator: Simulator, work: Work, study: Study, course: Course, entrant: Entrant, drawn: Draw
    ) -> None:
        self.sim, self.work, self.study, self.course = simulator, work, study, course
        self.entrant, self.drawn = entrant, drawn
        self.subject = ""
        self.day = drawn.starts_on
        self.steps = 0
        self.given: dict[str, Answers] = {}

    def go(self) -> None:
        entry.mark_over(self.work.identity, self.entrant.person_id, "opened")
        self.subject = bridge.place(self.work, self.sim.service.keys, self.entrant)
        if self.drawn.stops_after == "opened" or self.day > self.sim.today:
            return
        self._choose()
        if self.drawn.says_yes and not self._answer("t0"):
            return
        if self.drawn.stops_after == "fore" or not self._wait():
            return
        if not self._take_course() or self.drawn.stops_after == "modules" or not self.drawn.says_yes:
            return
        self.day += timedelta(days=self.sim.chance.randrange(0, 5))
        completed = self.day
        self._answer("t1", pause=LATE_DAYS if self.sim.chance.random() < FINISHES_LATE else 0)
        self._answer_follow_ups(completed)

    def _choose(self) -> None:
        yes = self.drawn.says_yes
        material = self.sim.service.material
        text = material.consents[self.study.consent.id, self.study.consent.version]
        document = text.document("sv", consent_values(self.study, material), with_waitlist=self.study.has_waitlist)
        bridge.record_choices(
            self.work, self.sim.service.keys, self.sim.trail, self.entrant,
            {1: yes, 2: yes and self.drawn.wants_follow_up, 3: yes and self.sim.chance.random() < 0.7},
            text=consents.ConsentText(text.id, text.version, "sv", document), wave="t0", channel="web",
            at=datetime.combine(self.day, time(12), tzinfo=UTC),
        )  # fmt: skip
        entry.mark_over(self.work.identity, self.entrant.person_id, "kontakt")
        if yes:
            self.sim.truth.said_yes += 1
            self.sim.truth.gains.append(self.drawn.gain)
        else:
            entry.mark_over(self.work.identity, self.entrant.person_id, "fore")

    def _wait(self) -> bool:
        """Who waits answers again in the time for it, or not, and comes to the course when it opens."""
        wave = self.study.waiting_wave(self.entrant.arm)
        opens_on = journey.waiting_questions_open_on(self.study, self._standing())
        if wave is not None and opens_on is not None and self.sim.chance.random() < ANSWERS_WHILE_WAITING:
            self.day = opens_on + timedelta(days=self.sim.chance.randrange(0, 14))
            if not self._answer(wave.code):
                return False
        self.day = max(self.day, journey.course_opens_on(self.study, self._standing()) or self.day)
        return True

    def _standing(self) -> Standing:
        return read_standing(self.work.answers, self.subject, bridge.terms_of(self.entrant))

    def _answer(self, wave: str, pause: int = 0) -> bool:
        """Answer and send in one wave, with a pause of days after its first page. False where it is not open."""
        standing = self._standing()
        if self.day > self.sim.today or journey.open_wave(self.study, self.course, standing, self.day) != wave:
            return False
        study_key = self.sim.service.keys.get("study", self.study.id)
        form_order, seed = bridge.form_order(study_key, self.subject), bridge.order_seed(study_key, self.subject)
        questionnaire = in_order(self.study.questionnaire(self.sim.service.material, wave, form_order), seed)
        values: dict[str, int | float | str | list[int]] = {}
        for number in range(1, len(questionnaire.pages) + 1):
            form: dict[str, list[str] | None] = {}
            # As in the web: a page that its own answers gave more to ask is shown again, with what was given.
            while page := self._page_with_more(questionnaire, number, values, form):
                form |= {item.code: self._reply(item, wave) for item in page.items if item.code not in form}
                values |= self._save(questionnaire, page, form, seed)
            if form:
                self.day, pause = self.day + timedelta(days=pause), 0
                if self.day > self.sim.today:
                    return False
        self.given[wave] = answers_that_count(questionnaire, values, self.given)
        saving.send_in(self.work.answers, self.subject, wave, on=self.day)
        if wave == journey.BEFORE:
            entry.mark_over(self.work.identity, self.entrant.person_id, questionnaire.slug)
        self.sim.truth.sent[wave] += 1
        return True

    def _page_with_more(
        self, questionnaire: Questionnaire, number: int, values: Answers, asked: Collection[str]
    ) -> QuestionnairePage | None:
        pages = pages_to_show(questionnaire, values, self.given)
        page = next((page for page in pages if page.number == number), None)
        return page if page and any(item.code not in asked for item in page.items) else None

    def _save(
        self, questionnaire: Questionnaire, page: QuestionnairePage, form: Mapping[str, list[str] | None], seed: int
    ) -> dict[str, int | float | str | list[int]]:
        read = read_page(page, {code: answer for code, answer in form.items() if answer})
        saving.save_page(
            self.work.answers, self.subject, f"sim-{questionnaire.wave_code}-{page.number}-{len(form)}",
            saving.PageSave(
                wave=questionnaire.wave_code, page=page.number, instrument=page.instrument_id,
                instrument_version=page.instrument_version, values=read.values,
                missing={code: reason.slug for code, reason in read.missing.items()}, language="sv", mode="web",
                device=self.sim.chance.choice(("phone", "other")), on=self.day,
                duration_seconds=self.sim.chance.randrange(20, 240),
                seed=seed if questionnaire.instrument(page.instrument_id).is_random else FIXED,
            ),
            read.texts,
        )  # fmt: skip
        return read.values

    def _reply(self, item: Item, wave: str) -> list[str] | None:
        """A plausible answer: the person's level, the gain after the course, some noise, now and then a blank."""
        chance = self.sim.chance
        if item.is_text or not item.is_asked or item.kind == "date":
            return None
        if chance.random() < 0.02:
            return None
        if item.may_decline and chance.random() < 0.01:
            return ["-94"]
        if item.confirms:
            return self._confirm(item)
        if item.kind == "knowledge":
            ability = 0.45 + (0.2 if wave != "t0" else 0.0) + (self.drawn.level - 2.9) * 0.1
            wrong = [option.value for option in item.options if option.value != item.correct]
            return [str(item.correct if chance.random() < ability else chance.choice(wrong))]
        if item.kind == "number":
            return [str(chance.randint(item.minimum or 0, item.maximum or 0))]
        if item.kind == "rank":
            order = chance.sample([option.value for option in item.options], item.places_to_give)
            return [entry_in_form(option, place) for place, option in enumerate(order, start=1)]
        return [str(self._on_scale(item, wave))]

    def _confirm(self, item: Item) -> list[str] | None:
        known = self.entrant.role if item.confirms == "role" else self.entrant.municipality
        return next(([str(option.value)] for option in item.options if option.code == known), None)

    def _on_scale(self, item: Item, wave: str) -> int:
        values = sorted(item.scored_values)
        if len(values) != 5 or item.quasi_identifier:
            return self.sim.chance.choice(values)
        is_before = self.study.wave(wave).is_before_course
        gain = 0.0 if is_before else self.drawn.gain
        if not is_before and wave != "t1":
            gain -= RETEST_DROP
        level = self.drawn.level + (THEN_SHIFT if item.then_of else gain)
        if item.reversed:
            level = values[0] + values[-1] - level
        return min(values[-1], max(values[0], round(level + self.sim.chance.gauss(0, 0.7))))

    def _take_course(self) -> bool:
        self._attend()
        for place, module in enumerate(self.course.modules):
            pause = self.sim.chance.randrange(0, 4)
            self.day += timedelta(days=pause if place >= self.drawn.together else 0)
            if self.day > self.sim.today:
                return False
            steps = [module.step(place.number, self.entrant.role or "") for place in module.steps]
            self._record([event for step in steps for event in self._events_of(module.number, step)])
        entry.mark_over(self.work.identity, self.entrant.person_id, "delar")
        return True

    def _attend(self) -> None:
        """The parts are not begun before the meeting; one that has not been held yet is not waited for."""
        meeting = self.drawn.meeting
        if meeting is not None and self.day <= meeting.held_on <= self.sim.today:
            self.day = meeting.held_on
            bridge.attend(self.work, self.sim.service.keys, self.entrant, meeting)

    def _events_of(self, module: int, step: object) -> Iterator[progress.Event]:
        number: int = step.number  # type: ignore[attr-defined]
        if isinstance(step, ScenarioStep):
            node = step.scenario.node(step.scenario.start)
            while node and node.choices:
                choice = self.sim.chance.choice(node.choices)
                yield progress.Event("choice", module, number, node.id, choice.code)
                node = step.scenario.node(choice.next) if choice.next else None
        if isinstance(step, CheckStep):
            for question in step.questions:
                picked = str(self.sim.chance.randrange(len(question.options)))
                yield progress.Event("answer", module, number, question.code, picked)
        yield progress.Event("read", module, number)

    def _record(self, events: Sequence[progress.Event]) -> None:
        keyed = {f"sim-step-{self.steps + n}": event for n, event in enumerate(events, start=1)}
        self.steps += len(events)
        progress.record_events(
            self.work.answers, self.subject, keyed, course=self.course.id, course_version=self.course.version,
            on=self.day,
        )  # fmt: skip

    def _answer_follow_ups(self, completed: date) -> None:
        for wave in self.study.waves:
            if wave.months and self.sim.chance.random() > 0.25:
                self.day = wave.target_on(completed) + timedelta(days=self.sim.chance.randrange(0, 14))
                if not self._answer(wave.code) and self.day > self.sim.today:
                    return
