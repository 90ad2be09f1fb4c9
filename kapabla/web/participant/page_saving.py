"""One posted page of questions into the answers vault, with what the participant confirms about the placement."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from kapabla.answers import consents, saving
from kapabla.answers.consents import ConsentText
from kapabla.answers.placement import correct_place, said_of_place
from kapabla.keys import keyed_hash
from kapabla.material.instruments import FIXED, MissingReason, PageAnswers, QuestionnairePage
from kapabla.material.texts import Language
from kapabla.web import csrf
from kapabla.web.participant import render_time
from kapabla.web.participant.asking import Asking
from kapabla.web.participant.asking_page import instrument_of
from kapabla.web.participant.session import Participant, note_consent, today
from kapabla.web.unit_of_work import service, work

# Random, long enough not to collide within one subject; from the form, so nothing else may stand in it.
KEY_FIELD = "nyckel"
_KEY = re.compile(r"^[a-z0-9-]{8,40}$")
# The form's own fields and its buttons: the rest is what the person has entered.
_NOT_ENTERED = {csrf.FIELD, KEY_FIELD, render_time.FIELD, "sida", "sekunder", "paus", "anda"}


@dataclass(frozen=True)
class Circumstances:
    """How a page came in, beside its answers."""

    key: str
    mark: str
    language: Language
    device: str
    duration_seconds: int | None
    was_online: bool = True


def mark_of(path: str, form: Mapping[str, list[str]]) -> str:
    """Tells what was entered from what else may come under the same key. Keyed: it tells nothing of the answers."""
    entered = [
        f"{name}={value}".encode()
        for name, values in sorted(form.items())
        for value in values
        if name not in _NOT_ENTERED
    ]
    digest = keyed_hash(service().keys.get("session"), b"saved form", path.encode(), *entered)
    return digest.hex()[: saving.MARK_LENGTH]


def device_class() -> str:
    """Phone or other, from the client hint alone; the browser's name is never read."""
    return "phone" if request.headers.get("Sec-CH-UA-Mobile") == "?1" else "other"


def is_key(text: str) -> bool:
    return _KEY.match(text) is not None


def page_save(
    me: Participant, asking: Asking, page: QuestionnairePage, read: PageAnswers, how: Circumstances
) -> saving.PageSave:
    return saving.PageSave(
        wave=asking.wave,
        page=page.number,
        instrument=page.instrument_id,
        instrument_version=page.instrument_version,
        values=read.values,
        missing={code: reason.slug for code, reason in read.missing.items()},
        language=how.language,
        mode="kiosk" if me.live.device == "kiosk" else "web",
        device=how.device,
        on=today(),
        duration_seconds=how.duration_seconds,
        seed=asking.seed if instrument_of(asking, page).is_random else FIXED,
        was_online=how.was_online,
    )


def save(me: Participant, asking: Asking, page: QuestionnairePage, read: PageAnswers, how: Circumstances) -> bool:
    """False for a replay, which changes nothing."""
    kept = set() if how.was_online else _let_stand(me, asking.wave, page, read)
    # A text that was emptied, declined or hidden since is gone, like any answer that is taken back.
    whole = asking.questionnaire.page(page.number) or page
    texts = {item.code: read.texts.get(item.code, "") for item in whole.items if item.is_text and item.code not in kept}
    save = page_save(me, asking, page, read, how)
    fresh = saving.save_page(work().answers, me.subject, how.key, save, texts, mark=how.mark)
    if fresh:
        _correct_placement(me, page, read)
        _keep_quotations(me, asking.wave, page, read, how, kept)
    return fresh


def _keep_quotations(
    me: Participant, wave: str, page: QuestionnairePage, read: PageAnswers, how: Circumstances, kept: set[str]
) -> None:
    """The box at a comment is a choice of its own (E1.2). It is for the words that it came with: words that are saved
    anew without it take it back. kept: items whose words stand as they were."""
    for item in page.items:
        if item.quotation is None or item.code in kept:
            continue
        number = consents.record_quotation(
            work().answers, me.subject, item.code in read.may_be_quoted, wave=wave, channel="web", on=today(),
            text=ConsentText(item.code, page.instrument_version, how.language, item.quotation.get(how.language)),
        )  # fmt: skip
        if number is not None:
            note_consent(number)


def _let_stand(me: Participant, wave: str, page: QuestionnairePage, read: PageAnswers) -> set[str]:
    """Without coverage a page is shown empty to who has answered it, since a telephone cannot tell. So what is left out
    there takes nothing back (docs/decisions/0047). The items that were left out."""
    stands = saving.saved_pages(work().answers, me.subject, wave).get(page.number, {"values": {}, "missing": {}})
    skipped = {code for code, reason in read.missing.items() if reason is MissingReason.SKIPPED}
    for code in skipped:
        if code in stands["values"]:
            read.values[code] = stands["values"][code]
            del read.missing[code]
        elif code in stands["missing"]:
            read.missing[code] = MissingReason[stands["missing"][code].upper()]
    return skipped


def _correct_placement(me: Participant, page: QuestionnairePage, read: PageAnswers) -> None:
    """ "Stämmer det här?": what the participant says about trade and municipality wins (`texts-sv.md` 7.12)."""
    if me.place.is_protected:
        return
    said = said_of_place(page.items, read.values)
    if said:
        correct_place(
            work().answers, me.subject,
            municipality=said.get("municipality", me.place.municipality), role=said.get("role", me.place.role),
        )  # fmt: skip
