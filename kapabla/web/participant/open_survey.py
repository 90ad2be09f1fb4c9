"""Open surveys: anybody may answer, nobody can be told from anybody else. What has been answered travels in the form
until it is sent in: no session, no cookie, nothing kept of half an answer."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.answers import open_surveys
from kapabla.clock import local_date
from kapabla.material import SupportContact
from kapabla.material.instruments import (
    AnswerFault,
    PageAnswers,
    Questionnaire,
    QuestionnairePage,
    answers_that_count,
    pages_to_show,
    read_page,
)
from kapabla.material.instruments.answers import Value
from kapabla.material.surveys import OpenSurvey, instrument_of, questionnaire_of
from kapabla.web import csrf, language, question_form
from kapabla.web.participant import open_survey_guard as guard
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.safety import is_fresh
from kapabla.web.unit_of_work import now, service, work

TOKEN, PAGE, TRAP, RECEIPT = "nyckel", "sida", "webbplats", "kvitto"
# Longer than any answer of ours: what is longer was typed by no form.
_LONGEST = 12


@dataclass(frozen=True)
class Answering:
    """The survey as it stands in the form: what was given on each page, and which pages that makes."""

    survey: OpenSurvey
    questionnaire: Questionnaire
    given: Mapping[str, list[str]]
    reads: Mapping[int, PageAnswers]

    @property
    def values(self) -> dict[str, Value]:
        return {code: value for read in self.reads.values() for code, value in read.values.items()}

    @property
    def pages(self) -> list[QuestionnairePage]:
        return pages_to_show(self.questionnaire, self.values)

    def after(self, number: int) -> QuestionnairePage | None:
        return next((page for page in self.pages if page.number > number), None)

    def before(self, number: int) -> QuestionnairePage | None:
        return next((page for page in reversed(self.pages) if page.number < number), None)

    def carried(self, page: QuestionnairePage) -> list[tuple[str, str]]:
        """What the other pages hold, as hidden fields."""
        here = {item.code for item in page.items}
        others = [item.code for item in self.questionnaire.items if item.code not in here]
        return [(code, value) for code in others for value in self.given.get(code, [])]


@blueprint.get("/enkat/<slug>")
def open_survey(slug: str) -> ResponseReturnValue:
    survey = _survey(slug)
    _speak(survey)
    today = local_date(now())
    if not survey.is_open(today):
        return _not_open(survey), 200 if today < survey.opens_on else 410
    return _start(survey)


@blueprint.post("/enkat/<slug>")
def submit_open_survey(slug: str) -> ResponseReturnValue:
    """The next page, the one before, the same in another language, or the end."""
    csrf.check_same_origin()
    survey, tongues = _survey(slug), request.form.getlist(language.FIELD)
    # The form says in which language it was shown; a language button adds another.
    language.choose_without_a_cookie(tongues[-1] if tongues else "")
    _speak(survey)
    if not survey.is_open(local_date(now())):
        return _not_open(survey), 410
    answering, number = _read(survey), _number()
    here = next((page for page in answering.pages if page.number == number), None)
    if here is None:
        return _start(survey) if len(tongues) > 1 else _show(answering, answering.pages[0])
    if len(tongues) > 1:
        return _show(answering, here)
    if "tillbaka" in request.form:
        before = answering.before(here.number)
        return _show(answering, before) if before else _start(survey)
    if answering.reads[here.number].faults:
        return _show(answering, here, faults=answering.reads[here.number].faults), 400
    following = answering.after(here.number)
    return _show(answering, following) if following else _send_in(answering, here)


@blueprint.get("/enkat/<slug>/tack")
def open_survey_thanks(slug: str) -> ResponseReturnValue:
    """To whoever comes from sending in. Opened later or by somebody else it would say what is not so."""
    survey, key = _survey(slug), service().keys.get("session")
    age = guard.age_of(key, _thanked(survey), request.args.get(RECEIPT, ""), at=now())
    if age is None or age > guard.OLDEST_SECONDS:
        return redirect(url_for("participant.open_survey", slug=slug), 303)
    language.choose_without_a_cookie(request.args.get(language.FIELD, ""))
    _speak(survey)
    language.buttons_send(None)
    return render_template(
        "participant/survey_thanks.html", survey=survey, place=_place(survey), contacts=_contacts(survey)
    )  # fmt: skip


def _survey(slug: str) -> OpenSurvey:
    """What is made up is nowhere but in a demo."""
    found = next((one for one in service().material.surveys if one.slug == slug), None)
    if found is None or (found.is_example and not service().config.demo):
        abort(404)
    return found


def _thanked(survey: OpenSurvey) -> str:
    """What a receipt is signed for, so that it is no form of the survey."""
    return f"{survey.slug}/tack"


def _speak(survey: OpenSurvey) -> None:
    language.narrow(instrument_of(survey, service().material).languages)


def _place(survey: OpenSurvey) -> str:
    return service().material.municipality(survey.municipality).name


def _contacts(survey: OpenSurvey) -> list[SupportContact]:
    """Numbers for the whole country, then those of the municipality; outside the demo only those that are checked."""
    held, today = service(), local_date(now())
    usable = [one for one in held.material.contacts if one.number and (held.config.demo or is_fresh(one, today))]
    wanted = (one for one in usable if one.municipality in (None, survey.municipality))
    return sorted(wanted, key=lambda one: (not one.always, one.municipality is not None))


def _read(survey: OpenSurvey) -> Answering:
    """Everything in the form, page by page. Of the pages that are not sent now nothing but answers can be left."""
    questionnaire = questionnaire_of(survey, service().material)
    codes = {item.code for item in questionnaire.items}
    given = {
        code: [value for value in values if len(value) <= _LONGEST]
        for code, values in request.form.to_dict(flat=False).items()
        if code in codes
    }
    reads = {page.number: read_page(page, given) for page in questionnaire.pages}
    return Answering(survey, questionnaire, given, reads)


def _number() -> int:
    typed = request.form.get(PAGE, "0")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0


def _send_in(answering: Answering, last: QuestionnairePage) -> ResponseReturnValue:
    survey, session, given = answering.survey, work().answers, _given(answering)
    answer = guard.answer_id(service().keys.get("session"), survey.slug, request.form.get(TOKEN, ""))
    # What is saved already was neither too quick nor too much: whoever sends it twice is thanked twice.
    if open_surveys.find(session, answer) is None:
        refused = _refused(answering, last)
        if refused is not None:
            return refused
        if open_surveys.save(session, answer, given):
            _pace().count(survey.slug, request.remote_addr or "", at=now())
    saved = open_surveys.find(session, answer)
    if saved is None or not saved.says_the_same(given):
        # The next in the household has gone on in the same form: with a new token it is an answer of its own.
        return _show(answering, last, problem="sent", is_stale=True), 409
    # Of its own random part: nothing leads from the address of the thanks to the form or the answer.
    receipt = guard.new_token(service().keys.get("session"), _thanked(survey), at=now())
    tongue = language.current()
    return redirect(url_for("participant.open_survey_thanks", slug=survey.slug, sprak=tongue, kvitto=receipt), 303)


def _refused(answering: Answering, last: QuestionnairePage) -> ResponseReturnValue | None:
    slug, at = answering.survey.slug, now()
    age = guard.age_of(service().keys.get("session"), slug, request.form.get(TOKEN, ""), at=at)
    if age is None or not guard.YOUNGEST_SECONDS <= age <= guard.OLDEST_SECONDS or request.form.get(TRAP):
        # A person's form comes through when it is sent once more: filled in, with a new token, the trap empty.
        return _show(answering, last, problem="again", is_stale=age is None or age > guard.OLDEST_SECONDS), 400
    wait = _pace().seconds_to_wait(slug, request.remote_addr or "", at=at)
    return (_show(answering, last, problem="many", minutes=math.ceil(wait / 60)), 429) if wait else None


def _given(answering: Answering) -> open_surveys.Given:
    """As a wave is stored: hidden pages count for nothing, and each blank has its reason."""
    counted = answers_that_count(answering.questionnaire, answering.values)
    shown = {item.code for page in answering.pages for item in page.items}
    missing = {
        code: reason.slug for read in answering.reads.values() for code, reason in read.missing.items() if code in shown
    } | {item.code: "not_shown" for item in answering.questionnaire.items if item.code not in shown}
    return open_surveys.Given(
        answering.survey.slug, answering.survey.version, counted, missing, language.current(), "web", local_date(now())
    )


def _pace() -> guard.Pace:
    held: guard.Pace = current_app.extensions.setdefault("open_survey_pace", guard.Pace())
    return held


def _start(survey: OpenSurvey) -> str:
    """Whoever begins begins a new answer: the next in the household too, who comes here by "Tillbaka"."""
    questionnaire = questionnaire_of(survey, service().material)
    return _drawn(
        survey, "participant/survey_start.html", [], is_stale=True, inline_css=True, minutes=questionnaire.minutes,
        pages=len(questionnaire.pages),
    )  # fmt: skip


def _show(
    answering: Answering, page: QuestionnairePage, *, faults: Iterable[AnswerFault] = (), problem: str = "",
    minutes: int = 0, is_stale: bool = False,
) -> str:  # fmt: skip
    blocks = question_form.blocks(page, page.items, answering.given, {fault.item: fault for fault in faults})
    wanted = [other.number for other in answering.pages]
    return _drawn(
        answering.survey, "participant/survey_page.html", [(PAGE, str(page.number)), *answering.carried(page)],
        is_stale=is_stale, page=page, blocks=blocks,
        questions=[question for block in blocks for question in block.questions], problem=problem,
        minutes=minutes,
        position=wanted.index(page.number) + 1, total=len(wanted),
        heading=page.heading or answering.questionnaire.label,
    )  # fmt: skip


def _drawn(
    survey: OpenSurvey, template: str, fields: list[tuple[str, str]], *, is_stale: bool = False, **told: object
) -> str:  # fmt: skip
    """With what the form carries. The language stands in it too: its buttons send the form, and no cookie is set."""
    key, at, token = service().keys.get("session"), now(), request.form.get(TOKEN, "")
    if is_stale or guard.age_of(key, survey.slug, token, at=at) is None:
        token = guard.new_token(key, survey.slug, at=at)
    carried = [(TOKEN, token), (language.FIELD, language.current()), *fields]
    return render_template(
        template, survey=survey, place=_place(survey), fields=carried, address=f"/enkat/{survey.slug}", trap=TRAP,
        language_form="enkat", **told,
    )  # fmt: skip


def _not_open(survey: OpenSurvey) -> str:
    language.buttons_send(f"/enkat/{survey.slug}")
    return render_template(
        "participant/survey_closed.html", survey=survey, place=_place(survey),
        is_over=local_date(now()) > survey.closes_on,
    )  # fmt: skip
