"""Reminders in sentences (D08): when they go, to how many next, a pause, and what leaves today.

Of what comes after the start questions no page says who: it would tell who has chosen what (D05). The numbers there are
of those whose time has come, asked or not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import LOCAL, local_date
from kapabla.identity import reminding, sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.messages import COURSE_STEP, INVITATION_STEP
from kapabla.material import Study
from kapabla.material.studies.definition import COURSE_SLUG
from kapabla.material.studies.reminder_checks import GRACE_DAYS
from kapabla.web.admin.blueprint import blueprint, leave_trace, visible_cohort
from kapabla.web.auth import needs
from kapabla.web.context import MONTHS
from kapabla.web.unit_of_work import now, service, work

PAUSES = {"1": True, "0": False}


@dataclass(frozen=True)
class Leaving:
    """What leaves today of one cohort: how many is a text, since few are not counted."""

    cohort_id: str
    cohort: str
    what: str
    how_many: str


def sentences(cohort: Cohort) -> list[str]:
    """The schedule of a cohort as it is told on its page, and how far it has come."""
    study = service().material.studies[cohort.study]
    told = (_to_begin(cohort, study), _not_by_letter(study), _in_course(study), *_later(cohort, study))
    return [text for text in told if text]


def _ways() -> str:
    return "mejl och sms" if service().config.sms else "mejl"


def _to_begin(cohort: Cohort, study: Study) -> str:
    days, today = study.reminders.get(INVITATION_STEP, ()), local_date(now())
    if not days:
        return ""
    told = f"Den som inte har börjat får en påminnelse efter {_and(days)} dagar."
    if cohort.reminders_paused:
        return told
    coming = reminding.next_not_begun(work().identity, cohort, days, grace=GRACE_DAYS, on=today)
    if coming is None:
        return f"{told} Just nu står ingen på tur."
    return f"{told} Nästa går den {_day(_awake(coming.on))} till {people(coming.people)}."


def _not_by_letter(study: Study) -> str:
    has_any = study.reminders.get(INVITATION_STEP)
    return "Den som har fått brev eller koden för hand får ingen påminnelse om att börja." if has_any else ""


def _in_course(study: Study) -> str:
    days = study.reminders.get(COURSE_SLUG, ())
    return f"Den som har börjat men inte gått klart får en påminnelse efter {_and(days)} dagar." if days else ""


def _later(cohort: Cohort, study: Study) -> Iterator[str]:
    waves = [wave for wave in study.waves[1:] if wave.is_for(cohort.arm)]
    reached = reminding.made_ready(work().identity, cohort, [wave.slug for wave in waves])
    for wave in waves:
        days = study.reminders.get(wave.slug, ())
        if not days and not wave.opens_later:
            continue
        reminded = f"påminnelse efter {_and(days)} dagar" if days else ""
        told = ", ".join(part for part in (f"{_ways()} när de öppnar" if wave.opens_later else "", reminded) if part)
        count = reached.get(wave.slug, 0)
        come = f" Tiden har kommit för {few(count)}." if count else ""
        yield f"{wave.label.sv}: {told}, till dem som ska svara på dem.{come}"


def _awake(day: date) -> date:
    """The day on which it leaves, where that day is a weekend."""
    noon = datetime.combine(day, time(12), LOCAL)
    until = service().config.quiet_hours.wait_until(noon)
    return local_date(until) if until else day


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _and(days: Sequence[int]) -> str:
    return " och ".join(str(day) for day in days)


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} personer"


def few(count: int) -> str:
    """Of what would tell of somebody's choices or days, a small number is not shown."""
    smallest = service().config.min_cell
    return people(count) if count >= smallest else f"färre än {smallest} personer"


@blueprint.post("/admin/omgangar/<cohort_id>/paminnelser")
@needs("send_messages")
def pause_reminders(cohort_id: str) -> ResponseReturnValue:
    """What leaves by itself waits, or goes on. What had its day during a pause is not made up for."""
    cohort, wanted = visible_cohort(cohort_id), PAUSES.get(request.form.get("paus", ""))
    if wanted is None:
        abort(400)
    has_changed = reminding.pause(work().identity, cohort, paused=wanted)
    if has_changed and wanted:
        leave_trace("reminders_pause", f"cohort:{cohort.id}")
    elif has_changed:
        leave_trace("reminders_resume", f"cohort:{cohort.id}")
    return redirect(url_for("admin.cohort", cohort_id=cohort_id, _anchor="paminnelser"), 303)


@blueprint.get("/admin/utskick-i-dag")
@needs("send_messages")
def leaving_today() -> ResponseReturnValue:
    return render_template(
        "admin/leaving_today.html", rows=[*_waiting(), *_due_today()], has_mail=bool(service().config.smtp_url),
        has_sms=service().config.sms is not None, wants_sms=sending.has_waiting_sms(work().identity),
        waits_until=service().config.quiet_hours.wait_until(now()), today=local_date(now()),
    )  # fmt: skip


def _waiting() -> Iterator[Leaving]:
    studies = service().material.studies
    for found in reminding.waiting(work().identity):
        if found.step == INVITATION_STEP:
            what = "Påminnelse om att börja" if found.reminds else "Inbjudan"
            yield Leaving(found.cohort_id, found.cohort, what, people(found.people))
        else:
            what = _name_of(studies[found.study], found.step)
            yield Leaving(found.cohort_id, found.cohort, what, few(found.people))


def _name_of(study: Study, step: str) -> str:
    if step == COURSE_STEP:
        return "Utbildningen har öppnat"
    return "Utbildningen, påminnelse" if step == COURSE_SLUG else study.wave_of_slug(step).label.sv


def _due_today() -> Iterator[Leaving]:
    """Reminders to begin that have their day today and are not made ready yet: the round comes within seconds."""
    today = local_date(now())
    for cohort in reminding.running_cohorts(work().identity, today):
        days = service().material.studies[cohort.study].reminders.get(INVITATION_STEP, ())
        coming = reminding.next_not_begun(work().identity, cohort, days, grace=GRACE_DAYS, on=today)
        if coming is not None and coming.on == today:
            yield Leaving(cohort.id, cohort.name, "Påminnelse om att börja", people(coming.people))
