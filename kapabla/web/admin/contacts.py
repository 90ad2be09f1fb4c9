"""Numbers to turn to: when each was last checked, and who calls to check it (`domain.md` 2.7).

A number that nobody has checked for six months is not shown to anybody, so that this page is a list of work.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.errors import NotFound
from kapabla.material import Material, SupportContact
from kapabla.material.contact_checks import ContactCheck
from kapabla.office.contact_register import order_check
from kapabla.web.admin.blueprint import blueprint, leave_trace
from kapabla.web.auth import needs, staff
from kapabla.web.safety import VALID_DAYS, is_fresh
from kapabla.web.unit_of_work import now, service, work

# A month before a number disappears there is time to call it.
WARNED_DAYS = 30
HOURS = {"sv": "tider", "sv_easy": "tider_latt", "en": "tider_engelska"}
_NUMBER = re.compile(r"\+?[0-9][0-9 -]{1,18}[0-9]")
# The shortest number to turn to is 1177, the longest are of other countries.
_DIGITS = range(4, 16)
_MOST = 120


@dataclass(frozen=True)
class Standing:
    contact: SupportContact
    state: str  # always, checked, soon or hidden


def standings(material: Material, today: date) -> list[Standing]:
    """Those that are not shown first, then those that soon will not be."""
    order = ("hidden", "soon", "checked", "always")
    found = [Standing(contact, _state(contact, today)) for contact in material.contacts]
    return sorted(found, key=lambda one: order.index(one.state))


def contacts_to_check(material: Material, today: date) -> int:
    """How many have a number that is not shown, or soon will not be: a task of the overview."""
    return sum(one.state in ("hidden", "soon") and bool(one.contact.number) for one in standings(material, today))


def _state(contact: SupportContact, today: date) -> str:
    if contact.always:
        return "always"
    if not contact.number or not is_fresh(contact, today):
        return "hidden"
    left = contact.verified_on + timedelta(days=VALID_DAYS) - today if contact.verified_on else timedelta(0)
    return "soon" if left.days < WARNED_DAYS else "checked"


@blueprint.get("/admin/stodkontakter")
@needs("check_contacts")
def contacts() -> ResponseReturnValue:
    material, today = service().material, local_date(now())
    saved = next((one for one in material.contacts if one.code == request.args.get("sparad")), None)
    return render_template(
        "admin/contacts.html", rows=standings(material, today), saved=saved,
        places={place.code: place.name for place in material.municipalities}, is_demo=service().config.demo,
    )  # fmt: skip


@blueprint.get("/admin/stodkontakter/<code>")
@needs("check_contacts")
def contact(code: str) -> ResponseReturnValue:
    found = _contact(code)
    given = {"nummer": found.number or ""}
    given |= {field: found.hours.get(language) if found.hours else "" for language, field in HOURS.items()}
    return _form(found, given, {})


@blueprint.post("/admin/stodkontakter/<code>")
@needs("check_contacts")
def submit_contact(code: str) -> ResponseReturnValue:
    found = _contact(code)
    names = ("nummer", *HOURS.values(), "ringt", "nytt")
    given = {name: " ".join(request.form.get(name, "").split()) for name in names}
    errors = _faults(given, found.number or "")
    if errors:
        return _form(found, given, errors), 400
    hours = {language: given[field] for language, field in HOURS.items()} if given["tider"] else None
    check = ContactCheck(found.code, given["nummer"], hours, local_date(now()), staff().name)
    order_check(work().office, check, at=now())
    leave_trace("contact_checked", f"support:{found.code}")
    return redirect(url_for("admin.contacts", sparad=found.code), 303)


def _contact(code: str) -> SupportContact:
    found = next((one for one in service().material.contacts if one.code == code and not one.always), None)
    if found is None:
        raise NotFound("no_such_contact")
    return found


def _faults(given: dict[str, str], former: str) -> dict[str, str]:
    """`former` is the number that stands there. Another is looked at twice: somebody in danger will ring it."""
    errors: dict[str, str] = {}
    digits = re.sub(r"\D", "", given["nummer"])
    if not _NUMBER.fullmatch(given["nummer"]) or len(digits) not in _DIGITS:
        errors["nummer"] = "Skriv telefonnumret med siffror, så här: 020-50 50 50."
    elif digits != re.sub(r"\D", "", former) and given["nytt"] != given["nummer"]:
        errors["nytt"] = f"Förut stod {former or 'inget nummer'}. Nu står {given['nummer']}. Kryssa i om det stämmer."
    filled = [field for field in HOURS.values() if given[field]]
    for field in HOURS.values():
        if len(given[field]) > _MOST:
            errors[field] = f"Skriv tiderna med högst {_MOST} tecken."
        elif filled and not given[field]:
            errors[field] = "Skriv tiderna också här, eller lämna alla tre tomma. Deltagarna läser på tre språk."
    if given["ringt"] != "1":
        errors["ringt"] = "Kryssa i att du har kontrollerat numret i dag. Ring eller läs på tjänstens egen webbplats."
    return errors


def _form(found: SupportContact, given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("admin/contact.html", contact=found, given=given, found=errors)
