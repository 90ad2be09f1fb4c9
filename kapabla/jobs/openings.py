"""That the course has opened, said once to who has waited for it (E6). Once a day it is looked for whom.

Of who has answered what, identity learns nothing but that a message went. When it is sent it is asked again.
"""

from collections.abc import Sequence
from datetime import datetime

from kapabla import bridge
from kapabla.clock import local_date
from kapabla.identity import entry, sending
from kapabla.identity.entry import Entrant
from kapabla.identity.messages import COURSE_STEP
from kapabla.identity.records import outbox
from kapabla.material import Study
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

TELL_OPENINGS = "tell_openings"


def order_openings(service: Service, work: Work, *, at: datetime) -> None:
    """The day's look, once a day, where anybody may be waiting."""
    key = f"{TELL_OPENINGS}:{local_date(at)}"
    if not outbox.has(work.identity, key) and any(
        _not_told(work, study) for study in service.material.studies.values()
    ):
        outbox.put(work.identity, TELL_OPENINGS, {}, key=key, at=at)


def tell_openings(service: Service, work: Work, _job: Job) -> None:
    """Reads first, so that nobody's page waits for a lock while many people are looked at."""
    with service.vaults.reading() as reading:
        people = [
            person_id
            for study in service.material.studies.values()
            for person_id in _due(
                service, reading, study, entry.find_people(reading.identity, _not_told(reading, study))
            )
        ]
    sending.order_course_messages(work.identity, people, at=service.clock())


def is_course_due(service: Service, work: Work, person_id: str) -> bool:
    """Asked again when the message leaves: who has begun meanwhile need not be told."""
    found = entry.find_people(work.identity, [person_id])
    return bool(found and _due(service, work, service.material.studies[found[0].study], found))


def _due(service: Service, work: Work, study: Study, entrants: Sequence[Entrant]) -> list[str]:
    course = service.material.courses[study.course.id, study.course.version]
    on = local_date(service.clock())
    return bridge.who_is_due(work, service.keys, study, course, entrants, COURSE_STEP, on)


def _not_told(work: Work, study: Study) -> list[str]:
    return sending.not_told_of_course(work.identity, study.id, study.arms_that_wait)
