"""Held texts: how many wait, a handful to read, and what the reader decides of each.

To read them is logged, so it is a POST; what they say never is.
"""

from collections import Counter

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.answers import free_texts
from kapabla.answers.free_texts import Outcome, Readable, ScreenedText
from kapabla.clock import local_date
from kapabla.guard import masked
from kapabla.web.auth import event, needs, staff
from kapabla.web.review.blueprint import blueprint
from kapabla.web.review.text_form import Choice, Shown, decision_of, fault_of, first_choice, read_choice
from kapabla.web.unit_of_work import now, service, work

TEXTS_AT_A_TIME, CLEARED_AT_A_TIME = 10, 100


def readable() -> Readable:
    return {study.id: study.released_texts for study in service().material.studies.values() if study.released_texts}


@blueprint.get("/granskning")
@needs("review_texts")
def front() -> ResponseReturnValue:
    answers, chosen = work().answers, readable()
    counts = {state: free_texts.count(answers, chosen, state) for state in free_texts.ALLOWED}
    return render_template(
        "review/front.html", releases_texts=bool(chosen), counts=counts,
        saved=request.args.get("sparade", type=int), taken=request.args.get("hann", 0, type=int),
    )  # fmt: skip


@blueprint.post("/granskning/texter")
@needs("review_texts")
def read_texts() -> ResponseReturnValue:
    texts = free_texts.waiting(work().answers, readable(), limit=TEXTS_AT_A_TIME)
    _note_read(len(texts))
    return _page([_shown(text, first_choice(text)) for text in texts])


@blueprint.post("/granskning/slappta")
@needs("review_texts")
def read_cleared() -> ResponseReturnValue:
    """What may leave with the next release, as it would leave: to keep something back after all."""
    texts = free_texts.cleared(work().answers, readable(), limit=CLEARED_AT_A_TIME)
    _note_read(len(texts))
    shown = [(text, masked(text.text, text.hidden)) for text in texts]
    return render_template("review/cleared.html", shown=shown)


@blueprint.post("/granskning/beslut")
@needs("review_texts")
def decide() -> ResponseReturnValue:
    """Nothing is kept where a word is misspelt. Where somebody else was first, the others are kept all the same."""
    choices = {text_id: read_choice(text_id, request.form) for text_id in request.form.getlist("text")}
    texts = free_texts.waiting(work().answers, readable(), limit=TEXTS_AT_A_TIME, ids=choices) if choices else []
    faults = {text.id: fault_of(text, choices[text.id]) for text in texts}
    if any(faults.values()):
        return _page([_shown(text, choices[text.id], faults[text.id]) for text in texts]), 400
    outcomes = Counter(_decide(text_id, choice) for text_id, choice in choices.items() if choice.is_made)
    taken = outcomes[Outcome.TAKEN] + outcomes[Outcome.GONE]
    return redirect(url_for("review.front", sparade=outcomes.total() - taken, hann=taken), 303)


def _decide(text_id: str, choice: Choice) -> Outcome:
    me = staff()
    return free_texts.decide(
        work().answers, service().answers_chain, text_id, decision_of(choice), actor=me.id, role=me.role, at=now(),
        on=local_date(now()),
    )  # fmt: skip


def _note_read(number: int) -> None:
    """Who read how many: staff's looks at what people have written are logged as those at contact details are."""
    trail = event("texts_read", "free_texts", reason=f"texts:{number}")
    service().office_chain.append(work().office, trail, at=now())


def _shown(text: ScreenedText, choice: Choice, error: str | None = None) -> Shown:
    instruments = service().material.instruments
    versions = service().material.studies[text.study].instrument_versions
    items = (item for key in versions.items() if key in instruments for item in instruments[key].items)
    return Shown(text, next(item.text.sv for item in items if item.code == text.item), choice, error)


def _page(shown: list[Shown]) -> str:
    return render_template("review/texts.html", shown=shown)
