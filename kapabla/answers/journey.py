"""The next step, and what is due: pure functions of study, course, standing and day. Nothing is read or stored here."""

from datetime import date, timedelta
from typing import Literal

from kapabla.answers.progress import Progress
from kapabla.answers.standing import Standing
from kapabla.material import Course, Study
from kapabla.material.courses import completion
from kapabla.material.studies.definition import COURSE_SLUG, Wave
from kapabla.material.studies.reminder_checks import GRACE_DAYS

BEFORE, AFTER = "t0", "t1"
# What the list of modules says of the end questions: not asked, waiting for the modules, open now, sent, or closed.
EndState = Literal["not_asked", "waiting", "open", "sent", "closed"]


def completed_on(course: Course, progress: Progress) -> date | None:
    """By the course's own rule. Recomputing from the events always gives the same (D4)."""
    return completion.completed_on(course, progress.over_on)


def course_is_over(course: Course, progress: Progress) -> bool:
    return completed_on(course, progress) is not None


def course_is_open(study: Study, standing: Standing, on: date) -> bool:
    """The gates of D5 and E6: who takes part in the research answers the start questions first, and who is in an arm
    that waits has waited. What was once begun stays open."""
    if not standing.has_chosen:
        return False
    if standing.progress.is_begun:
        return True
    passed = not standing.in_research or _has_passed_gate(study, standing)
    return passed and not is_waiting(study, standing, on)


def is_waiting(study: Study, standing: Standing, on: date) -> bool:
    opens_on = course_opens_on(study, standing)
    return opens_on is not None and on < opens_on and not standing.progress.is_begun


def course_opens_on(study: Study, standing: Standing) -> date | None:
    """The day on which the course opens, at the latest, for who is in an arm that waits; None for who does not wait.

    In the research: when the questions of the waiting time are sent in, or the day after their window, which counts
    from the person's own start questions. Others wait as many weeks, from the first day of their cohort: nobody comes
    sooner to the course by saying no. See docs/decisions/0009.
    """
    crosses_over_on = study.crosses_over_on(standing.terms.arm)
    if crosses_over_on is not None:
        # In a stepped wedge the calendar alone decides, for all of the arm.
        return crosses_over_on
    wave = study.waiting_wave(standing.terms.arm)
    if wave is None or wave.code in standing.closed:
        return None
    if not standing.in_research:
        return wave.target_on(standing.terms.starts_on)
    anchor_on = standing.closed.get(BEFORE, standing.terms.starts_on)
    closes = wave.closes_on(anchor_on)
    return wave.target_on(anchor_on) if closes is None else closes + timedelta(days=1)


def has_opened_after_waiting(study: Study, standing: Standing, on: date) -> bool:
    """The course is open for who was told to wait for it, and nothing of it is begun: then it is time to say so."""
    if standing.progress.is_begun or standing.chosen_on is None or not course_is_open(study, standing, on):
        return False
    opens_on = course_opens_on(study, standing)
    if opens_on is not None:
        # Who came when it was open already has not waited.
        return standing.chosen_on < opens_on
    return study.waiting_wave(standing.terms.arm) is not None


def waiting_questions_open_on(study: Study, standing: Standing) -> date | None:
    """The day on which the questions of the waiting time open, for who will be asked them."""
    wave = study.waiting_wave(standing.terms.arm)
    if wave is None or not standing.in_research or BEFORE not in standing.closed or wave.code in standing.closed:
        return None
    return wave.opens_on(standing.closed[BEFORE])


def _has_passed_gate(study: Study, standing: Standing) -> bool:
    return BEFORE in standing.closed or standing.terms.gate_overridden or not _has(study, BEFORE)


def open_wave(study: Study, course: Course, standing: Standing, on: date) -> str | None:
    """The wave that this subject is asked to answer today, or None. At most one at a time."""
    for wave in study.waves:
        is_let_past = wave.code == BEFORE and standing.terms.gate_overridden
        if not is_let_past and takes_answers(study, course, standing, wave.code, on):
            return wave.code
    return None


def takes_answers(study: Study, course: Course, standing: Standing, code: str, on: date) -> bool:
    """Whether answers to this wave are kept today, asked for or not.

    The start questions are, until they are sent in: who said yes late, or was let past them, is flagged and not refused
    (E5). The window closes every other wave to who has not begun; what was begun in it can be finished a while after,
    and is flagged as late (E4). See docs/decisions/0007.
    """
    wave = study.wave(code)
    if not standing.in_research or code in standing.closed:
        return False
    if code == BEFORE:
        return True
    anchor_on = _anchor_on(course, standing, wave)
    if anchor_on is None or not _has_passed_gate(study, standing) or not _is_wanted(wave, standing):
        return False
    last = wave.last_on(anchor_on) if code in standing.begun else wave.closes_on(anchor_on)
    return wave.opens_on(anchor_on) <= on and (last is None or on <= last)


def _is_wanted(wave: Wave, standing: Standing) -> bool:
    if not wave.is_for(standing.terms.arm):
        return False
    return wave.needs_choice is None or standing.wants_follow_up


def _anchor_on(course: Course, standing: Standing, wave: Wave) -> date | None:
    """The day that the wave's weeks and months count from; None where it has not come."""
    return standing.closed.get(BEFORE) if wave.is_before_course else completed_on(course, standing.progress)


def end_state(study: Study, course: Course, standing: Standing, on: date) -> EndState:
    if not standing.in_research or not _has(study, AFTER):
        return "not_asked"
    if AFTER in standing.closed:
        return "sent"
    completed = completed_on(course, standing.progress)
    if completed is None:
        return "waiting"
    return "open" if open_wave(study, course, standing, on) == AFTER else "closed"


def present_wave(standing: Standing) -> str:
    """The wave at whose time a choice was made: what a consent row carries."""
    return next((wave for wave in ("t12", "t6", "t3", AFTER) if wave in standing.closed), BEFORE)


def is_due(study: Study, course: Course, standing: Standing, slug: str, on: date) -> bool:
    """Should this step be asked for today? That is all that `jobs` may learn. Nobody is asked after the window."""
    if slug == "start":
        return not standing.progress.is_begun and not is_waiting(study, standing, on)
    if slug == "course":
        return has_opened_after_waiting(study, standing, on)
    wave = study.wave_of_slug(slug)
    anchor_on = _anchor_on(course, standing, wave)
    is_late = anchor_on is not None and wave.timing(anchor_on, on) == "late"
    return not is_late and open_wave(study, course, standing, on) == wave.code


def message_today(study: Study, course: Course, standing: Standing, slug: str, on: date) -> int | None:
    """Which message of a step has its day: 0 says that questions have opened, 1 and 2 remind. None where none has.

    By the calendar alone, alike for who said yes, said no, has answered or has left the research: that a message is
    made ready tells nothing of anybody. Whether it leaves is asked for each when it would (`is_due`).
    """
    began_on = _step_began_on(study, course, standing, slug, on)
    if began_on is None or on < began_on:
        return None
    for number, days in enumerate(study.reminders.get(slug, ()), 1):
        if timedelta() <= on - began_on - timedelta(days=days) <= timedelta(days=GRACE_DAYS):
            return number
    return 0 if slug != COURSE_SLUG and study.wave_of_slug(slug).opens_later else None


def _step_began_on(study: Study, course: Course, standing: Standing, slug: str, on: date) -> date | None:
    if slug == COURSE_SLUG:
        return _course_began_on(study, standing) if course_is_open(study, standing, on) else None
    wave = study.wave_of_slug(slug)
    if not wave.is_before_course:
        anchor_on = completed_on(course, standing.progress)
    else:
        anchor_on = standing.closed.get(BEFORE) if standing.in_research else standing.chosen_on
    if anchor_on is None or not wave.is_for(standing.terms.arm):
        return None
    closes_on = wave.closes_on(anchor_on)
    return None if closes_on is not None and closes_on < on else wave.opens_on(anchor_on)


def _course_began_on(study: Study, standing: Standing) -> date | None:
    """When the choice was made, or, for who has waited, when the course opened."""
    wave = study.waiting_wave(standing.terms.arm)
    answered_on = standing.closed.get(wave.code) if wave else None
    days = (standing.chosen_on, course_opens_on(study, standing), answered_on)
    return max((day for day in days if day), default=None)


def closed_steps(study: Study, course: Course, standing: Standing, on: date) -> tuple[str, ...]:
    """Steps after the course whose time is past, asked or not, answered or not: nothing of why (D05)."""
    completed = completed_on(course, standing.progress)
    if completed is None:
        return ()
    closings = [(wave.slug, wave.closes_on(completed)) for wave in study.waves_after_course]
    return tuple(slug for slug, closes in closings if closes and closes < on)


def last_day(study: Study, cohort_ends_on: date) -> date:
    """The end of the last wave's window for whoever completes on the cohort's last day: so long do links live (A2)."""
    closings = [wave.closes_on(cohort_ends_on) for wave in study.waves_after_course]
    return max((day for day in closings if day), default=cohort_ends_on)


def _has(study: Study, code: str) -> bool:
    return any(wave.code == code for wave in study.waves)
