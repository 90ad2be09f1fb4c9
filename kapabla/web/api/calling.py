"""`POST /api/`: whose key, a reading or not, the answer made whole, a row in the log, and then the first byte."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

import structlog
from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from kapabla.audit import Event
from kapabla.errors import NotFound
from kapabla.office import api_tokens, release_register
from kapabla.release import redcap
from kapabla.web.unit_of_work import keep_on_error, now, service, work

# redcapAPI sends one part for each field and record: the usual thousand is too few for a wide study.
MAX_PARTS, MAX_FORM_BYTES = 20_000, 11 * 1024 * 1024
_IN_MEMORY, _PIECE = 1024 * 1024, 64 * 1024
WAIT = "Too many requests: wait a minute and try again"
# A client reads any failure of this one as "classic project" and drops its events, so it is never asked to wait.
_NEVER_WAITS = "formEventMapping"
# Which refusals of a day, by key and address, are rows of the log: the first, and then how many there have been. The
# log is never shortened, and anybody can send a wrong key.
_TOLD = frozenset(10**power for power in range(7))
_FAULTS = {
    400: "The request cannot be read", 404: "There is no such address: the API is POST /api/",
    405: "The API answers POST alone", 413: "The request is too large", 415: "The request cannot be read",
    429: WAIT, 503: "The service is away for a moment: try again",
}  # fmt: skip

log = structlog.get_logger("kapabla.web")
blueprint = Blueprint("api", __name__)


@dataclass(frozen=True)
class _Made:
    """An answer that is whole: its bytes on disk, what they are, and how many rows there are in them."""

    file: IO[bytes]
    content_type: str
    sha256: str
    size: int
    rows: int
    is_whole: bool


def fault(status: int) -> ResponseReturnValue:
    """What goes wrong before or outside a call. Without the form, which may be what cannot be read."""
    return _refusal(_FAULTS.get(status, "Something went wrong here: the fault is ours"), status)


@blueprint.post("/api/")
@blueprint.post("/api")
def call() -> ResponseReturnValue:
    request.max_form_parts, request.max_form_memory_size = MAX_PARTS, MAX_FORM_BYTES
    parameters = redcap.Parameters(request.form.items(multi=True))
    g.refusal_form = parameters.refusal_form
    with service().vaults.reading() as reading:
        key = api_tokens.find(reading.office, parameters.text("token"))
    address = request.remote_addr or ""
    # What stands in an address stands in every log on the way: a key there has been given away.
    if request.query_string or key is None or not api_tokens.is_good(key, address=address, at=now()):
        return _turn_away(key, address)
    is_counted = parameters.text("content") != _NEVER_WAITS
    if is_counted and api_tokens.allowance(key.token, _limits(), at=now()) < 1:
        return _refusal(WAIT, 429)
    try:
        redcap.check_reading(parameters, has_data="data" in request.form or bool(request.files))
        made = _make(key, parameters)
    except NotFound as missing:
        # The store is mirrored to this machine, and the release has not come yet: a client tries again.
        log.error("release_away", release=key.release.id, file=missing.context.get("file"))
        return fault(503)
    except redcap.Refusal as refusal:
        _note(key, parameters, is_counted=is_counted, outcome="refused", told=f"status={refusal.status}")
        keep_on_error()
        return _refusal(refusal.text, refusal.status)
    _note(key, parameters, is_counted=is_counted, outcome="done", told=f"rows={made.rows} bytes={made.size}")
    if parameters.text("content") == "record":
        _register(key, parameters, made)
    reply = Response(_read(made.file), content_type=made.content_type)
    reply.content_length = made.size
    reply.call_on_close(made.file.close)  # also where the client has gone before the first piece
    return reply


def _make(key: api_tokens.Key, parameters: redcap.Parameters) -> _Made:
    """Whole before its first byte leaves: a fault on the way is a fault to the client and never half a file, and what
    is logged is what left. On disk where it is large."""
    release = key.release
    frozen = redcap.open_release(
        service().config.release_dir, release.id, release.manifest_hash or "", is_test=release.is_test
    )
    answer = redcap.answer(frozen, parameters, redcap.Told(key.token.language, release.withdrawn))
    file, digest = SpooledTemporaryFile(max_size=_IN_MEMORY), hashlib.sha256()  # noqa: SIM115  (closed with the reply)
    try:
        for piece in answer.body:
            body = piece.encode()
            digest.update(body)
            file.write(body)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    return _Made(file, answer.content_type, digest.hexdigest(), size, answer.rows, answer.is_whole())


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _turn_away(key: api_tokens.Key | None, address: str) -> ResponseReturnValue:
    """One answer for every key that does not open: nobody learns whether there is such a key."""
    office, session_key = work().office, service().keys.get("session")
    if api_tokens.too_many_wrong(office, session_key, address, service().config.api_wrong_per_minute, at=now()):
        return _refusal(WAIT, 429)
    api_tokens.count_wrong(office, session_key, address, at=now())
    who = (key.holder.id, key.holder.role, f"token:{key.token.id}") if key else ("unknown", "", "token:unknown")
    times = api_tokens.refused_before(office, session_key, address, who[2], at=now())
    if times in _TOLD:
        event = Event(who[0], who[1], "api_key", who[2], outcome="refused", reason=f"times={times}")
        service().office_chain.append(office, event, at=now())
    keep_on_error()
    return _refusal(redcap.NO_API, 403)


def _note(key: api_tokens.Key, parameters: redcap.Parameters, *, is_counted: bool, outcome: str, told: str) -> None:
    """Content and names of parameters, never a value: a filter may hold what somebody answered."""
    office, content = work().office, parameters.text("content")
    api_tokens.note_use(office, key.token.id, _limits(), at=now(), is_counted=is_counted)
    names = ",".join(redcap.known_names(request.form))
    action = f"api_{content}" if content in redcap.CONTENTS else "api_other"
    reason = f"{told} {names}"[:200]
    event = Event(key.holder.id, key.holder.role, action, f"token:{key.token.id}", outcome=outcome, reason=reason)
    service().office_chain.append(office, event, at=now())


def _register(key: api_tokens.Key, parameters: redcap.Parameters, made: _Made) -> None:
    """A whole release that leaves is a download, by whichever way it goes; so are its parts, all of a day together."""
    if not made.is_whole:
        if made.rows:
            release_register.record_part(
                work().office, service().office_chain, record=key.release, sha256=made.sha256, rows=made.rows,
                by=key.holder, token_id=key.token.id, purpose=_purpose(key), at=now(),
            )  # fmt: skip
        return
    release_register.record_download(
        work().office, service().office_chain, record=key.release, file=f"api.{parameters.form}", sha256=made.sha256,
        by=key.holder, at=now(), format=parameters.form, rows=made.rows, token_id=key.token.id,
        purpose=_purpose(key),
    )  # fmt: skip


def _purpose(key: api_tokens.Key) -> str:
    """Asked when the key was made; those from before it was asked have their name."""
    return key.token.purpose or key.token.name or "api"


def _limits() -> api_tokens.Limits:
    return api_tokens.Limits(service().config.api_per_minute, service().config.api_burst)


def _refusal(text: str, status: int) -> Response:
    form = g.get("refusal_form", "xml")
    return Response(redcap.refusal_body(text, form), status, content_type=redcap.CONTENT_TYPES[form])
