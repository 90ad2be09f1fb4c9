"""Whom a researcher may ask for an interview, as a file for the researcher: with the number of a matter, and logged.

The log's page tells that the list of a cohort was made and not who is in it, since that would say who takes part in the
research (D05). To the person it is told.
"""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import interviews
from kapabla.identity.cohorts import Cohort
from kapabla.identity.look_reasons import for_matter, read_matter_number
from kapabla.identity.own_copy import CHANNELS
from kapabla.web.admin.blueprint import blueprint, leave_trace, visible_cohort, working_cohort
from kapabla.web.admin.csv_files import as_file, harmless
from kapabla.web.admin.look_reasons import NUMBER_MISSING
from kapabla.web.auth import event, needs
from kapabla.web.unit_of_work import now, service, work

HEADINGS = ("Deltagarnummer", "Namn", "Sätt", "Adress eller nummer")


@blueprint.get("/admin/omgangar/<cohort_id>/intervjuer")
@needs("list_interviews")
def interview_list(cohort_id: str) -> ResponseReturnValue:
    return _page(working_cohort(cohort_id))


@blueprint.post("/admin/omgangar/<cohort_id>/intervjuer.csv")
@needs("list_interviews", proof=True)
def interview_file(cohort_id: str) -> ResponseReturnValue:
    """That nobody may be asked is an answer too, and logged."""
    cohort, number = visible_cohort(cohort_id), read_matter_number(request.form.get("diarienummer", ""))
    if number is None:
        return _page(cohort, errors={"diarienummer": NUMBER_MISSING}), 400
    found = interviews.interviewees(work().identity, service().keys, cohort)
    leave_trace("interview_list", f"cohort:{cohort.id}", reason=for_matter(number))
    if not found:
        return _page(cohort, is_empty=True)
    for one in found:
        told = event("named_for_interview", f"person:{one.person_id}", reason=for_matter(number))
        service().identity_chain.append(work().identity, told, at=now())
    cells = [(one.number, one.name, CHANNELS[one.channel], one.address) for one in found]
    filename = f"kapabla_intervjuer_{local_date(now()).isoformat()}.csv"
    return as_file(filename, [HEADINGS, *([harmless(cell) for cell in row] for row in cells)])


def _page(cohort: Cohort, *, errors: dict[str, str] | None = None, is_empty: bool = False) -> str:
    return render_template(
        "admin/interviews.html", cohort=cohort, found=errors or {}, given=request.form, is_empty=is_empty
    )
