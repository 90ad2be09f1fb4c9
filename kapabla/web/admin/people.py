"""One person (D04, D09, D13): number, trade and steps; contact details only with a reason, for ten minutes, logged."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import epoch, local_date
from kapabla.errors import NotFound
from kapabla.identity import cohort_view, entry
from kapabla.identity.codes import format_code
from kapabla.identity.contact import Contact, read_contact
from kapabla.identity.enrolling import NewPerson, access_of, enrol, get_cohort
from kapabla.identity.people import Person
from kapabla.identity.records import outbox
from kapabla.office.access import can
from kapabla.web.admin.blueprint import NAVIGATION, blueprint, leave_trace, own_municipality
from kapabla.web.auth import needs, signed_in, staff
from kapabla.web.unit_of_work import now, service, work

VIEW_SECONDS = 600
SCOPES = {"forskning": "research", "allt": "all"}
ANSWERS = {"kvar": False, "bort": True}


def _person(number: str) -> Person:
    person = cohort_view.find_person(work().identity, number, municipality=own_municipality())
    if person is None:
        raise NotFound("person_unknown")
    return person


@blueprint.get("/admin/deltagare/<number>")
@needs("see_cohorts")
def person(number: str) -> ResponseReturnValue:
    return _page(_person(number))


def _page(found: Person, *, errors: dict[str, str] | None = None) -> str:
    shown = signed_in()
    may_see = (
        shown is not None
        and shown.session.may_see_person == found.id
        and shown.session.may_see_until >= epoch(now())
        and can(staff().role, "see_contact")
    )
    material = service().material
    return render_template(
        "admin/person.html", nav_items=NAVIGATION, person=found, found=errors or {},
        contact=read_contact(service().keys, found) if may_see else None,
        steps=entry.steps_over(work().identity, found.id),
        role=material.role(found.role).label.sv if found.role else None,
        place=material.municipality(found.municipality).name if found.municipality else None,
        rights={right: can(staff().role, right) for right in ("see_contact", "record_withdrawal")},
    )  # fmt: skip


@blueprint.post("/admin/deltagare/<number>/kontakt")
@needs("see_contact")
def show_contact(number: str) -> ResponseReturnValue:
    found, reason = _person(number), request.form.get("skal", "").strip()
    if not reason:
        return _page(found, errors={"skal": "Skriv varför du behöver se uppgifterna."}), 400
    live = signed_in()
    assert live is not None
    live.session.may_see_person, live.session.may_see_until = found.id, epoch(now()) + VIEW_SECONDS
    # What was typed may name somebody: the row says that a reason was given, and the person by id alone.
    leave_trace("contact_view", f"person:{found.id}", reason="reason given")
    work().office.flush()
    return redirect(url_for("admin.person", number=number), 303)


@blueprint.post("/admin/deltagare/<number>/avsluta")
@needs("record_withdrawal")
def record_withdrawal(number: str) -> ResponseReturnValue:
    """Left to the jobs, which alone may reach the answers: carried out within one job cycle."""
    found = _person(number)
    scope, erase = SCOPES.get(request.form.get("vad", "")), ANSWERS.get(request.form.get("svar", ""))
    errors = {}
    if scope is None:
        errors["vad"] = "Välj vad personen vill sluta med."
    if erase is None:
        errors["svar"] = "Välj vad som ska hända med svaren."
    if erase and request.form.get("nummer", "").strip().upper() != found.number:
        errors["nummer"] = "Skriv deltagarnumret för att bekräfta. Svaren går inte att få tillbaka."
    if errors:
        return _page(found, errors=errors), 400
    key = f"withdraw:{found.id}:{scope}:{erase}"
    outbox.put(work().identity, "withdraw", {"person": found.id, "scope": scope, "erase": erase}, key=key, at=now())
    leave_trace("withdrawal_recorded", f"person:{found.id}", reason=str(scope))
    return render_template("admin/withdrawal_recorded.html", nav_items=NAVIGATION, number=number)


@blueprint.get("/admin/omgangar/<cohort_id>/person")
@needs("import_people")
def new_person(cohort_id: str) -> ResponseReturnValue:
    return _person_form(cohort_id, {}, {})


@blueprint.post("/admin/omgangar/<cohort_id>/person")
@needs("import_people")
def submit_person(cohort_id: str) -> ResponseReturnValue:
    """One person by form, with the messages of a row; or, protected, a code without a name."""
    cohort = get_cohort(work().identity, cohort_id)
    names = ("namn", "epost", "telefon", "adress", "kommun", "yrke", "skyddad")
    given = {name: request.form.get(name, "").strip() for name in names}
    errors = {} if given["skyddad"] else _check(given)
    if errors:
        return _person_form(cohort_id, given, errors), 400
    new = _protected() if given["skyddad"] else _as_new(given)
    person_id = enrol(work().identity, service().keys, cohort, [new], on=local_date(now()))[0]
    leave_trace("person_add", f"person:{person_id}")
    access = access_of(work().identity, service().keys, [person_id])[person_id]
    created = work().identity.get_one(Person, person_id)
    return render_template(
        "admin/person_done.html", nav_items=NAVIGATION, cohort=cohort, number=created.number,
        code=format_code(access.code), is_protected=bool(given["skyddad"]),
    )  # fmt: skip


def _protected() -> NewPerson:
    """Protected identity: no name, no address, no place. The code is handed over on paper (S16)."""
    return NewPerson(Contact(), None, None, "none", is_protected=True, is_test=service().config.demo)


def _as_new(given: dict[str, str]) -> NewPerson:
    contact = Contact(
        given["namn"], given["epost"].casefold() or None, given["telefon"] or None, given["adress"] or None
    )
    channel = "email" if contact.email else "letter"
    return NewPerson(contact, given["kommun"], given["yrke"], channel, is_test=service().config.demo)


def _check(given: dict[str, str]) -> dict[str, str]:
    errors = {}
    if not given["namn"]:
        errors["namn"] = "Skriv personens namn."
    if not (given["epost"] or given["telefon"] or given["adress"]):
        errors["epost"] = "Skriv minst ett sätt att nå personen: e-post, telefon eller adress."
    elif given["epost"] and "@" not in given["epost"]:
        errors["epost"] = "E-postadressen saknar @."
    if given["kommun"] not in {place.code for place in service().material.municipalities}:
        errors["kommun"] = "Välj kommun."
    if given["yrke"] not in {role.code for role in service().material.roles}:
        errors["yrke"] = "Välj yrke eller roll."
    return errors


def _person_form(cohort_id: str, given: dict[str, str], errors: dict[str, str]) -> str:
    material = service().material
    return render_template(
        "admin/new_person.html", nav_items=NAVIGATION, cohort=get_cohort(work().identity, cohort_id), given=given,
        found=errors, places=[("", "Välj kommun"), *((place.code, place.name) for place in material.municipalities)],
        roles=[("", "Välj yrke eller roll"), *((role.code, role.label.sv) for role in material.roles)],
    )  # fmt: skip
