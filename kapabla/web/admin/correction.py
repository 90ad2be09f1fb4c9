"""Correcting one person (A14, D13). Only while the contact details may be seen: the form shows them."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import correcting, rights_requests, withdrawals
from kapabla.identity.contact import read_contact
from kapabla.identity.list_reading.cells import read_mobile
from kapabla.identity.people import Person
from kapabla.web.admin import person_form
from kapabla.web.admin.blueprint import blueprint, leave_trace
from kapabla.web.admin.people import get_person, may_see_contact
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import now, service, work

CHANNELS = {"email": "E-post", "sms": "Sms", "letter": "Brev", "none": "Personen vill inte bli kontaktad"}
ERASED = "Uppgiften hör till någon som har valt att sluta vara med. Skriv en annan."
_FIELDS = {"email": "epost", "phone": "telefon"}


@blueprint.get("/admin/deltagare/<number>/ratta")
@needs("import_people")
def correct(number: str) -> ResponseReturnValue:
    found = get_person(number)
    if found.is_protected or not may_see_contact(found):
        return redirect(url_for("admin.person", number=number), 303)
    contact = read_contact(service().keys, found)
    given = {
        "namn": contact.name or "", "epost": contact.email or "", "telefon": contact.phone or "",
        "adress": contact.address or "", "kommun": found.municipality or "", "yrke": found.role or "",
        "sprak": found.language, "kanal": found.channel, "sedd": correcting.version_of(found),
    }  # fmt: skip
    return _form(found, given, {})


@blueprint.post("/admin/deltagare/<number>/ratta")
@needs("import_people")
def submit_correction(number: str) -> ResponseReturnValue:
    found = get_person(number)
    if found.is_protected or not may_see_contact(found):
        return redirect(url_for("admin.person", number=number), 303)
    form = person_form.read_form(person_form.typed())
    errors = form.errors or _check_channel(found, form)
    if errors:
        return _form(found, form.given, errors), 400
    row = form.reading.rows[0]
    try:
        correcting.correct_person(
            work().identity, service().keys, found, contact=form.contact, municipality=row.municipality,
            role=row.role, language=row.language, channel=form.given["kanal"], seen=form.given["sedd"],
        )  # fmt: skip
    except correcting.AddressShared as refused:
        return _form(found, form.given, {_FIELDS[refused.field]: _shared(refused)}), 400
    except correcting.AddressErased as refused:
        return _form(found, form.given, {_FIELDS[refused.field]: ERASED}), 400
    except correcting.ChangedSince:
        stale = "Någon annan har ändrat sedan du öppnade sidan. Öppna sidan igen och jämför innan du sparar."
        return _form(found, form.given, {"namn": stale}), 409
    withdrawals.order_placement(work().identity, found.id, at=now())
    rights_requests.carried_out(
        work().identity, found.id, rights_requests.RECTIFICATION, on=local_date(now())
    )  # fmt: skip
    leave_trace("contact_change", f"person:{found.id}")
    return redirect(url_for("admin.person", number=number), 303)


def _shared(refused: correcting.AddressShared) -> str:
    if refused.field == "phone":
        return (
            f"{refused.number} har samma nummer. Då hamnar bådas personliga länkar i samma telefon. "
            "Kontrollera numret, eller välj brev för den här personen."
        )
    return (
        f"{refused.number} har samma e-postadress. Då hamnar bådas personliga länkar i samma brevlåda. "
        "Kontrollera adressen, eller välj brev för den här personen."
    )


def _channels(found: Person) -> list[tuple[str, str]]:
    """Text messages where they can be sent, and for whoever has chosen them already."""
    has_sms = service().config.sms is not None or found.channel == "sms"
    return [(way, name) for way, name in CHANNELS.items() if way != "sms" or has_sms]


def _check_channel(found: Person, form: person_form.PersonForm) -> dict[str, str]:
    if form.given["kanal"] not in dict(_channels(found)):
        return {"kanal": "Välj hur personen vill bli kontaktad."}
    if form.given["kanal"] == "sms" and read_mobile(form.given["telefon"]) is None:
        return {"telefon": "Skriv ett svenskt mobilnummer, till exempel 070-174 06 05, eller välj ett annat sätt."}
    if form.given["kanal"] == "email" and not form.given["epost"]:
        return {"epost": "Skriv en e-postadress, eller välj brev."}
    return {}


def _form(found: Person, given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "admin/correct_person.html", person=found, given=given, found=errors,
        channels=_channels(found), **person_form.choices(),
    )  # fmt: skip
