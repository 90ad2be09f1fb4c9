"""A synthetic population that walks the real services through every wave. Marked as test people from the first row.

What it draws is returned as the truth, so that an analysis can be held against it. Same seed, same answers.
"""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

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
# So few of a trade in a municipality are known to everybody there.
RARE = 5
# Afterwards people judge what they could before lower than they did then.
THEN_SHIFT = -0.2
# What a trade adds to the effect: planted, so that an analysis by trade has something to find, or nothing.
GAIN_OF_ROLE = {"hairdresser": 0.25, "shopkeeper": 0.1, "hunter": -0.2, "driver": -0.25}
# Some hurry and give the same answer to everything; some leave much out. Most leave out now and then.
CARELESS, OFTEN_BLANK = 0.04, 0.05
# How far answers lie from the level, and within how many of those spreads the row that asks for one answer is read: for
# 99 of 100.
SPREAD, READS_WITH_CARE = 0.7, 2.58
BLANKS, MANY_BLANKS = 0.02, 0.25
FOLLOW_UP_MISSED = 0.25
# What some write where there is room: who is meant can be told, and no release may hold it.
COMMENTS = (
    "Tack, det var bra.",
    "Min granne Testa Exempelberg i Granö borde ha varit med.",
    "Ring mig på 070-174 06 05 om det.",
    "Skriv till prova.lund@example.com.",
    "Det gäller 19121212-1212 som bor på Storgatan 3.",
)
# Of those who wait, how many answer again; of those at the last questions, how many put them away and finish late.
ANSWERS_WHILE_WAITING = 0.85
FINISHES_LATE, LATE_DAYS = 0.05, 16


@dataclass(frozen=True)
class Draw:
    """One person's hidden truth. `stops_after` is the last step taken: opened, fore, modules, end. `leaves`: what is
    withdrawn at the end of the walk, as the journals call it; nothing for most. `meeting` is one that the person comes
    to, where so many of the parts are worked through together."""

    level: float
    gain: float
    says_yes: bool
    wants_follow_up: bool
    stops_after: str
    starts_on: date
    meeting: OpenMeeting | None = None
    together: int = 0
    is_careless: bool = False
    blanks: float = BLANKS
    leaves: str = ""


@dataclass
class Known:
    """What is true of one person, whatever a release tells. `answers`: wave -> item -> value, those that count."""

    role: str | None
    municipality: str | None
    is_protected: bool
    said_yes: bool = False
    gain: float = 0.0
    is_careless: bool = False
    leaves_blanks: bool = False
    left: str = ""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)

    @property
    def is_in_release(self) -> bool:
        return self.said_yes and not self.left and bool(self.answers)


@dataclass
class Truth:
    """What was drawn, by subject."""

    known: dict[str, Known] = field(default_factory=dict)
    comments: int = 0

    @property
    def people(self) -> int:
        return len(self.known)

    def as_json(self) -> dict[str, object]:
        everybody = list(self.known.values())
        yes = [one for one in everybody if one.said_yes]
        return {
            "people": len(everybody),
            "said_yes": len(yes),
            "sent": dict(Counter(wave for one in everybody for wave in one.sent)),
            "mean_gain_drawn": _mean(yes),
            "mean_gain_by_role": {
                role: _mean([one for one in yes if one.role == role])
                for role in sorted({one.role or "" for one in yes})
            },
            "careless": sum(one.is_careless for one in everybody),
            "often_blank": sum(one.leaves_blanks for one in everybody),
            "protected": sum(one.is_protected for one in everybody),
            "left": dict(Counter(one.left for one in everybody if one.left)),
            "comments_with_identities": self.comments,
            "rare_cells": {
                f"{role}@{place}": count
                for (role, place), count in sorted(
                    Counter((o.role or "", o.municipality or "") for o in everybody).items()
                )
                if count < RARE and role and place
            },
            "in_release": sum(one.is_in_release for one in everybody),
            # By content: the order says nothing of who came when.
            "answers": sorted((one.answers for one in everybody if one.is_in_release), key=str),
        }


def _mean(known: Sequence[Known]) -> float | None:
    return sum(one.gain for one in known) / len(known) if known else None


class Simulator:
    """Walks entrants one by one. All chance comes from one seeded generator."""

    def __init__(self, service: Service, *, seed: int, today: date, effect: float, attrition: float) -> None:
        self._service = service
        self._random = random.Random(seed)  # noqa: S311  (reproducible, and protects nothing)
        self._today = today
        self._effect = effect
        self._attrition = attrition
        self.truth = Truth()
        self._trail = trail_of(service)

    def draw(self, starts_on: date, role: str | None, *, is_certain: bool = False, leaves: str = "") -> Draw:
        """is_certain: says yes, and goes all the way."""
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
            gain=chance.gauss(self._effect + GAIN_OF_ROLE.get(role or "", 0.0), 0.35),
            says_yes=chance.random() < 0.88 or is_certain,
            wants_follow_up=chance.random() < 0.85,
            stops_after="end" if is_certain else stops_after,
            starts_on=starts_on + timedelta(days=chance.randrange(0, 10)),
            is_careless=chance.random() < CARELESS,
            blanks=MANY_BLANKS if chance.random() < OFTEN_BLANK else BLANKS,
            leaves=leaves,
        )

    def walk(self, entrant: Entrant, drawn: Draw) -> None:
        """As far as this person goes before today. One unit of work a person, as the web has one a request."""
        study = self._service.material.studies[entrant.study]
        course = self._service.material.courses[study.course.id, study.course.version]
        with self._service.vaults.unit() as work:
            walker = _Walker(self, work, study, course, entrant, drawn)
            walker.go()
            if walker.known.left == "all_erase":
                return
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


def leave(service: Service, work: Work, entrant: Entrant, trail: bridge.Trail, kind: str, today: date) -> None:
    """As on the own page. kind: research or all, with `_erase` where the answers are removed too."""
    scope, _, erase = kind.partition("_")
    bridge.withdraw(
        work, service.keys, trail, entrant, scope=scope, erase=bool(erase),
        at=datetime.combine(today, time(12), tzinfo=UTC),
    )  # fmt: skip


def trail_of(service: Service) -> bridge.Trail:
    data_dir = service.config.data_dir
    return bridge.Trail(
        service.identity_chain, service.answers_chain, Journal(data_dir, "identity"), Journal(data_dir, "answers")
    )


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
        self.known = Known(
            entrant.role, entrant.municipality, entrant.is_protected, gain=drawn.gain, is_careless=drawn.is_careless,
            leaves_blanks=drawn.blanks > BLANKS,
        )  # fmt: skip

    def go(self) -> None:
        entry.mark_over(self.work.identity, self.entrant.person_id, "opened")
        self.subject = bridge.place(self.work, self.sim.service.keys, self.entrant)
        self.sim.truth.known[self.subject] = self.known
        self._walk()
        if self.drawn.leaves:
            leave(self.sim.service, self.work, self.entrant, self.sim.trail, self.drawn.leaves, self.sim.today)
            self.known.left = self.drawn.leaves

    def _walk(self) -> None:
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
        self.known.said_yes = yes
        if not yes:
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
                self.known.answers[wave] = dict(answers_that_count(questionnaire, values, self.given))
            if form:
                self.day, pause = self.day + timedelta(days=pause), 0
                if self.day > self.sim.today:
                    return False
        self.given[wave] = answers_that_count(questionnaire, values, self.given)
        saving.send_in(self.work.answers, self.subject, wave, on=self.day)
        if wave == journey.BEFORE:
            entry.mark_over(self.work.identity, self.entrant.person_id, questionnaire.slug)
        self.known.sent.append(wave)
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
                duration_seconds=1 if self.drawn.is_careless else self.sim.chance.randrange(20, 240),
                seed=seed if questionnaire.instrument(page.instrument_id).is_random else FIXED,
            ),
            read.texts,
        )  # fmt: skip
        return read.values

    def _reply(self, item: Item, wave: str) -> list[str] | None:
        """A plausible answer: the person's level, the gain after the course, some noise, now and then a blank."""
        chance = self.sim.chance
        if item.is_text:
            return self._comment(item)
        if not item.is_asked or item.kind == "date" or chance.random() < self.drawn.blanks:
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

    def _comment(self, item: Item) -> list[str] | None:
        if not item.enabled or item.kind != "long_text":
            return None
        place = self.sim.chance.randrange(len(COMMENTS))
        self.sim.truth.comments += place > 0
        return [COMMENTS[place]]

    def _confirm(self, item: Item) -> list[str] | None:
        known = self.entrant.role if item.confirms == "role" else self.entrant.municipality
        return next(([str(option.value)] for option in item.options if option.code == known), None)

    def _on_scale(self, item: Item, wave: str) -> int:
        values = sorted(item.scored_values)
        if len(values) != 5 or item.quasi_identifier:
            return self.sim.chance.choice(values)
        if self.drawn.is_careless:
            return values[1]
        is_before = self.study.wave(wave).is_before_course
        gain = 0.0 if is_before else self.drawn.gain
        if not is_before and wave != "t1":
            gain -= RETEST_DROP
        level = self.drawn.level + (THEN_SHIFT if item.then_of else gain)
        if item.reversed:
            level = values[0] + values[-1] - level
        noise = self.sim.chance.gauss(0, SPREAD)
        if item.correct is not None and abs(noise) < READS_WITH_CARE * SPREAD:
            return int(item.correct)
        return min(values[-1], max(values[0], round(level + noise)))

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
            if wave.months and self.sim.chance.random() > FOLLOW_UP_MISSED:
                self.day = wave.target_on(completed) + timedelta(days=self.sim.chance.randrange(0, 14))
                if not self._answer(wave.code) and self.day > self.sim.today:
                    return
