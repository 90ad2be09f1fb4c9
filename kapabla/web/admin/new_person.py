"""Adding one person by form, and the code without a name for protected identity, which is made here alone (S16)."""

from flask import render_template
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import importing
from kapabla.identity.codes import format_code
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, access_of, enrol
from kapabla.identity.people import Person
from kapabla.web.admin import person_form
from kapabla.web.admin.blueprint import NAVIGATION, blueprint, leave_trace, visible_cohort
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import now, service, work


@blueprint.get("/admin/omgangar/<cohort_id>/person")
@needs("import_people")
def new_person(cohort_id: str) -> ResponseReturnValue:
    return _form(visible_cohort(cohort_id), {}, {})


@blueprint.post("/admin/omgangar/<cohort_id>/person")
@needs("import_people")
def submit_person(cohort_id: str) -> ResponseReturnValue:
    cohort, given = visible_cohort(cohort_id), person_form.typed()
    if given["skyddad"]:
        return _create(cohort, _protected())
    form = person_form.read_form(given)
    if form.errors:
        return _form(cohort, given, form.errors), 400
    found, errors = person_form.check_new(form, cohort)
    if errors:
        return _form(cohort, given, errors), 400
    new = importing.new_people(found, is_test=service().config.demo)[0]
    return _create(cohort, new, shared=next(iter(found.shared.values()), None))


def _create(cohort: Cohort, new: NewPerson, *, shared: str | None = None) -> str:
    identity = work().identity
    person_id = enrol(identity, service().keys, cohort, [new], on=local_date(now()))[0]
    leave_trace("person_add", f"person:{person_id}")
    access = access_of(identity, service().keys, [person_id])[person_id]
    return render_template(
        "admin/person_done.html", nav_items=NAVIGATION, cohort=cohort, shared=shared, is_new=True,
        number=identity.get_one(Person, person_id).number, code=format_code(access.code),
        is_protected=new.is_protected,
    )  # fmt: skip


def _protected() -> NewPerson:
    """No name, no address, no place: what was typed beside the box is thrown away unread."""
    return NewPerson(Contact(), None, None, "none", is_protected=True, is_test=service().config.demo)


def _form(cohort: Cohort, given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "admin/new_person.html", nav_items=NAVIGATION, cohort=cohort, given=given, found=errors,
        **person_form.choices(),
    )  # fmt: skip
