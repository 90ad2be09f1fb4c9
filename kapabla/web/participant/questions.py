"""The questionnaires: intro (P8), a page (P9), skipped answers and sending in (P10, P15). One document a saved page."""

from collections.abc import Iterable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.answers import journey, saving
from kapabla.answers.standing import Standing
from kapabla.identity import entry
from kapabla.ids import new_id
from kapabla.material.instruments import (
    AnswerFault,
    Item,
    MissingReason,
    PageAnswers,
    QuestionnairePage,
    read_page,
)
from kapabla.web import language, question_form
from kapabla.web.participant import page_saving, render_time
from kapabla.web.participant.asking import Asking, asking_for
from kapabla.web.participant.asking_page import show_questions, speak
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.page_saving import KEY_FIELD
from kapabla.web.participant.phone import kit_for
from kapabla.web.participant.session import (
    ASKED_BY_WORKER,
    Participant,
    find_idle_participant,
    forget,
    needs_session,
    needs_session_or,
    participant,
    to_the_door,
    today,
)
from kapabla.web.participant.telling import telling_words
from kapabla.web.unit_of_work import work


def _ask(slug: str) -> tuple[Participant, Asking]:
    """The wave behind the address, for a participant for whom it is open. Otherwise the way leads to the next step."""
    me = participant()
    return me, asking_for(me, me.study.wave_of_slug(slug).code)


def _is_open(me: Participant, wave: str) -> bool:
    return journey.takes_answers(me.study, me.course, _standing(me), wave, today())


def _standing(me: Participant) -> Standing:
    return me.standing()


def _to_next_step() -> ResponseReturnValue:
    return redirect(url_for("participant.continue_journey"), 303)


@blueprint.get("/fragor/<wave>/0")
@needs_session
def questions_intro(wave: str) -> ResponseReturnValue:
    me, asking = _ask(wave)
    if not _is_open(me, asking.wave):
        return _to_next_step()
    return render_template(
        "participant/questions_intro.html", asking=asking, resumed=bool(asking.saved), kit=kit_for(me, asking.wave),
        is_before=me.study.wave(asking.wave).is_before_course,
    )  # fmt: skip


@blueprint.get("/fragor/<wave>/<int:number>")
@needs_session
def questions_page(wave: str, number: int) -> ResponseReturnValue:
    me, asking = _ask(wave)
    if not _is_open(me, asking.wave):
        return _to_next_step()
    page = asking.page(number)
    speak(asking, page)
    if _needs_note(asking, page):
        return render_template("participant/questions_note.html", asking=asking, page=page, **_made())
    # Saved answers are never shown again, on any device (docs/decisions/0005).
    if number in asking.saved and request.args.get("om") != "1":
        return render_template(
            "participant/page_saved.html", asking=asking, page=page, following=_following(asking, number)
        )
    return _form(me, asking, page)


def _save_what_was_filled_in() -> ResponseReturnValue | None:
    """The session ended while the page lay open: what was filled in is saved as by "Pausa här", and the door says so.
    A telephone's own worker keeps the page itself. None where there is nothing to save."""
    me = find_idle_participant()
    if me is None or request.headers.get(ASKED_BY_WORKER) or not page_saving.is_key(request.form.get(KEY_FIELD, "")):
        return None
    address = request.view_args or {}
    asking = asking_for(me, me.study.wave_of_slug(address["wave"]).code)
    if not _is_open(me, asking.wave):
        return None
    page = asking.page(address["number"])
    speak(asking, page)
    read = read_page(page, request.form.to_dict(flat=False))
    for fault in read.faults:
        # It cannot be shown to be put right: the page is asked once more, with the rest of it saved.
        read.missing[fault.item] = MissingReason.NOT_SHOWN
    _save(me, asking, page, read)
    return to_the_door(saved=True)


@blueprint.post("/fragor/<wave>/<int:number>")
@needs_session_or(_save_what_was_filled_in)
def save_questions_page(wave: str, number: int) -> ResponseReturnValue:
    me, asking = _ask(wave)
    page, given = asking.page(number), request.form.to_dict(flat=False)
    if language.FIELD in given:
        # A language saves nothing either: the page comes back in it, filled in as it was.
        language.choose_for_this_page(given[language.FIELD][0])
        speak(asking, page)
        return _form(me, asking, page, given=given)
    speak(asking, page)
    if question_form.MOVE in given:
        # "Flytta upp" and "Flytta ner" save nothing: the page comes back with the row moved.
        return _form(me, asking, page, given=question_form.with_move(page, given), moved=given[question_form.MOVE][0])
    read = read_page(page, given)
    if read.faults:
        return _form(me, asking, page, given=given, faults=read.faults), 400
    if not _is_open(me, asking.wave):
        # A replay of the last page after sending in is answered like the first time; a new answer is not taken.
        _check_is_replay(me, asking.wave)
        return _to_next_step()
    fresh = _save(me, asking, page, read)
    if "paus" in request.form:
        return redirect(url_for("participant.pause"), 303)
    telling = telling_words(me, read.texts.values()) if fresh and "anda" not in request.form else []
    if fresh and (read.skipped or telling) and "anda" not in request.form:
        return _form(me, asking, page, given=given, skipped=read.skipped, telling=telling)
    asking = asking_for(me, asking.wave)
    opened = asking.page(number)
    if {item.code for item in opened.items} - {item.code for item in page.items}:
        # The answer opened more of the same page (the gate of BET): show it whole, with what was just given.
        return _form(me, asking, opened, given=given, has_more=True)
    return redirect(_following(asking, number), 303)


def _check_is_replay(me: Participant, wave: str) -> None:
    standing = _standing(me)
    key = request.form.get(KEY_FIELD, "")
    if not standing.has_chosen or saving.is_replay(work().answers, me.subject, key, _mark()):
        return
    if wave in standing.closed and standing.in_research:
        raise saving.AlreadySent(wave=wave)
    raise saving.NotOpen(wave=wave)


@blueprint.errorhandler(saving.AlreadySent)
@blueprint.errorhandler(saving.NotOpen)
def not_taken(error: saving.AlreadySent | saving.NotOpen) -> ResponseReturnValue:
    """Another tab or device was first, and its answers hold; or the time ran out, or the research was left, while the
    page was open. What was written in words here is given back."""
    address = request.view_args or {}
    me, asking = _ask(address["wave"])
    page = asking.page(address["number"])
    texts = read_page(page, request.form.to_dict(flat=False)).texts
    typed = [text for text in texts.values() if text.strip()]
    standing = me.last_standing
    why = "sent" if isinstance(error, saving.AlreadySent) else "closed" if standing.in_research else "not_in_research"
    return render_template("participant/not_taken.html", typed=typed, why=why, left=standing.terms.left), 409


def _save(me: Participant, asking: Asking, page: QuestionnairePage, read: PageAnswers) -> bool:
    key = request.form.get(KEY_FIELD, "")
    if not page_saving.is_key(key):
        abort(400)
    how = page_saving.Circumstances(
        key, _mark(), language.current(), page_saving.device_class(),
        render_time.seconds_since(request.form.get(render_time.FIELD, "")),
    )  # fmt: skip
    return page_saving.save(me, asking, page, read, how)


def _mark() -> str:
    return page_saving.mark_of(request.path, request.form.to_dict(flat=False))


def _following(asking: Asking, number: int) -> str:
    after = asking.after(number)
    if after is None:
        return url_for("participant.send_page", wave=asking.slug)
    return url_for("participant.questions_page", wave=asking.slug, number=after)


def _form(
    me: Participant, asking: Asking, page: QuestionnairePage, *, given: dict[str, list[str]] | None = None,
    faults: Iterable[AnswerFault] = (), skipped: Iterable[str] = (), telling: Iterable[str] = (), moved: str = "",
    has_more: bool = False,
) -> str:  # fmt: skip
    items = [item for item in page.items if not (item.confirms and me.place.is_protected)]
    shown = given if given is not None else _known_from_placement(me, page)
    # What has not been saved yet goes on being timed from the first time that the page was shown.
    is_unsaved = bool(faults or moved or language.FIELD in request.form)
    return show_questions(
        asking, page, items, shown, me.role, faults=faults, skipped=skipped, telling=telling, moved=moved,
        has_more=has_more, kit=kit_for(me, asking.wave),
        **_made(request.form.get(render_time.FIELD, "") if is_unsaved else ""),
    )  # fmt: skip


def _made(since: str = "") -> dict[str, Any]:
    """The hidden fields: the key that saves a form once, and when the page was made."""
    return {"key": new_id(), "made": since or render_time.made_now()}


def _needs_note(asking: Asking, page: QuestionnairePage) -> bool:
    """A warning comes before what it warns of, on a page of its own, until the reader goes on from it."""
    is_new = page.number not in asking.saved and not {"visa", "om"} & set(request.args)
    return is_new and "content_note_questions" in page.boxes


def _known_from_placement(me: Participant, page: QuestionnairePage) -> dict[str, list[str]]:
    """Trade and municipality are known from the enrolment: shown for confirmation, not asked again (A11)."""
    return {
        item.code: [str(option.value)]
        for item in page.items
        if item.confirms
        for option in item.options
        if option.code == _placed(me, item)
    }


def _placed(me: Participant, item: Item) -> str:
    return me.place.role if item.confirms == "role" else me.place.municipality


@blueprint.get("/fragor/<wave>/skicka")
@needs_session
def send_page(wave: str) -> ResponseReturnValue:
    me, asking = _ask(wave)
    if not _is_open(me, asking.wave):
        return _to_next_step()
    return render_template("participant/send.html", asking=asking)


@blueprint.post("/fragor/<wave>/skicka")
@needs_session
def send_in(wave: str) -> ResponseReturnValue:
    """Sending twice is the same as once: the reply is alike and nothing changes."""
    me, asking = _ask(wave)
    if _is_open(me, asking.wave):
        saving.send_in(work().answers, me.subject, asking.wave, on=today())
    if asking.wave == journey.BEFORE and asking.wave in _standing(me).closed:
        # The later steps turn over by the calendar, for everybody alike (`jobs.steps`).
        # Also when it was sent before: whoever was killed between the two vaults left the step to the replay.
        entry.mark_over(work().identity, me.entrant.person_id, asking.slug)
    if me.live.device == "kiosk":
        return _leave_kiosk(me)
    return redirect(url_for("participant.sent", wave=wave), 303)


def _leave_kiosk(me: Participant) -> ResponseReturnValue:
    """On a shared computer the session ends with the questions; the next person meets the door (A12)."""
    entry.end_session(work().identity, me.token)
    reply = redirect(url_for("participant.type_code", tack=1), 303)
    forget(reply)
    return reply


@blueprint.get("/fragor/<wave>/tack")
@needs_session
def sent(wave: str) -> ResponseReturnValue:
    me, asking = _ask(wave)
    if asking.wave not in _standing(me).closed:
        return _to_next_step()
    is_waiting = journey.is_waiting(me.study, _standing(me), today())
    return render_template("participant/sent.html", asking=asking, is_waiting=is_waiting)
