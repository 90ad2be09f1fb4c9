"""A page of questions as it is shown: for the one who answers, and for the packages that a telephone fetches."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import render_template

from kapabla.material.instruments import AnswerFault, Instrument, Item, QuestionnairePage
from kapabla.material.texts import Text
from kapabla.web import language, question_form
from kapabla.web.participant.asking import Asking
from kapabla.web.unit_of_work import service


def show_questions(
    asking: Asking, page: QuestionnairePage, items: Iterable[Item], given: Mapping[str, list[str]], role: str, *,
    key: str, made: str, faults: Iterable[AnswerFault] = (), skipped: Iterable[str] = (), telling: Iterable[str] = (),
    moved: str = "", has_more: bool = False, kit: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    blocks = question_form.blocks(page, items, given, {fault.item: fault for fault in faults}, moved)
    return render_template(
        "participant/questions_page.html",
        asking=asking,
        page=page,
        blocks=blocks,
        questions=[question for block in blocks for question in block.questions],
        skipped=list(skipped),
        telling=list(telling),
        has_more=has_more,
        key=key,
        made=made,
        place=page_id(asking, page),
        role=role_name(role),
        before=asking.before(page.number),
        heading=_heading(asking, page),
        kit=kit,
        language_form="fragor",
    )


def page_id(asking: Asking, page: QuestionnairePage) -> str:
    """Which page of which instrument, how much of it was shown, and in which language: a form that waited on a
    telephone can come in when the study asks another version."""
    pages = instrument_of(asking, page).pages
    index = next(index for index, other in enumerate(pages) if other.items == page.page.items)
    return f"{page.instrument_id}.{page.instrument_version}.{index}.{len(page.items)}.{language.current()}"


def speak(asking: Asking, page: QuestionnairePage) -> None:
    """Questions are asked in a language that the whole instrument is written in, or else in Swedish."""
    language.narrow(instrument_of(asking, page).languages)


def instrument_of(asking: Asking, page: QuestionnairePage) -> Instrument:
    return asking.questionnaire.instrument(page.instrument_id)


def _heading(asking: Asking, page: QuestionnairePage) -> Text:
    """The scale's theme: the page's own heading, or the title of its instrument."""
    return page.heading or instrument_of(asking, page).title


def role_name(code: str) -> str:
    role = next((role for role in service().material.roles if role.code == code), None)
    return language.written(role.in_sentence) if role else language.translated("den du har i bygden")
