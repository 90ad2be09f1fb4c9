"""From somebody who calls to the person's page: by the code in the letter or the link in the mail, which also say that
it is them (D15); or by the e-mail or telephone that they have told us, which does not."""

import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.identity import codes, cohort_view, entry
from kapabla.identity.list_reading.cells import read_email, read_phone
from kapabla.identity.people import Person
from kapabla.web.admin import known_people
from kapabla.web.admin.blueprint import blueprint, leave_trace, own_municipality
from kapabla.web.admin.look_reasons import OPTIONS, asked_reason
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import service, work

_LINK = re.compile(r"(?:\S*/k/)?([A-Za-z0-9_-]{20,60})")
NOT_FOUND = (
    "Vi hittar ingen. Kontrollera tecknen och försök igen. Det går att söka på koden i brevet, länken i mejlet, "
    "deltagarnumret, e-postadressen eller telefonnumret."
)


@blueprint.post("/admin/sok")
@needs("see_contact")
def find() -> ResponseReturnValue:
    """The answer is a page of its own: what was typed stands in no address, and in no field that is filled in again."""
    typed = request.form.get("vem", "").strip()
    found = cohort_view.find_person(work().identity, cohort_view.as_number(typed), municipality=own_municipality())
    if found is not None:
        return redirect(url_for("admin.person", number=found.number), 303)
    found = _by_code_or_link(typed)
    if found is not None:
        leave_trace("found_by_code", f"person:{found.id}")
        return _page(people=[found], is_shown=True)
    email, phone = _address_in(typed)
    return _by_address(typed, email, phone) if email or phone else (_page(errors={"vem": NOT_FOUND}), 400)


def _by_code_or_link(typed: str) -> Person | None:
    identity, link = work().identity, _LINK.fullmatch(typed)
    try:
        code = codes.parse_code(typed)
        entrant = entry.find_by_code(identity, codes.code_lookup(service().keys.get("invitation"), code))
    except (codes.CodeEmpty, codes.CodeMistyped):
        entrant = entry.find_by_token(identity, codes.token_hash(link[1])) if link else None
    found = identity.get(Person, entrant.person_id) if entrant else None
    place = own_municipality()
    return found if found is not None and (place is None or found.municipality == place) else None


def _address_in(typed: str) -> tuple[str | None, str | None]:
    email, fault = read_email(typed)
    return (None, read_phone(typed)) if fault else (email, None)


def _by_address(typed: str, email: str | None, phone: str | None) -> ResponseReturnValue:
    """Who takes part is not told for the asking: there is a reason, a row in the log, and so many a day."""
    if "bekraftat" not in request.form:
        return _page(asked=typed)
    reason, errors = asked_reason("Välj varför du söker personen.")
    if errors:
        return _page(asked=typed, errors=errors), 400
    if known_people.has_asked_too_often():
        return _page(errors={"vem": known_people.TOO_OFTEN}), 429
    people = cohort_view.find_by_address(
        work().identity, service().keys, email=email, phone=phone, municipality=own_municipality()
    )
    for found in people:
        leave_trace("found_by_address", f"person:{found.id}", reason=reason)
    if not people:
        leave_trace("found_by_address", "search", reason="0 people")
    return _page(people=people, errors={} if people else {"vem": NOT_FOUND})


def _page(
    *, people: list[Person] | None = None, is_shown: bool = False, asked: str | None = None,
    errors: dict[str, str] | None = None,
) -> str:  # fmt: skip
    return render_template(
        "admin/found.html", people=people or [], is_shown=is_shown, asked=asked, found=errors or {},
        given=request.form, look_reasons=OPTIONS,
    )  # fmt: skip
