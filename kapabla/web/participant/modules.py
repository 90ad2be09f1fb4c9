"""The course: the list of modules (P11), reading (P12), scenarios (P13) and knowledge checks (P14).

Choices and answers travel by POST and stand in no address: somebody may read the browser's history.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.answers import journey, progress
from kapabla.answers.progress import Event
from kapabla.answers.standing import Standing
from kapabla.identity import entry, meetings
from kapabla.identity.sending import SENT_TO
from kapabla.ids import new_id
from kapabla.material.courses.definition import Module
from kapabla.web import language, module_page
from kapabla.web.module_page import Reading, StepView
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.page_saving import KEY_FIELD
from kapabla.web.participant.phone import kit_for
from kapabla.web.participant.reading import ADDRESS, events_of, find_reading, show_step
from kapabla.web.participant.session import Participant, needs_session, participant, today
from kapabla.web.unit_of_work import work

_KEY = re.compile(r"^[a-z0-9-]{8,36}$")


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
        kit=kit_for(me, wave),
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
        will_be_told=me.entrant.channel in SENT_TO, by_sms=me.entrant.channel == "sms",
    )  # fmt: skip


def _row(module: Module, done: progress.Progress) -> dict[str, Any]:
    steps = len(module.steps)
    state = "done" if done.is_over(module.number, steps) else "begun" if done.has_begun(module.number) else "new"
    return {"module": module, "state": state, "step": done.next_step(module.number, steps), "steps": steps}


@blueprint.get("/delar/<int:module>/<int:number>")
@needs_session
def module_step(module: int, number: int) -> ResponseReturnValue:
    me = participant()
    reading = _read(me, module, number)
    if not journey.course_is_open(me.study, me.standing(), today()):
        return redirect(url_for("participant.continue_journey"), 303)
    return _page(reading, module_page.opened(reading.step))


@blueprint.post("/delar/<int:module>/<int:number>")
@needs_session
def save_module_step(module: int, number: int) -> ResponseReturnValue:
    me = participant()
    reading = _read(me, module, number)
    if not journey.course_is_open(me.study, me.standing(), today()):
        return redirect(url_for("participant.continue_journey"), 303)
    doing = request.form.get("gor", "klar")
    view = module_page.pressed(reading.step, doing, request.form)
    if view and view.error:
        return _page(reading, view), 400
    record(me, reading, _key(), events_of(reading, request.form))
    if view:
        return _page(reading, view)
    return redirect(reading.past_the_stories if doing == "hoppa" else reading.following, 303)


def _read(me: Participant, module: int, number: int) -> Reading:
    course = me.course
    language.narrow(course.languages)
    return find_reading(course, module, number, me.role)


def _key() -> str:
    key = request.form.get(KEY_FIELD, "")
    return key if _KEY.match(key) else abort(400)


def record(me: Participant, reading: Reading, key: str, events: Mapping[str, Event]) -> None:
    """What one form has done, each under the form's key with an ending of its own. A first choice or answer is kept
    for good, whatever is tried afterwards (D3); skipping costs nothing (S13)."""
    progress.record_events(
        work().answers, me.subject, {f"{key[:24]}{ending}"[:40]: event for ending, event in events.items()},
        course=reading.course.id, course_version=reading.course.version, on=today(),
    )  # fmt: skip
    if any(event.kind in ("read", "skipped") for event in events.values()):
        done = progress.read_progress(work().answers, me.subject)
        if journey.course_is_over(reading.course, done):
            entry.mark_over(work().identity, me.entrant.person_id, "delar")


def _page(reading: Reading, view: StepView) -> str:
    return show_step(reading, new_id(), view)


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
