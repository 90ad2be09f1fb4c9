"""Open surveys at the county's desk: opened, spread by link and sheet, typed in from paper, and results on the way out.

Nobody here sees an answer: what is typed from paper goes sealed to the jobs, and a result is protected when it comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.errors import NotFound, Refused
from kapabla.ids import new_id
from kapabla.material.instruments import PageAnswers, Questionnaire, answers_that_count, pages_to_show, read_page
from kapabla.material.population_file import read_totals
from kapabla.material.survey_results import from_bytes
from kapabla.material.surveys import OpenSurvey, Population, newest_instrument, questionnaire_of
from kapabla.office import approvals, sign_in, surveys
from kapabla.office.access import can
from kapabla.office.surveys import SurveyRecord, SurveyResultRecord
from kapabla.web import question_form
from kapabla.web.admin import survey_fields as told
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.decision_code import check_code
from kapabla.web.admin.survey_sheet import sheet_pdf
from kapabla.web.admin.typed_fields import Reading, read, written
from kapabla.web.auth import needs, staff
from kapabla.web.safety import shown_box
from kapabla.web.survey_page import view_of
from kapabla.web.unit_of_work import now, service, work

KEY_FIELD = "nyckel"
_MOST_BYTES = 200_000


@blueprint.get("/admin/enkater")
@needs("see_surveys")
def surveys_page() -> ResponseReturnValue:
    rows = [(one, name_of_survey(one), _standing(one)) for one in surveys.all_surveys(work().office)]
    return render_template("admin/surveys.html", rows=rows, may_run=can(staff().role, "run_surveys"))


def name_of_survey(record: SurveyRecord) -> str:
    survey = record.survey
    return f"{service().material.municipality(survey.municipality).name} {survey.year}"


def _standing(record: SurveyRecord) -> str:
    """Where the survey stands, in words."""
    result, today, survey = surveys.result_of(work().office, record.slug), local_date(now()), record.survey
    if result is not None:
        return told.STATES[result.state]
    if today < survey.opens_on:
        return "Inte öppnad än"
    return "Öppen" if today <= survey.closes_on else "Stängd"


@blueprint.get("/admin/enkater/ny")
@needs("run_surveys")
def new_survey() -> ResponseReturnValue:
    return _new_page(Reading())


@blueprint.post("/admin/enkater/ny")
@needs("run_surveys")
def submit_new_survey() -> ResponseReturnValue:
    fields = told.new_fields(service().material.municipalities)
    reading = read(fields, request.form)
    told.check_days(reading, local_date(now()))
    places = told.places_of(reading)
    survey = None if reading.errors else _survey_of(reading, places)
    if survey is None:
        return _new_page(reading), 400
    try:
        surveys.open_survey(work().office, service().office_chain, survey, by=staff(), at=now())
    except surveys.SurveyExists:
        reading.errors["kommun"] = "Kommunen har redan en enkät som stänger det året. Ändra dagarna på den i stället."
        return _new_page(reading), 409
    return to_survey(survey.slug)


def _survey_of(reading: Reading, places: tuple[str, ...]) -> OpenSurvey | None:
    instrument, given = newest_instrument(service().material), reading.values
    try:
        counts = read_totals(_file(), instrument)
    except Refused as refused:
        reading.errors["fil"] = told.FILE[refused.code].format(**refused.context)
        return None
    place = service().material.municipality(given["municipality"])
    return OpenSurvey(
        slug=f"{place.slug}-{given['closes_on'].year}", version=1, municipality=place.code, instrument=instrument.id,
        instrument_version=instrument.version, opens_on=given["opens_on"], closes_on=given["closes_on"], places=places,
        population=Population(
            source=given["source"], as_of=given["as_of"], retrieved_on=given["retrieved_on"], counts=counts
        ),
        is_example=service().config.demo,
    )  # fmt: skip


def _file() -> bytes:
    file = request.files.get("fil")
    if file is None or not file.filename:
        raise Refused("totals_missing")
    with file.stream as stream:
        body = stream.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        raise Refused("totals_too_large")
    return body


def _new_page(reading: Reading) -> str:
    return render_template(
        "admin/survey_new.html", fields=told.new_fields(service().material.municipalities), given=reading.given,
        found=reading.errors,
    )  # fmt: skip


@blueprint.get("/admin/enkater/<slug>")
@needs("see_surveys")
def survey_page(slug: str) -> ResponseReturnValue:
    return survey_shown(surveys.get_survey(work().office, slug))


def survey_shown(record: SurveyRecord, *, error: str = "") -> str:
    today, result = local_date(now()), surveys.result_of(work().office, record.slug)
    is_counted = surveys.is_counted(work().office, record.slug)
    may_run = can(staff().role, "run_surveys")
    return render_template(
        "admin/survey.html", survey=record.survey, name=name_of_survey(record), standing=_standing(record),
        result=result, error=error, address=f"{service().config.base_url}/enkat/{record.slug}", may_run=may_run,
        may_type=may_run and not is_counted and today >= record.survey.opens_on, may_change=may_run and not is_counted,
        may_ask=may_run and not is_counted and today > record.survey.closes_on,
        may_read=result is not None and bool(result.document),
        may_correct=may_run and result is not None and result.state == "published",
        counted_to=_counted_to(record), answered=record.answered,
    )  # fmt: skip


def _counted_to(record: SurveyRecord) -> date | None:
    """The last day whose answers are in the number; None before there was one."""
    survey = record.survey
    if record.counted_on is None or record.counted_on <= survey.opens_on:
        return None
    return min(record.counted_on - timedelta(days=1), survey.closes_on)


def to_survey(slug: str) -> ResponseReturnValue:
    return redirect(url_for("admin.survey_page", slug=slug), 303)


@blueprint.get("/admin/enkater/<slug>/dagar")
@needs("run_surveys")
def survey_days(slug: str) -> ResponseReturnValue:
    record = surveys.get_survey(work().office, slug)
    return _days_page(record, Reading(given=written(told.DAYS, record.survey)))


@blueprint.post("/admin/enkater/<slug>/dagar")
@needs("run_surveys")
def submit_survey_days(slug: str) -> ResponseReturnValue:
    record, reading = surveys.get_survey(work().office, slug), read(told.DAYS, request.form)
    told.check_days(reading, None)
    if not reading.errors and reading.values["closes_on"].year != record.survey.year:
        reading.errors["stanger"] = "Enkäten ska stänga samma år. Skapa en ny enkät för ett annat år."
    if reading.errors:
        return _days_page(record, reading), 400
    try:
        surveys.change_days(
            work().office, service().office_chain, record, by=staff(), at=now(), **reading.values
        )  # fmt: skip
    except surveys.SurveyCounted:
        return survey_shown(record, error=told.COUNTED), 409
    return to_survey(slug)


def _days_page(record: SurveyRecord, reading: Reading) -> str:
    return render_template(
        "admin/survey_days.html", survey=record.survey, name=name_of_survey(record), fields=told.DAYS,
        given=reading.given, found=reading.errors,
    )  # fmt: skip


@blueprint.get("/admin/enkater/<slug>/blad")
@needs("see_surveys")
def survey_sheet(slug: str) -> ResponseReturnValue:
    """A sheet to put up, with link and QR, and the questions to answer on paper."""
    record = surveys.get_survey(work().office, slug)
    held = service()
    body = sheet_pdf(
        record.survey, questionnaire_of(record.survey, held.material), held.material,
        link=f"{held.config.base_url}/enkat/{slug}",
        notice=shown_box(held.material, "not_a_report", today=local_date(now()), demo=held.config.demo),
    )  # fmt: skip
    file = f"kapabla_enkat_{slug}_{local_date(now()).isoformat()}.pdf"
    return send_file(body, mimetype="application/pdf", as_attachment=True, download_name=file)


@dataclass(frozen=True)
class Paper:
    """What was typed from one paper, read as the form on the web is read."""

    questionnaire: Questionnaire
    given: Mapping[str, list[str]]
    reads: tuple[PageAnswers, ...]

    @property
    def faults(self) -> question_form.Faults:
        return {fault.item: fault for page in self.reads for fault in page.faults}


@blueprint.get("/admin/enkater/<slug>/papper")
@needs("run_surveys")
def paper_answer(slug: str) -> ResponseReturnValue:
    record = surveys.get_survey(work().office, slug)
    if surveys.is_counted(work().office, slug):
        return survey_shown(record, error=told.COUNTED), 409
    return _paper_page(record, _paper(record, {}), key=new_id(), is_kept=request.args.get("sparat") == "1")


@blueprint.post("/admin/enkater/<slug>/papper")
@needs("run_surveys")
def submit_paper_answer(slug: str) -> ResponseReturnValue:
    record, key = surveys.get_survey(work().office, slug), request.form.get(KEY_FIELD, "")[:40]
    paper = _paper(record, request.form.to_dict(flat=False))
    if paper.faults or not key.isalnum():
        return _paper_page(record, paper, key=key if key.isalnum() else new_id()), 400
    if not any(page.values for page in paper.reads):
        return _paper_page(record, paper, key=key, is_empty=True), 400
    try:
        surveys.put_paper_answer(
            work().office, service().office_chain, record, _as_answer(record, paper), form_key=key,
            sealing_key=service().keys.get("sealing"), by=staff(), at=now(),
        )  # fmt: skip
    except surveys.SurveyCounted:
        return survey_shown(record, error=told.COUNTED), 409
    return redirect(url_for("admin.paper_answer", slug=slug, sparat=1), 303)


def _paper(record: SurveyRecord, given: Mapping[str, list[str]]) -> Paper:
    questionnaire = questionnaire_of(record.survey, service().material)
    return Paper(questionnaire, given, tuple(read_page(page, given) for page in questionnaire.pages))


def _as_answer(record: SurveyRecord, paper: Paper) -> dict[str, object]:
    values = {code: value for page in paper.reads for code, value in page.values.items()}
    shown = {item.code for page in pages_to_show(paper.questionnaire, values) for item in page.items}
    reasons = {code: reason.slug for page in paper.reads for code, reason in page.missing.items()}
    missing = {
        item.code: reasons[item.code] if item.code in shown else "not_shown"
        for item in paper.questionnaire.items
        if item.code not in shown or item.code in reasons
    }
    return {
        "version": record.version, "values": answers_that_count(paper.questionnaire, values), "missing": missing,
        "language": "sv", "on": local_date(now()).isoformat(),
    }  # fmt: skip


def _paper_page(
    record: SurveyRecord, paper: Paper, *, key: str, is_kept: bool = False, is_empty: bool = False
) -> str:  # fmt: skip
    pages = [
        (page, question_form.blocks(page, page.items, paper.given, paper.faults)) for page in paper.questionnaire.pages
    ]
    return render_template(
        "admin/survey_paper.html", survey=record.survey, name=name_of_survey(record), pages=pages, key=key,
        is_kept=is_kept, is_empty=is_empty,
        questions=[question for _, blocks in pages for block in blocks for question in block.questions],
    )  # fmt: skip


@blueprint.post("/admin/enkater/<slug>/resultat")
@needs("run_surveys")
def ask_survey_result(slug: str) -> ResponseReturnValue:
    record = surveys.get_survey(work().office, slug)
    try:
        surveys.ask_result(
            work().office, service().office_chain, record, by=staff(), today=local_date(now()), at=now()
        )  # fmt: skip
    except surveys.SurveyNotOver:
        return survey_shown(record, error="Enkäten är öppen än. Räkna svaren när den har stängt."), 409
    except surveys.SurveyCounted:
        return survey_shown(record, error=told.COUNTED), 409
    return to_survey(slug)


@blueprint.get("/admin/enkater/resultat/<result_id>")
@needs("see_surveys")
def survey_result(result_id: str) -> ResponseReturnValue:
    """What citizens will read, as two people approve it."""
    return _result_page(_result(result_id))


@blueprint.post("/admin/enkater/resultat/<result_id>")
@needs("approve_release")
def decide_survey_result(result_id: str) -> ResponseReturnValue:
    result, reason = _result(result_id), " ".join(request.form.get("skal", "").split())
    is_refusal = request.form.get("beslut") == "avsla"
    if is_refusal and not reason:
        return _result_page(result, error="reason_missing"), 400
    try:
        check_code()
        if is_refusal:
            surveys.refuse(work().office, service().office_chain, result, reason=reason, by=staff(), at=now())
        else:
            surveys.approve(work().office, service().office_chain, result, by=staff(), at=now())
    except (sign_in.SignInRefused, sign_in.TooManyAttempts) as refused:
        return _result_page(result, error=refused.code), 400
    except (approvals.SameAccount, approvals.NotOpen, surveys.WrongState) as refused:
        return _result_page(result, error=refused.code), 409
    return to_survey(result.survey)


def _result(result_id: str) -> SurveyResultRecord:
    result = surveys.get_result(work().office, result_id)
    if not result.document:
        raise NotFound("no_such_result")
    return result


def _result_page(result: SurveyResultRecord, *, error: str = "") -> str:
    record = surveys.get_survey(work().office, result.survey)
    field, sentence = told.REFUSED.get(error, ("", ""))
    is_first = surveys.first_approver(work().office, result) == staff().id
    return render_template(
        "admin/survey_result.html", record=result, survey=record.survey, name=name_of_survey(record), field=field,
        sentence=sentence, reason=request.form.get("skal", ""), is_first=is_first, standing=told.STATES[result.state],
        may_decide=can(staff().role, "approve_release") and result.state in ("made", "approved_once") and not is_first,
        **view_of(from_bytes(result.document.encode()), None),
    )  # fmt: skip
