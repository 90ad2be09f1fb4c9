"""The certificate (P16): a page and a PDF with a signed statement that anyone can check. No name is ever stored."""

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import date

import segno
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.answers import journey, progress
from kapabla.ids import new_id
from kapabla.keys import keyed_hash
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.session import Participant, needs_session, participant
from kapabla.web.unit_of_work import service, work

MAX_NAME = 80


@dataclass(frozen=True)
class Statement:
    """What a certificate says: the course, the day it was completed, initials if a name was typed, a random serial."""

    course: str
    completed_on: date
    initials: str
    serial: str

    def sign(self, key: bytes) -> str:
        body = json.dumps([self.course, self.completed_on.isoformat(), self.initials, self.serial]).encode()
        return f"{_b64(body)}.{_b64(keyed_hash(key, b'statement', body)[:16])}"

    @classmethod
    def read(cls, text: str, key: bytes) -> "Statement | None":
        """The statement, or None where the signature does not fit."""
        body_text, _, mark = text.partition(".")
        try:
            body = _unb64(body_text)
            if not hmac.compare_digest(_unb64(mark), keyed_hash(key, b"statement", body)[:16]):
                return None
            course, day, initials, serial = json.loads(body)
            return cls(course, date.fromisoformat(day), initials, serial)
        except (ValueError, TypeError):
            return None


@blueprint.get("/intyg")
@needs_session
def certificate() -> ResponseReturnValue:
    day = _completed_on(participant())
    if day is None:
        return redirect(url_for("participant.module_list"), 303)
    return render_template("participant/certificate.html", name="", statement=None, minutes=_minutes(), day=day)


@blueprint.post("/intyg")
@needs_session
def make_certificate() -> ResponseReturnValue:
    """A POST, since it makes a serial: as a page to print, or as PDF. The name is used here and never stored."""
    me = participant()
    day = _completed_on(me)
    if day is None:
        return redirect(url_for("participant.module_list"), 303)
    name = " ".join(request.form.get("namn", "").split())[:MAX_NAME]
    course = me.course
    serial, day = progress.certify(
        work().answers, me.subject, new_id(), course=course.id, course_version=course.version, completed_on=day
    )
    initials = "".join(part[0] for part in name.split())[:4].upper()
    statement = Statement(course.id, day, initials, serial)
    pdf = _pdf(name, statement) if "pdf" in request.form else None
    if pdf is not None:
        return pdf
    return render_template(
        "participant/certificate.html", name=name, statement=statement, minutes=_minutes(), day=day,
        no_letters="pdf" in request.form,
        qr=segno.make(_address(statement), micro=False, error="m").svg_inline(scale=4, svgclass=None, lineclass=None),
    )  # fmt: skip


@blueprint.get("/intyg/<statement>")
def check_statement(statement: str) -> ResponseReturnValue:
    """For whoever is shown a certificate: is it ours, and what does it say. No look-up, no session."""
    found = Statement.read(statement, service().keys.get("certificate"))
    return render_template("participant/statement.html", statement=found), 200 if found else 404


def _completed_on(me: Participant) -> date | None:
    return journey.completed_on(me.course, me.standing().progress)


def _minutes() -> int:
    return participant().course.minutes


def _address(statement: Statement) -> str:
    signed = statement.sign(service().keys.get("certificate"))
    return f"{service().config.base_url}/intyg/{signed}"


def _pdf(name: str, statement: Statement) -> Response | None:
    """None where the name has letters that we have no font for."""
    from kapabla.web.participant.certificate_pdf import NoLetters, make_pdf

    try:
        pdf = make_pdf(
            name=name, day=statement.completed_on, minutes=_minutes(), address=_address(statement),
            organisation=service().material.organisation.name, project=service().config.project_name,
        )  # fmt: skip
    except NoLetters:
        return None
    reply = Response(pdf, mimetype="application/pdf")
    reply.headers["Content-Disposition"] = 'attachment; filename="intyg.pdf"'
    return reply


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
