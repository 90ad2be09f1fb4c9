"""Adding one person by form, and the code without a name for protected identity, which is made here alone (S16)."""

import re
from dataclasses import replace

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import importing
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, enrol
from kapabla.identity.people import Person
from kapabla.ids import new_id
from kapabla.web.admin import person_form, receipts
from kapabla.web.admin.blueprint import blueprint, leave_trace, visible_cohort, working_cohort
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import now, service, work

KEY_FIELD = "nyckel"
_KEY = re.compile(r"[a-z0-9]{16}")


@blueprint.get("/admin/omgangar/<cohort_id>/person")
@needs("import_people")
def new_person(cohort_id: str) -> ResponseReturnValue:
    return _form(working_cohort(cohort_id), {}, {})


@blueprint.post("/admin/omgangar/<cohort_id>/person")
@needs("import_people")
def submit_person(cohort_id: str) -> ResponseReturnValue:
    """Pressed twice, the second press shows the receipt of the first: the form carries the id of whom it makes."""
    cohort, given = visible_cohort(cohort_id), person_form.typed()
    key = request.form.get(KEY_FIELD, "")
    if not _KEY.fullmatch(key):
        abort(400)
    known = work().identity.get(Person, key)
    if known is not None:
        return receipts.to_code("person", known.id)
    if given["skyddad"]:
        return _create(cohort, replace(_protected(), id=key))
    form = person_form.read_form(given)
    if form.errors:
        return _form(cohort, given, form.errors), 400
    found, errors = person_form.check_new(form, cohort)
    if errors or found is None:
        return _form(cohort, given, errors), 400
    new = importing.new_people(found, is_test=service().config.demo)[0]
    return _create(cohort, replace(new, id=key), shared=bool(found.shared))


def _create(cohort: Cohort, new: NewPerson, *, shared: bool = False) -> ResponseReturnValue:
    enrol(work().identity, service().keys, cohort, [new], on=local_date(now()))
    leave_trace("person_add", f"person:{new.id}")
    return receipts.to_code("person", new.id, shared=shared)


def _protected() -> NewPerson:
    """No name, no address, no place: what was typed beside the box is thrown away unread."""
    return NewPerson(Contact(), None, None, "none", is_protected=True, is_test=service().config.demo)


def _form(cohort: Cohort, given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "admin/new_person.html", cohort=cohort, given=given, found=errors,
        key=request.form.get(KEY_FIELD) or new_id(), **person_form.choices(),
    )  # fmt: skip
