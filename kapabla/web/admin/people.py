"""One person (D04, D09): number, trade and steps; contact details only with a reason, for ten minutes, logged."""

from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import epoch, local_date
from kapabla.errors import NotFound
from kapabla.identity import cohort_view, correcting, entry, rights_requests, sending, withdrawals
from kapabla.identity.cohort_editing import CohortArchived
from kapabla.identity.cohorts import FIRST_DAY, Cohort
from kapabla.identity.contact import read_contact
from kapabla.identity.enrolling import new_access
from kapabla.identity.people import Person
from kapabla.identity.vocabulary import LANGUAGE_NAMES
from kapabla.office.access import can
from kapabla.web.admin import log, receipts
from kapabla.web.admin.blueprint import blueprint, leave_trace, own_municipality
from kapabla.web.admin.look_reasons import OPTIONS, asked_reason
from kapabla.web.auth import needs, signed_in, staff
from kapabla.web.context import MONTHS
from kapabla.web.unit_of_work import now, service, work

VIEW_SECONDS = 600
SCOPES = {"forskning": "research", "allt": "all"}
ANSWERS = {"kvar": False, "bort": True}
# How the county was told (D09): goes to the log as a code.
WAYS = {"telefon": "phone", "brev": "letter", "mejl": "email", "besok": "visit"}
_LATELY = {"idag": 0, "igår": 1, "iförrgår": 2}
DAY_WRONG = "Skriv dagen då du fick veta det så här: 2026-09-12. Den kan inte ligga framåt i tiden."
_RIGHTS = ("restrict", "see_contact", "record_withdrawal", "edit_cohorts", "send_messages", "order_copy")
# Why somebody is let past the start questions (D5): goes to the log as a code.
REASONS_TO_LET_PAST = {"teknik": "technical", "mote": "meeting", "annat": "other"}


class PersonUnknown(NotFound):
    """Nobody has the number, or not in one's own part of the county."""

    code = "person_unknown"


def get_person(number: str) -> Person:
    person = cohort_view.find_person(work().identity, number.strip().upper(), municipality=own_municipality())
    if person is None:
        raise PersonUnknown()
    return person


@blueprint.errorhandler(PersonUnknown)
def person_unknown(_error: PersonUnknown) -> ResponseReturnValue:
    """Who had the person erased is told so, for a day; to others the number is one that nobody has."""
    number = str((request.view_args or {}).get("number", "")).strip().upper()
    is_erased = withdrawals.is_ordered(work().identity, withdrawals.mark_of(service().keys, number, staff().id))
    return render_template("admin/person_unknown.html", number=number, is_erased=is_erased), 410 if is_erased else 404


def check_acted_on(person: Person) -> Cohort | None:
    """In a cohort that is put away nothing is done with anybody, but what they have a right to. Where they are."""
    cohort = correcting.current_cohort(work().identity, person)
    if cohort is not None and cohort.is_archived:
        raise CohortArchived(cohort=cohort.id)
    return cohort


def may_see_contact(person: Person) -> bool:
    """Within ten minutes of a reason given, for that very person."""
    found = signed_in()
    return (
        found is not None
        and found.session.may_see_person == person.id
        and found.session.may_see_until >= epoch(now())
        and can(staff().role, "see_contact")
    )


@blueprint.get("/admin/deltagare/<number>")
@needs("see_cohorts")
def person(number: str) -> ResponseReturnValue:
    return _page(get_person(number))


def _page(found: Person, *, errors: dict[str, str] | None = None) -> str:
    material, identity = service().material, work().identity
    invitation, steps = sending.first_message(identity, found.id), entry.steps_over(identity, found.id)
    is_uninvited = "opened" not in steps and (invitation is None or invitation.state in sending.NEVER_CAME)
    return render_template(
        "admin/person.html", person=found, found=errors or {}, given=request.form,
        contact=read_contact(service().keys, found) if may_see_contact(found) else None,
        language=LANGUAGE_NAMES[found.language][0], look_reasons=OPTIONS,
        steps=steps, contacted_by=cohort_view.person_row(found),
        invitation=invitation, is_link_sent="lank" in request.args,
        role=material.role(found.role).label.sv if found.role else None,
        place=material.municipality(found.municipality).name if found.municipality else None,
        cohort=correcting.current_cohort(identity, found), earlier=correcting.earlier_cohorts(identity, found),
        generation=receipts.generation_of(found.id),
        same_address=cohort_view.first_at_address(identity, found) if can(staff().role, "import_people") else None,
        today=local_date(now()).isoformat(), is_pending=withdrawals.is_withdrawal_pending(identity, found.id),
        rights={right: can(staff().role, right) for right in _RIGHTS},
        may_invite=is_uninvited and sending.can_reach(identity, found.id), may_hand_over=is_uninvited,
        events=log.latest_with(found) if can(staff().role, "see_log") else [],
    )  # fmt: skip


@blueprint.post("/admin/deltagare/<number>/kontakt")
@needs("see_contact", proof=True)
def show_contact(number: str) -> ResponseReturnValue:
    found = get_person(number)
    reason, errors = asked_reason("Välj varför du behöver se uppgifterna.")
    if errors:
        return _page(found, errors=errors), 400
    live = signed_in()
    assert live is not None
    live.session.may_see_person, live.session.may_see_until = found.id, epoch(now()) + VIEW_SECONDS
    leave_trace("contact_view", f"person:{found.id}", reason=reason)
    work().office.flush()
    return redirect(url_for("admin.person", number=number), 303)


@blueprint.post("/admin/deltagare/<number>/avsluta")
@needs("record_withdrawal", proof=True)
def record_withdrawal(number: str) -> ResponseReturnValue:
    """Left to the jobs, which alone may reach the answers: carried out within one job cycle."""
    found = get_person(number)
    scope, erase = SCOPES.get(request.form.get("vad", "")), ANSWERS.get(request.form.get("svar", ""))
    way = WAYS.get(request.form.get("hur", ""))
    errors = {}
    if way is None:
        errors["hur"] = "Välj hur du fick veta det."
    since = correcting.first_day(work().identity, found) or FIRST_DAY
    told_on = told_day(request.form.get("dag", ""), since=since)
    if told_on is None:
        errors["dag"] = (
            f"Skriv dagen då du fick veta det så här: 2026-09-12. Tidigast {since}, då omgången började, "
            "och senast i dag."
        )
    if scope is None:
        errors["vad"] = "Välj vad personen vill sluta med."
    if erase is None:
        errors["svar"] = "Välj vad som ska hända med svaren."
    if scope is None or erase is None or way is None or told_on is None:
        return _page(found, errors=errors), 400
    if erase and cohort_view.as_number(request.form.get("nummer", "")) != found.number:
        return _erase_page(found, scope)
    mark = withdrawals.mark_of(service().keys, found.number, staff().id) if erase and scope == "all" else None
    withdrawals.order_withdrawal(work().identity, found.id, scope=scope, erase=erase, at=now(), mark=mark)
    if erase:
        rights_requests.add_request(
            work().identity, found.id, rights_requests.ERASURE, way=way, came_on=told_on
        )  # fmt: skip
    live = signed_in()
    if live and live.session.may_see_person == found.id:
        live.session.may_see_until = 0
        work().office.flush()
    reason = f"{scope}{' erase' if erase else ''}, {way}, {told_on}"
    leave_trace("withdrawal_recorded", f"person:{found.id}", reason=reason)
    return receipts.to_receipt("withdrawal", number=found.number, person=found.id)


def _erase_page(found: Person, scope: str) -> ResponseReturnValue:
    """What goes, before it goes for good: the number is asked for there (D09, D11). Carries what was chosen."""
    typed = request.form.get("nummer")
    error = None
    if typed is not None:
        error = f"Skriv {found.number} för att bekräfta. Svaren går inte att få tillbaka."
    return render_template(
        "admin/erase_person.html", person=found, scope=scope, error=error, given=request.form,
        cohort=correcting.current_cohort(work().identity, found),
    ), 400 if error else 200  # fmt: skip


def told_day(text: str, *, since: date = FIRST_DAY) -> date | None:
    """On which the county was told: the law counts from it. None where it is no day, or has not been."""
    found = _read_day(text)
    return found if found and since <= found <= local_date(now()) else None


def _read_day(text: str) -> date | None:
    """As it is written with figures, as the pages write it, and as somebody with a telephone at the ear types it."""
    words, today = text.casefold().split(), local_date(now())
    if "".join(words) in _LATELY:
        return today - timedelta(days=_LATELY["".join(words)])
    try:
        if len(words) == 3 and words[1] in MONTHS:
            return date(int(words[2]), MONTHS.index(words[1]) + 1, int(words[0]))
        return date.fromisoformat("".join(words))
    except ValueError:
        return None


@blueprint.post("/admin/deltagare/<number>/kopia")
@needs("order_copy", proof=True)
def order_copy(number: str) -> ResponseReturnValue:
    """With the answers, which no staff see: the jobs seal it. The code is told by another, who has no link (B5)."""
    found = get_person(number)
    if request.form.get("kontrollerad") != "1":
        error = "Kontrollera först vem personen är, och kryssa i rutan."
        return _page(found, errors={"kontrollerad": error}), 400
    asked = rights_requests.add_request(
        work().identity, found.id, rights_requests.ACCESS, way="phone", came_on=local_date(now())
    )  # fmt: skip
    withdrawals.order_copy(work().identity, found.id, asked.id, at=now())
    leave_trace("copy_order", f"person:{found.id}")
    return receipts.to_receipt("copy", number=found.number)


@blueprint.post("/admin/deltagare/<number>/oppna")
@needs("edit_cohorts")
def override_gate(number: str) -> ResponseReturnValue:
    """The course opens although the start questions are not answered (D5). Whether they are, staff do not learn."""
    found, reason = get_person(number), REASONS_TO_LET_PAST.get(request.form.get("varfor", ""))
    if reason is None:
        return _page(found, errors={"varfor": "Välj varför personen ska få börja utan startfrågorna."}), 400
    check_acted_on(found)
    correcting.override_gate(work().identity, found)
    withdrawals.order_placement(work().identity, found.id, at=now())
    leave_trace("gate_override", f"person:{found.id}", reason=reason)
    return redirect(url_for("admin.person", number=number), 303)


@blueprint.post("/admin/deltagare/<number>/kod")
@needs("send_messages")
def new_code(number: str) -> ResponseReturnValue:
    """The old link and code are dead at once. Pressed twice, the second press shows the code that the first made."""
    found, seen = get_person(number), request.form.get("sedd", "")
    current = receipts.generation_of(found.id)
    check_acted_on(found)
    if seen == str(current):
        new_access(work().identity, service().keys, found)
        entry.end_sessions_of(work().identity, found.id)
        leave_trace("new_code", f"person:{found.id}")
    elif seen == str(current - 1):
        leave_trace("new_code", f"person:{found.id}", reason="shown again")
    else:
        return redirect(url_for("admin.person", number=number), 303)
    return receipts.to_code("code", found.id)


@blueprint.post("/admin/deltagare/<number>/kod/lamnad")
@needs("send_messages")
def note_code_in_hand(number: str) -> ResponseReturnValue:
    """On paper or by word of mouth, to who is reached neither by e-mail nor by letter."""
    found = get_person(number)
    check_acted_on(found)
    if sending.mark_in_hand(work().identity, found.id):
        leave_trace("code_in_hand", f"person:{found.id}")
    return redirect(url_for("admin.person", number=number), 303)


@blueprint.post("/admin/deltagare/<number>/kod/mejl")
@needs("send_messages")
def send_new_link(number: str) -> ResponseReturnValue:
    """To who was invited by e-mail and whose link a new code has killed."""
    found, identity = get_person(number), work().identity
    cohort = check_acted_on(found)
    if cohort is not None and sending.can_reach(identity, found.id):
        generation = receipts.generation_of(found.id)
        batch = sending.send_new_link(identity, found.id, cohort, generation, by=staff().name, at=now())
        if batch is not None:
            leave_trace("link_send", f"person:{found.id}")
    return redirect(url_for("admin.person", number=number, lank="1"), 303)
