"""From somebody who calls to the person's page: by the code in the letter, which also says that it is them (D15)."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.identity import codes, cohort_view, entry
from kapabla.identity.people import Person
from kapabla.web.admin.blueprint import blueprint, leave_trace, own_municipality
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import service, work


@blueprint.post("/admin/sok")
@needs("see_contact")
def find() -> ResponseReturnValue:
    """The answer to a code is a page of its own: it stands in no address, and in no field that is filled in again."""
    typed = request.form.get("vem", "").strip()
    found = _by_number(typed)
    if found is not None:
        return redirect(url_for("admin.person", number=found.number), 303)
    found = _by_code(typed)
    if found is None:
        error = "Vi hittar ingen med den koden eller det numret. Kontrollera tecknen och försök igen."
        return render_template("admin/found.html", person=None, error=error), 400
    leave_trace("found_by_code", f"person:{found.id}")
    return render_template("admin/found.html", person=found, error=None)


def _by_number(typed: str) -> Person | None:
    return cohort_view.find_person(work().identity, typed.upper(), municipality=own_municipality())


def _by_code(typed: str) -> Person | None:
    try:
        code = codes.parse_code(typed)
    except (codes.CodeEmpty, codes.CodeMistyped):
        return None
    identity = work().identity
    entrant = entry.find_by_code(identity, codes.code_lookup(service().keys.get("invitation"), code))
    found = identity.get(Person, entrant.person_id) if entrant else None
    place = own_municipality()
    return found if found is not None and (place is None or found.municipality == place) else None
