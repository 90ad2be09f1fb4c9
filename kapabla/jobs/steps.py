"""Steps that turn over by the calendar: once a day, for everybody alike, whatever they answered or chose (D05).

Were a step over when its questions are sent in, then whoever has finished the course and has the step left would be
known to have said yes, and whoever never gets it over to have said no. So the end questions and the follow-ups turn
over on the day after their window has closed, for those who answered, those who did not and those who were never asked.
"""

from datetime import date, datetime

from kapabla import bridge
from kapabla.clock import local_date
from kapabla.identity import entry
from kapabla.identity.records import outbox
from kapabla.material import Study
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

TURN_STEPS = "turn_steps_over"


def order_steps(service: Service, work: Work, *, at: datetime) -> None:
    """The day's round, once a day, where there is anybody to look at."""
    key = f"{TURN_STEPS}:{local_date(at)}"
    if not outbox.has(work.identity, key) and any(
        entry.is_anybody_course_over_but_not(work.identity, study.id, _later(study))
        for study in service.material.studies.values()
    ):
        outbox.put(work.identity, TURN_STEPS, {}, key=key, at=at)


def turn_steps_over(service: Service, work: Work, _job: Job) -> None:
    """Reads first, so that nobody's page waits for a lock while many people are looked at."""
    on = local_date(service.clock())
    with service.vaults.reading() as reading:
        over = [_closed(service, reading, study, on) for study in service.material.studies.values()]
    for closed in over:
        for step, people in closed.items():
            entry.mark_over_for(work.identity, step, people)


def _closed(service: Service, work: Work, study: Study, on: date) -> dict[str, list[str]]:
    course = service.material.courses[study.course.id, study.course.version]
    waiting = entry.course_over_but_not(work.identity, study.id, _later(study))
    return bridge.closed_steps(work, service.keys, study, course, waiting, on)


def _later(study: Study) -> list[str]:
    return [wave.slug for wave in study.waves_after_course]
