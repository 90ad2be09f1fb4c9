"""`POST /ko`: what waited on somebody's own telephone (B05-B08), opened and read by what reads a posted form.

No session and no cookie: the device token says whose it is, and opens nothing. A record that comes again changes
nothing and is answered as the first time. One record comes with its id in `Idempotency-Key`; several come as a list of
`records`, each with its `id`, and are answered in their order by `states`, as many as were taken. `state` is what the
telephone tells about one:

saved · older (a version that is asked no more) · again (an answer could not be read: the page is asked once more) ·
late, closed (kept apart, `answers.late`) · withdrawn (nothing was kept; with `everything` the person has left it all) ·
lost (nobody can open it) · login
"""

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

import structlog
from flask import abort, g, jsonify, request
from flask.typing import ResponseReturnValue

from kapabla import bridge
from kapabla.answers import journey, late, saving
from kapabla.errors import Crowded
from kapabla.identity import entry
from kapabla.identity.device_token import read_token
from kapabla.identity.entry import Entrant, Live
from kapabla.material.instruments import Item, MissingReason, PageAnswers, QuestionnairePage, read_page
from kapabla.material.studies.definition import Wave
from kapabla.material.texts import LANGUAGES, Language
from kapabla.unsealing import PURPOSE, Unreadable, read_record, unseal_record
from kapabla.web import module_page
from kapabla.web.module_page import Reading
from kapabla.web.participant import page_saving
from kapabla.web.participant.asking import Asking, asking_for
from kapabla.web.participant.asking_page import instrument_of
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.modules import record
from kapabla.web.participant.page_saving import Circumstances
from kapabla.web.participant.reading import ADDRESS, events_of
from kapabla.web.participant.session import Participant, today
from kapabla.web.unit_of_work import keep_on_error, service, work

log = structlog.get_logger("kapabla.web")
MAX_BYTES = 64 * 1024
STATUSES = {
    "saved": 200, "older": 200, "again": 200, "late": 409, "closed": 409, "withdrawn": 409, "lost": 410, "login": 401,
}  # fmt: skip
Form = Mapping[str, list[str]]


class KeyAway(Exception):
    """This process lacks a key that it should have. The telephone goes on waiting until it is put back."""


@blueprint.post("/ko")
def receive() -> ResponseReturnValue:
    if (request.content_length or 0) > MAX_BYTES:
        abort(413)
    key = request.headers.get("Idempotency-Key", "")
    token = read_token(service().keys, request.headers.get("Authorization", "").removeprefix("Bearer "))
    if token is None:
        return _answer("login")
    person_id, generation = token
    sender = entry.find_by_person(work().identity, person_id)
    if sender is None or sender.left == "all":
        return _answer("withdrawn", everything=True)
    if sender.generation != generation:
        return _answer("login")
    me, fields = _participant(sender), request.get_json(silent=True)
    try:
        if isinstance(fields, dict) and isinstance(fields.get("records"), list):
            return jsonify(states=_take_all(me, fields["records"]))
        return _answer(_take(me, key, fields))
    except (KeyAway, Crowded):
        # Not refused for good, so nothing may be thrown away there.
        abort(503)


def _take_all(me: Participant, records: list[object]) -> list[str]:
    """In their order, in one commit, up to the first that the telephone has to act upon: after a page that is asked
    once more, what would close its questionnaire must not be taken."""
    states: list[str] = []
    for fields in records:
        states.append(_take(me, str(fields.get("id", "")) if isinstance(fields, dict) else "", fields))
        if states[-1] in ("again", "lost", "withdrawn"):
            break
    return states


def _answer(state: str, **more: bool) -> ResponseReturnValue:
    keep_on_error()
    return jsonify(state=state, **more), STATUSES[state]


def _participant(sender: Entrant) -> Participant:
    me = Participant(Live(sender, "own", True, 0), bridge.subject_for(service().keys, sender), "")
    g.participant = me
    return me


def _opened(key: str, fields: object) -> tuple[str, Form]:
    if not page_saving.is_key(key) or not isinstance(fields, dict):
        raise Unreadable()
    sealed = read_record(key, fields)
    keys = service().keys
    if keys.is_given_up(PURPOSE, sealed.key_id) or not sealed.key_id.isdecimal():
        raise Unreadable()
    if not keys.has(PURPOSE, sealed.key_id):
        log.error("offline_key_away", key_id=sealed.key_id)
        raise KeyAway()
    try:
        whole = json.loads(unseal_record(keys.get(PURPOSE, sealed.key_id), sealed))
        return str(whole["path"]), parse_qs(str(whole["form"]), keep_blank_values=True)
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable() from error


# --- By what the form was ---


def _take(me: Participant, key: str, fields: object) -> str:
    try:
        path, form = _opened(key, fields)
        for pattern, take in _KINDS:
            found = pattern.fullmatch(path)
            if found:
                return take(me, key, form, *found.groups())
    except Unreadable:
        pass
    return "lost"


def _step(me: Participant, key: str, form: Form, module: str, number: str) -> str:
    reading = _reading(me, form, int(module), int(number))
    events = events_of(reading, {name: values[0] for name, values in form.items()})
    record(me, reading, key, events)
    return "saved"


def _reading(me: Participant, form: Form, module: int, number: int) -> Reading:
    """In the course as it was read."""
    course_id, _, version = _first(form, "kurs").rpartition(".")
    course = service().material.courses.get((course_id, int(version) if version.isdecimal() else 0))
    reading = module_page.find_reading(course, module, number, me.role, address=ADDRESS) if course else None
    if reading is None or not journey.course_is_open(me.study, me.standing(), today()):
        raise Unreadable()
    return reading


def _send_in(me: Participant, _key: str, _form: Form, slug: str) -> str:
    wave, standing = _wave(me, slug), me.standing()
    if not standing.in_research:
        return "withdrawn"
    if wave.code not in standing.closed:
        if not journey.takes_answers(me.study, me.course, standing, wave.code, today()):
            return "closed"
        saving.send_in(work().answers, me.subject, wave.code, on=today())
    if wave.code == journey.BEFORE:
        # Also when it was sent before: whoever was killed between the two vaults left the step to the replay.
        entry.mark_over(work().identity, me.entrant.person_id, slug)
    return "saved"


def _page(me: Participant, key: str, form: Form, slug: str, number: str) -> str:
    wave, standing = _wave(me, slug), me.standing()
    if not standing.in_research:
        return "withdrawn"
    known = late.find_late(work().answers, me.subject, key)
    if known:
        return known
    asking, page, state = _asked(me, form, wave)
    read = _read(page, asking, form)
    mark = page_saving.mark_of(f"/fragor/{slug}/{number}", form)
    how = Circumstances(key, mark, _language(form), page_saving.device_class(), _seconds(form), was_online=False)
    is_open = journey.takes_answers(me.study, me.course, standing, wave.code, today())
    if not is_open and not saving.is_replay(work().answers, me.subject, key, mark):
        reason = "late" if wave.code in standing.closed else "closed"
        return _put_aside(me, asking, page, read, how, reason)
    try:
        page_saving.save(me, asking, page, read, how)
    except saving.AlreadySent:
        # Sent in from another device at this very moment.
        return _put_aside(me, asking, page, read, how, "late")
    return "again" if read.faults else state


def _put_aside(
    me: Participant, asking: Asking, page: QuestionnairePage, read: PageAnswers, how: Circumstances, reason: str
) -> str:
    save = page_saving.page_save(me, asking, page, read, how)
    late.put_aside(work().answers, me.subject, how.key, save, read.texts, reason)
    return reason


_KINDS: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (re.compile(r"/fragor/([a-z0-9]+)/(\d{1,3})"), _page),
    (re.compile(r"/fragor/([a-z0-9]+)/skicka"), _send_in),
    (re.compile(r"/delar/(\d{1,3})/(\d{1,3})"), _step),
)


# --- What a page of questions was ---


def _asked(me: Participant, form: Form, wave: Wave) -> tuple[Asking, QuestionnairePage, str]:
    """The page as it was asked: in the instrument's own version, also where the study has gone on to another."""
    instrument_id, version, index = _page_named(form)
    instrument = service().material.instruments.get((instrument_id, version))
    if instrument is None or index >= len(instrument.pages):
        raise Unreadable()
    is_older = me.study.instrument_versions.get(instrument_id) != version
    asking = asking_for(me, wave.code, {instrument_id: version} if is_older else None)
    items = instrument.pages[index].items
    whole = next((page for page in asking.questionnaire.pages if page.page.items == items), None)
    if whole is None or instrument_of(asking, whole) != instrument:
        raise Unreadable()
    shown = next((page for page in asking.pages if page.number == whole.number), None)
    return asking, shown or whole, "older" if is_older else "saved"


def _page_named(form: Form) -> tuple[str, int, int]:
    found = re.match(r"([a-z0-9_]+)\.(\d{1,4})\.(\d{1,3})\.", _first(form, "sida"))
    if not found:
        raise Unreadable()
    return found[1], int(found[2]), int(found[3])


def _read(page: QuestionnairePage, asking: Asking, form: Form) -> PageAnswers:
    """An answer that cannot be read is "not shown": the rest of the page counts, and the page is asked once more."""
    shown: list[Item] | None = None if any(other.number == page.number for other in asking.pages) else []
    read = read_page(page, form, shown)
    for fault in read.faults:
        read.missing[fault.item] = MissingReason.NOT_SHOWN
    return read


def _wave(me: Participant, slug: str) -> Wave:
    wave = next((wave for wave in me.study.waves if wave.slug == slug), None)
    if wave is None:
        raise Unreadable()
    return wave


def _language(form: Form) -> Language:
    tongue = _first(form, "sida").rpartition(".")[2]
    return tongue if tongue in LANGUAGES else "sv"


def _seconds(form: Form) -> int | None:
    """As the telephone counted them; its clock is not asked."""
    seconds = _first(form, "sekunder")
    return int(seconds) if seconds.isdecimal() and len(seconds) < 9 else None


def _first(form: Form, name: str) -> str:
    return form.get(name, [""])[0]
