"""A published result of a survey that is wrong: told of openly, and without the figures that were, by two once more."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.material.survey_results import SurveyResult, from_bytes
from kapabla.office import surveys
from kapabla.office.surveys import SurveyRecord
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.survey_fields import CORRECTION
from kapabla.web.admin.surveys import name_of_survey, survey_shown
from kapabla.web.admin.typed_fields import Reading, read
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work

_ON_THE_WAY = "Det finns inget publicerat resultat att rätta, eller så är en rättelse redan på väg."


@blueprint.get("/admin/enkater/<slug>/ratta")
@needs("run_surveys")
def survey_correction(slug: str) -> ResponseReturnValue:
    record = surveys.get_survey(work().office, slug)
    published = _published(record)
    if published is None:
        return survey_shown(record, error=_ON_THE_WAY), 409
    return _page(record, published, Reading(), [])


@blueprint.post("/admin/enkater/<slug>/ratta")
@needs("run_surveys")
def submit_survey_correction(slug: str) -> ResponseReturnValue:
    record, reading = surveys.get_survey(work().office, slug), read(CORRECTION, request.form)
    published, chosen = _published(record), request.form.getlist("siffror")
    if published is None:
        return survey_shown(record, error=_ON_THE_WAY), 409
    known = {value for value, _ in _options(published)}
    if reading.errors or not known.issuperset(chosen):
        return _page(record, published, reading, chosen), 400
    result = surveys.correct_result(
        work().office, service().office_chain, record, note=reading.values["note"], of=chosen, by=staff(), at=now()
    )  # fmt: skip
    return redirect(url_for("admin.survey_result", result_id=result.id), 303)


def _published(record: SurveyRecord) -> SurveyResult | None:
    """None where nothing is, or a correction is on its way."""
    found = surveys.result_of(work().office, record.slug)
    return from_bytes(found.document.encode()) if found and found.state == "published" else None


def _options(result: SurveyResult) -> list[tuple[str, str]]:
    """What has figures to take away."""
    shown = {one.indicator for one in result.figures if one.percent is not None}
    return [(one.indicator, one.label.sv) for one in (*result.indicators, *result.places) if one.indicator in shown]


def _page(record: SurveyRecord, published: SurveyResult, reading: Reading, chosen: list[str]) -> str:
    return render_template(
        "admin/survey_correction.html", survey=record.survey, name=name_of_survey(record), fields=CORRECTION,
        given=reading.given, found=reading.errors, options=_options(published), chosen=chosen,
    )  # fmt: skip
