"""Tasks first (D01): what waits for the one who is signed in, each with where to do it."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from kapabla.clock import local_date
from kapabla.identity import cohort_view, tasks
from kapabla.identity.messages import INVITATION
from kapabla.identity.records import outbox as identity_outbox
from kapabla.identity.tasks import Undelivered
from kapabla.office.access import can
from kapabla.office.records import outbox as office_outbox
from kapabla.web.admin.blueprint import own_municipality
from kapabla.web.admin.contacts import contacts_to_check
from kapabla.web.admin.jobs import mail_that_waits
from kapabla.web.auth import staff
from kapabla.web.context import stamp
from kapabla.web.unit_of_work import now, service, work


@dataclass(frozen=True)
class Task:
    """`says` what it is, and the link what to do about it."""

    says: str
    address: str
    link: str


def tasks_of_mine() -> list[Task]:
    role, found = staff().role, list[Task]()
    if can(role, "see_jobs"):
        found += _stopped_jobs()
    if can(role, "send_messages"):
        found += _of_messages()
    found += _broken_addresses()
    if can(role, "send_messages"):
        found += _letters()
    if can(role, "import_people"):
        found += _same_addresses()
    if can(role, "check_contacts"):
        found += _contacts()
    return found


def _stopped_jobs() -> Iterator[Task]:
    count = identity_outbox.count(work().identity, "dead") + office_outbox.count(work().office, "dead")
    delay = mail_that_waits()
    if delay:
        what = "1 mejl har" if delay.count == 1 else f"{delay.count} mejl har"
        said = f"{what} inte kunnat skickas. {delay.why} Nästa försök {stamp(delay.next_at)}."
        yield Task(said, url_for("admin.jobs"), "Se vad som försöks igen")
    if count:
        said = "1 jobb har stannat." if count == 1 else f"{count} jobb har stannat."
        yield Task(said, url_for("admin.jobs"), "Se vad som har stannat")


def _of_messages() -> Iterator[Task]:
    for found in tasks.undelivered(work().identity):
        address = url_for("admin.batch", cohort_id=found.cohort_id, batch_id=found.batch_id)
        yield Task(_undelivered(found), address, f"Se vilka i {found.cohort}")


def _undelivered(found: Undelivered) -> str:
    one, many = ("inbjudan", "inbjudningar") if found.kind == INVITATION else ("påminnelse", "påminnelser")
    what = f"{found.count} {one if found.count == 1 else many}"
    if found.state == "failed":
        return f"{what} kom inte fram i omgången {found.cohort}."
    return f"Det är oklart om {what} kom fram i omgången {found.cohort}."


def _broken_addresses() -> Iterator[Task]:
    for cohort_id, name, count in cohort_view.broken_addresses(work().identity, own_municipality()):
        said = "1 adress fungerar" if count == 1 else f"{count} adresser fungerar"
        address = url_for("admin.cohort", cohort_id=cohort_id, visa="adressen-fungerar-inte")
        yield Task(f"{said} inte i omgången {name}.", address, f"Se vilka i {name}")


def _letters() -> Iterator[Task]:
    for cohort_id, name, count in tasks.letters_to_print(work().identity):
        address = url_for("admin.send", cohort_id=cohort_id, _anchor="brev")
        yield Task(f"{count} brev ska skrivas ut i omgången {name}.", address, f"Skriv ut brev i {name}")


def _same_addresses() -> Iterator[Task]:
    for cohort_id, name, count in cohort_view.second_at_address(work().identity):
        said = "1 person utan namn" if count == 1 else f"{count} personer utan namn"
        address = url_for("admin.cohort", cohort_id=cohort_id, visa=cohort_view.SAME_ADDRESS)
        yield Task(f"{said} har samma e-post som någon annan, i omgången {name}.", address, f"Se vem i {name}")


def _contacts() -> Iterator[Task]:
    """Numbers that nobody has checked for half a year are not shown to those who may need them."""
    count = contacts_to_check(service().material, local_date(now()))
    if count:
        said = "1 stödkontakt" if count == 1 else f"{count} stödkontakter"
        yield Task(f"{said} behöver kontrolleras.", url_for("admin.contacts"), "Kontrollera stödkontakterna")
