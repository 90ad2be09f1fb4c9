"""Packages for the telephone, `/paket/<version>`: nothing personal, no session, and never changed under an address.

An address names what is in the package (a course or a wave's questions, the trade, the language) and ends with a digest
of all that it is made from: code, course material, settings, and which numbers may be shown today. So an address is
known without making the package, and every process of a version gives the same one. The digest is keyed: who has been
told one address cannot make another, and so who waits for the course cannot come to it (E6).
"""

import gzip
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Response, abort, current_app, request

from kapabla import bridge
from kapabla.clock import local_date
from kapabla.errors import NotFound
from kapabla.keys import keyed_hash
from kapabla.material import Course, Study
from kapabla.material.instruments import FIXED, ORDERS, in_order
from kapabla.material.published import news_of
from kapabla.material.texts import Language
from kapabla.service import material_root
from kapabla.web import language
from kapabla.web.headers import CACHE_IMMUTABLE
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.package_pages import course_lines, questions_line
from kapabla.web.participant.session import Participant
from kapabla.web.safety import stale_numbers
from kapabla.web.unit_of_work import now, service

MIMETYPE = "application/x-ndjson"
# Made packages that a process keeps, compressed: about 100 kB each.
_KEPT = 64
_BROTLI_QUALITY = 9
_NO_ROLE = "alla"
_DIGEST_LENGTH = 16
_CODE = Path(__file__).parents[2]


def course_address(me: Participant) -> str:
    course = me.course
    tongue = language.chosen() if language.chosen() in course.languages else "sv"
    return _address(course.id, str(course.version), _role(me.role), tongue)


def questions_address(me: Participant, wave: str) -> str:
    study_key = service().keys.get("study", me.entrant.study)
    order = bridge.form_order(study_key, me.subject)
    written = me.study.questionnaire(service().material, wave, order)
    is_random = any(instrument.is_random for instrument in written.instruments)
    seed = bridge.order_seed(study_key, me.subject) if is_random else FIXED
    return _address(me.study.id, written.slug, order.lower(), str(seed), _role(me.role), language.chosen())


def build_digest() -> str:
    """Of everything that a page without a person is made from."""
    held = service()
    config = held.config
    today = local_date(now())
    stale = [] if config.demo else stale_numbers(held.material.contacts, today)
    settings = (config.project_name, config.demo, config.neutral_exit_url, sorted(stale))
    published = sorted(news_of(config.release_dir))
    made_from = (_digest_of(_CODE), _digest_of(material_root(config)), published, settings)
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:_DIGEST_LENGTH]


@blueprint.get("/paket/<version>")
def package(version: str) -> Response:
    """An address of an earlier version is gone: the telephone keeps what it has and learns the new one on a page."""
    names, _, _digest = version.rpartition(".")
    lines = _lines(names.split("."))
    if lines is None or not hmac.compare_digest(version.encode(), version_of(names).encode()):
        abort(404)
    made = _made(version, lines)
    accepted = request.accept_encodings
    encoding = "br" if accepted["br"] > 0 else "gzip" if accepted["gzip"] > 0 else ""
    reply = Response(made.in_encoding(encoding), mimetype=MIMETYPE)
    if encoding:
        reply.headers["Content-Encoding"] = encoding
    reply.headers["Cache-Control"] = CACHE_IMMUTABLE
    reply.headers["Vary"] = "Accept-Encoding"
    return reply


@dataclass(frozen=True)
class Made:
    """A package as it is sent."""

    br: bytes
    gzip: bytes

    def in_encoding(self, encoding: str) -> bytes:
        return {"br": self.br, "gzip": self.gzip}.get(encoding) or brotli.decompress(self.br)


def _made(version: str, lines: Iterator[str]) -> Made:
    kept: dict[str, Made] = current_app.extensions.setdefault("kapabla.packages", {})
    if version not in kept:
        body = "".join(f"{line}\n" for line in lines).encode()
        if len(kept) >= _KEPT:
            kept.pop(next(iter(kept)), None)
        kept[version] = Made(brotli.compress(body, quality=_BROTLI_QUALITY), gzip.compress(body, 6, mtime=0))
    return kept[version]


def _lines(names: list[str]) -> Iterator[str] | None:
    """What the names ask for, or None where there is no such thing. Nothing is made before the lines are read."""
    *what, role, tongue = names if len(names) > 2 else ("", "", "")
    if role != _role(role) or tongue not in language.offered():
        return None
    chosen: Language = tongue
    if len(what) == 2:
        course = _course(*what)
        return course_lines(course, role, chosen) if course and chosen in course.languages else None
    return _questions(what, role, chosen) if len(what) == 4 else None


def _course(course_id: str, number: str) -> Course | None:
    found = service().material.courses.get((course_id, int(number) if number.isdecimal() else 0))
    return found if found and str(found.version) == number else None


def _questions(what: list[str], role: str, chosen: Language) -> Iterator[str] | None:
    study_id, slug, order, seed = what
    study = service().material.studies.get(study_id)
    orders = [known.lower() for known in study.form_orders] if study else []
    if study is None or order not in orders or seed not in {str(number) for number in range(FIXED, ORDERS + 1)}:
        return None
    return _questions_of(study, slug, order.upper(), int(seed), role, chosen)


def _questions_of(study: Study, slug: str, order: str, seed: int, role: str, chosen: Language) -> Iterator[str] | None:
    try:
        wave = study.wave_of_slug(slug)
    except NotFound:
        return None
    written = study.questionnaire(service().material, wave.code, order)
    is_random = any(instrument.is_random for instrument in written.instruments)
    if is_random != (seed != FIXED):
        return None
    return (
        questions_line(in_order(written, seed), seed, role, chosen, is_before_course=wave.is_before_course)
        for _ in range(1)
    )


def _role(code: str) -> str:
    """A trade of the register; whoever has none of them reads what is for all."""
    return code if any(role.code == code for role in service().material.roles) else _NO_ROLE


def _address(*names: str) -> str:
    return f"/paket/{version_of('.'.join(names))}"


def version_of(names: str) -> str:
    made_from = names.encode(), build_digest().encode()
    return f"{names}.{keyed_hash(service().keys.get('session'), b'package', *made_from).hex()[:_DIGEST_LENGTH]}"


@cache
def _digest_of(folder: Path) -> str:
    """Of all files beneath, once a process: they do not change while it lives."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if "vendor" not in path.parts and "__pycache__" not in path.parts:
            found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()
