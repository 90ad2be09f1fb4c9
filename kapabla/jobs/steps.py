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
    if any(_waiting(work, study) for study in service.material.studies.values()):
        outbox.put(work.identity, TURN_STEPS, {}, key=f"{TURN_STEPS}:{local_date(at)}", at=at)


def turn_steps_over(service: Service, work: Work, _job: Job) -> None:
    """Reads first, so that nobody's page waits for a lock while many people are looked at."""
    on = local_date(service.clock())
    with service.vaults.reading() as reading:
        over = [
            (person_id, slug)
            for study in service.material.studies.values()
            for person_id in _waiting(reading, study)
            for slug in _closed(service, reading, study, person_id, on)
        ]
    for person_id, slug in over:
        entry.mark_over(work.identity, person_id, slug)


def _waiting(work: Work, study: Study) -> list[str]:
    return entry.course_over_but_not(work.identity, study.id, [wave.slug for wave in study.waves_after_course])


def _closed(service: Service, work: Work, study: Study, person_id: str, on: date) -> tuple[str, ...]:
    course = service.material.courses[study.course.id, study.course.version]
    entrant = entry.find_by_person(work.identity, person_id)
    # Erased since they were listed.
    return bridge.closed_steps(work, service.keys, study, course, entrant, on) if entrant else ()
