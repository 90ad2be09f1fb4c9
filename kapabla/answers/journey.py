"""The next step, and what is due: pure functions of study, course, standing and day. Nothing is read or stored here."""

from datetime import date
from typing import Literal

from kapabla.answers.progress import Progress
from kapabla.answers.standing import Standing
from kapabla.material import Course, Study
from kapabla.material.studies.definition import Wave

BEFORE, AFTER = "t0", "t1"
# What the list of modules says of the end questions: not asked, waiting for the modules, open now, sent, or closed.
EndState = Literal["not_asked", "waiting", "open", "sent", "closed"]


def course_is_over(course: Course, progress: Progress) -> bool:
    """Every module read or skipped to its end. Recomputing from the events always gives the same (D4)."""
    return all(progress.is_over(module.number, len(module.steps)) for module in course.modules)


def course_is_open(study: Study, standing: Standing) -> bool:
    """The gate of D5: who takes part in the research answers the start questions first; everybody else goes on."""
    if not standing.has_chosen:
        return False
    begun = bool(standing.progress.steps_over)
    return begun or not standing.in_research or BEFORE in standing.waves or not _has(study, BEFORE)


def completed_on(course: Course, standing: Standing) -> date | None:
    return standing.last_step_on if course_is_over(course, standing.progress) else None


def open_wave(study: Study, course: Course, standing: Standing, on: date) -> str | None:
    """The wave that this subject may answer today, or None. At most one is open at a time."""
    if not standing.in_research:
        return None
    if BEFORE not in standing.waves and _has(study, BEFORE):
        # Answers before the course are the point of the start questions; who said yes late is flagged, not refused.
        return BEFORE
    completed = completed_on(course, standing)
    if completed is None:
        return None
    for wave in study.waves_after_course:
        if wave.code not in standing.waves and _is_open(wave, completed, standing, on):
            return wave.code
    return None


def _is_open(wave: Wave, completed: date, standing: Standing, on: date) -> bool:
    if wave.months and not standing.wants_follow_up:
        return False
    closes = wave.closes_on(completed)
    return wave.opens_on(completed) <= on and (closes is None or on <= closes)


def end_state(study: Study, course: Course, standing: Standing, on: date) -> EndState:
    if not standing.in_research or not _has(study, AFTER):
        return "not_asked"
    if AFTER in standing.waves:
        return "sent"
    completed = completed_on(course, standing)
    if completed is None:
        return "waiting"
    return "open" if open_wave(study, course, standing, on) == AFTER else "closed"


def present_wave(standing: Standing) -> str:
    """The wave at whose time a choice was made: what a consent row carries."""
    return next((wave for wave in ("t12", "t6", "t3", AFTER) if wave in standing.waves), BEFORE)


def is_due(study: Study, course: Course, standing: Standing, slug: str, on: date) -> bool:
    """Should this step be asked for today? The answer is all that `jobs` may learn."""
    if slug == "start":
        return not standing.progress.steps_over
    return open_wave(study, course, standing, on) == study.wave_of_slug(slug).code


def closed_steps(study: Study, course: Course, standing: Standing, on: date) -> tuple[str, ...]:
    """Steps after the course whose time is past, asked or not, answered or not (D05)."""
    completed = completed_on(course, standing)
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
