"""Reminders and follow-ups, which leave by themselves: once a day messages are made ready, and each is asked about
again when it leaves (A4, D08).

To begin: by the invitation's day and the steps that staff see. For every later step the days stand beside the answers.
There a message is made ready for all whose day has come, whatever they chose, and leaves to those alone who have the
step due. Identity keeps that it was made ready, not whether it left (D05, docs/decisions/0060).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kapabla import bridge
from kapabla.clock import local_date
from kapabla.identity import entry, reminding, sending
from kapabla.identity.messages import INVITATION_STEP, Message
from kapabla.identity.records import outbox
from kapabla.identity.sending import NewMessage
from kapabla.material import Study
from kapabla.material.studies.definition import COURSE_SLUG
from kapabla.material.studies.reminder_checks import GRACE_DAYS
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

REMIND = "remind"


def order_reminders(service: Service, work: Work, *, at: datetime) -> None:
    """The day's round, once a day, where there is anybody to look at."""
    key = f"{REMIND}:{local_date(at)}"
    if not outbox.has(work.identity, key) and any(
        _is_anybody_there(work, study, at) for study in service.material.studies.values()
    ):
        outbox.put(work.identity, REMIND, {}, key=key, at=at)


def _is_anybody_there(work: Work, study: Study, at: datetime) -> bool:
    identity, on, days = work.identity, local_date(at), study.reminders.get(INVITATION_STEP)
    if days and reminding.is_anybody_not_begun(
        identity, study.id, invited_before=at - timedelta(days=days[0] - 1), on=on
    ):
        return True
    return any(
        reminding.is_there_any_left(identity, study.id, step, after=after, on=on) for step, after in _steps_of(study)
    )


def remind(service: Service, work: Work, _job: Job) -> None:
    """Reads first, so that nobody's page waits for a lock while many people are looked at."""
    at, studies = service.clock(), service.material.studies.values()
    with service.vaults.reading() as reading:
        to_begin = [_not_begun(service, reading, study) for study in studies]
        later = [message for study in studies for message in _later(service, reading, study)]
    for cohorts in to_begin:
        for cohort_id, people in cohorts.items():
            sending.order_reminders(work.identity, cohort_id, people, at=at)
    sending.queue(work.identity, later, None, at)


def _not_begun(service: Service, work: Work, study: Study) -> dict[str, dict[str, int]]:
    days = study.reminders.get(INVITATION_STEP, ())
    return reminding.not_begun_due(work.identity, study.id, days, grace=GRACE_DAYS, on=local_date(service.clock()))


def _later(service: Service, work: Work, study: Study) -> Iterator[NewMessage]:
    course = service.material.courses[study.course.id, study.course.version]
    on = local_date(service.clock())
    taken = set[str]()
    for step, after in _steps_of(study):
        people = reminding.who_has_left(work.identity, study.id, step, after=after, on=on)
        entrants = entry.find_people(work.identity, people)
        numbers = bridge.messages_today(work, service.keys, study, course, entrants, step, on)
        made = reminding.numbers_made(work.identity, step) if numbers else {}
        opens_later = step != COURSE_SLUG and study.wave_of_slug(step).opens_later
        for person_id, number in numbers.items():
            known = made.get(person_id, set())
            # Nobody is reminded of what they have not been told.
            wanted = 0 if opens_later and 0 not in known else number
            if wanted not in known and person_id not in taken:
                taken.add(person_id)
                yield NewMessage(person_id, step, wanted)


def _steps_of(study: Study) -> Iterator[tuple[str, str]]:
    """Each step that has messages of its own, and the one that is over before it: both as staff see them."""
    if study.reminders.get(COURSE_SLUG):
        yield COURSE_SLUG, reminding.BEGUN
    for wave in study.waves[1:]:
        if wave.opens_later or study.reminders.get(wave.slug):
            yield wave.slug, reminding.BEGUN if wave.is_before_course else COURSE_SLUG


def is_still_due(service: Service, work: Work, message: Message) -> bool:
    """Asked again when it leaves: is the step over, the cohort paused or closed, the questions answered?"""
    on, identity, person_id = local_date(service.clock()), work.identity, message.person_id
    if not reminding.is_running(identity, person_id, on=on):
        return False
    over = entry.steps_over(identity, person_id)
    if message.step == INVITATION_STEP:
        return reminding.BEGUN not in over and not reminding.has_closed(identity, person_id, on=on)
    if message.step in over:
        return False
    return message.step == COURSE_SLUG or _is_asked(service, work, message)


def _is_asked(service: Service, work: Work, message: Message) -> bool:
    """The one question to the bridge: is this step due for this person today?"""
    found = entry.find_people(work.identity, [message.person_id])
    if not found:
        return False
    study = service.material.studies[found[0].study]
    course = service.material.courses[study.course.id, study.course.version]
    on = local_date(service.clock())
    return bool(bridge.who_is_due(work, service.keys, study, course, found, message.step, on))
