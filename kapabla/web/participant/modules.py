"""The course: the list of modules (P11), reading (P12), scenarios (P13) and knowledge checks (P14).

Choices and answers travel by POST and stand in no address: somebody may read the browser's history.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.answers import journey, progress
from kapabla.answers.progress import Event
from kapabla.answers.standing import Standing
from kapabla.identity import entry, meetings
from kapabla.ids import new_id
from kapabla.material.courses.definition import CheckStep, Course, Module, ScenarioStep, Step
from kapabla.web import language, module_page
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.questions import KEY_FIELD
from kapabla.web.participant.session import Participant, needs_session, participant, today
from kapabla.web.unit_of_work import work

ADDRESS = "/delar"
_KEY = re.compile(r"^[a-z0-9-]{8,36}$")


@dataclass(frozen=True)
class Reading:
    """A step of a module as this participant meets it."""

    me: Participant
    course: Course
    module: Module
    step: Step
    standing: Standing
    address: str = ADDRESS

    @property
    def number(self) -> int:
        return self.step.number

    @property
    def first_text(self) -> int:
        """The page that says what the module is for."""
        return next((step.number for step in self.module.steps if step.kind == "text"), 0)

    @property
    def total(self) -> int:
        return len(self.module.steps)

    @property
    def following(self) -> str:
        if self.number < self.total:
            return url_for("participant.module_step", module=self.module.number, number=self.number + 1)
        return url_for("participant.module_done", module=self.module.number)


@blueprint.get("/delar")
@needs_session
def module_list() -> ResponseReturnValue:
    me = participant()
    standing = me.standing()
    if standing.has_chosen and journey.is_waiting(me.study, standing, today()):
        return _waiting_page(me, standing)
    if not journey.course_is_open(me.study, standing, today()):
        return redirect(url_for("participant.continue_journey"), 303)
    course = me.course
    language.narrow(course.languages)
    rows = [_row(module, standing.progress) for module in course.modules]
    done = sum(row["state"] == "done" for row in rows)
    wave = journey.open_wave(me.study, me.course, standing, today())
    return render_template(
        "participant/modules.html", course=course, rows=rows, done=done, standing=standing,
        next_module=next((row for row in rows if row["state"] != "done"), None),
        open_slug=me.study.wave(wave).slug if wave else None,
        end_state=journey.end_state(me.study, me.course, standing, today()),
        is_welcome="ny" in request.args and not standing.in_research,
        meeting_is_held=meetings.is_held_for(work().identity, me.entrant.cohort_id, on=today()),
        was_there=today() in standing.attended, all_done=journey.course_is_over(course, standing.progress),
    )  # fmt: skip


def _waiting_page(me: Participant, standing: Standing) -> ResponseReturnValue:
    """What happens next and about when, for who waits for the course (E6). Not a word of what it teaches."""
    wave = journey.open_wave(me.study, me.course, standing, today())
    if wave == journey.BEFORE:
        return redirect(url_for("participant.continue_journey"), 303)
    return render_template(
        "participant/waiting.html", open_slug=me.study.wave(wave).slug if wave else None,
        questions_open=journey.waiting_questions_open_on(me.study, standing),
        course_opens=journey.course_opens_on(me.study, standing),
        opens_by_answering=me.study.crosses_over_on(me.entrant.arm) is None,
        will_be_told=me.entrant.channel == "email",
    )  # fmt: skip


def _row(module: Module, done: progress.Progress) -> dict[str, Any]:
    steps = len(module.steps)
    state = "done" if done.is_over(module.number, steps) else "begun" if done.has_begun(module.number) else "new"
    return {"module": module, "state": state, "step": done.next_step(module.number, steps), "steps": steps}


def _read(module: int, number: int) -> Reading:
    me = participant()
    course = me.course
    language.narrow(course.languages)
    found = course.module(module)
    step = found.step(number, me.role) if found else None
    if found is None or step is None:
        abort(404)
    return Reading(me, course, found, step, me.standing())


@blueprint.get("/delar/<int:module>/<int:number>")
@needs_session
def module_step(module: int, number: int) -> ResponseReturnValue:
    reading = _read(module, number)
    if not journey.course_is_open(reading.me.study, reading.standing, today()):
        return redirect(url_for("participant.continue_journey"), 303)
    return _page(reading, module_page.opened(reading.step))


@blueprint.post("/delar/<int:module>/<int:number>")
@needs_session
def save_module_step(module: int, number: int) -> ResponseReturnValue:
    reading = _read(module, number)
    if not journey.course_is_open(reading.me.study, reading.standing, today()):
        return redirect(url_for("participant.continue_journey"), 303)
    doing = request.form.get("gor", "klar")
    if doing == "hoppa":
        return _skip_stories(reading)
    if doing == "valj" and isinstance(reading.step, ScenarioStep):
        return _choose(reading, reading.step)
    if doing == "nod" and isinstance(reading.step, ScenarioStep):
        view = module_page.at_node(reading.step, request.form)
        return _page(reading, view) if view else abort(404)
    if doing == "svara" and isinstance(reading.step, CheckStep):
        return _answer(reading, reading.step)
    _record(reading, {"": Event("read", module, number)})
    return redirect(reading.following, 303)


def _skip_stories(reading: Reading) -> ResponseReturnValue:
    """Skipping costs nothing: the stories' steps count as over, and the way leads past them (S13).

    From the note of the module all its stories are skipped, from the note of one story only that one.
    """
    steps = reading.module.steps
    stories = [step.number for step in steps if step.kind in ("content_note", "scenario")]
    if reading.step.kind == "scenario":
        stories = [reading.number]
    _record(reading, {f"-{number}": Event("skipped", reading.module.number, number) for number in stories})
    rest = [step.number for step in steps if step.number not in stories]
    if not rest:
        return redirect(url_for("participant.module_done", module=reading.module.number), 303)
    ahead = next((number for number in rest if number > reading.number), rest[0])
    return redirect(url_for("participant.module_step", module=reading.module.number, number=ahead), 303)


def _choose(reading: Reading, step: ScenarioStep) -> ResponseReturnValue:
    view = module_page.chosen(step, request.form)
    if view is None:
        abort(404)
    if view.node is None or view.choice is None:
        return _page(reading, view), 400
    choice = Event("choice", reading.module.number, step.number, view.node.id, view.choice.code)
    _record(reading, {"": choice})
    return _page(reading, view)


def _answer(reading: Reading, step: CheckStep) -> ResponseReturnValue:
    """Feedback on the same page; the first answer is kept for good, whatever is tried afterwards (D3)."""
    view = module_page.answered(step, request.form)
    answers = {
        f"-{question}"[:12]: Event("answer", reading.module.number, step.number, question, str(answer))
        for question, answer in view.given.items()
    }
    _record(reading, answers)
    return _page(reading, view)


def _record(reading: Reading, events: Mapping[str, Event]) -> None:
    """What one form has done, each under the form's key with an ending of its own."""
    key = request.form.get(KEY_FIELD, "")
    if not _KEY.match(key):
        abort(400)
    progress.record_events(
        work().answers, reading.me.subject, {f"{key[:24]}{ending}"[:40]: event for ending, event in events.items()},
        course=reading.course.id, course_version=reading.course.version, on=today(),
    )  # fmt: skip
    if any(event.kind in ("read", "skipped") for event in events.values()):
        done = progress.read_progress(work().answers, reading.me.subject)
        if journey.course_is_over(reading.course, done):
            entry.mark_over(work().identity, reading.me.entrant.person_id, "delar")


def _page(reading: Reading, view: module_page.StepView) -> str:
    return render_template(
        "participant/module_step.html", reading=reading, module=reading.module, step=reading.step, key=new_id(),
        before=reading.number - 1 or None, **view.context,
    )  # fmt: skip


@blueprint.get("/delar/<int:module>/klar")
@needs_session
def module_done(module: int) -> ResponseReturnValue:
    me = participant()
    course = me.course
    language.narrow(course.languages)
    found = course.module(module)
    if found is None:
        abort(404)
    standing = me.standing()
    if not journey.course_is_open(me.study, standing, today()):
        return redirect(url_for("participant.continue_journey"), 303)
    over = standing.progress.is_over(module, len(found.steps))
    following = next(
        (other for other in course.modules if not standing.progress.is_over(other.number, len(other.steps))), None
    )
    return render_template(
        "participant/module_done.html", module=found, over=over, following=following,
        unfinished=standing.progress.next_step(module, len(found.steps)), address=ADDRESS,
        onward=url_for("participant.continue_journey"),
    )  # fmt: skip
