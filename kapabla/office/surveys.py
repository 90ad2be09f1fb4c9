"""Open surveys as the county runs them: opened with days, places and known totals, typed in from paper, and results on
their way out. The office sees no answer: what is typed from paper lies sealed until the jobs have put it in."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Date, DateTime, ForeignKey, Integer, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.audit import Chain, Event
from kapabla.errors import NotFound, Refused
from kapabla.ids import new_id
from kapabla.keys import seal
from kapabla.material.survey_results import from_bytes, to_bytes, without_figures
from kapabla.material.surveys import OpenSurvey
from kapabla.office import approvals
from kapabla.office.records import outbox
from kapabla.office.staff import Staff
from kapabla.vaults import OfficeBase

APPROVAL_KIND = "survey_result"
PUBLISH_SURVEY, SAVE_PAPER = "publish_survey", "save_paper_answer"
MAKE_RESULT, PUBLISH_RESULT = "make_survey_result", "publish_survey_result"
ALLOWED = {
    "asked": {"made", "failed"},
    "made": {"approved_once", "refused"},
    "approved_once": {"approved", "refused"},
    "approved": {"published", "failed"},
    "published": set[str](),
    "refused": set[str](),
    "failed": set[str](),
}
OVER = ("refused", "failed")
_REGISTER = {"info": {"retention": "register"}}


class SurveyRecord(OfficeBase):
    """`document`: the newest version, as it is published. Places and days; nobody's answers."""

    __tablename__ = "survey"
    __table_args__ = _REGISTER

    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    municipality: Mapped[str] = mapped_column(String(4))
    version: Mapped[int] = mapped_column(Integer)
    document: Mapped[str] = mapped_column(Text)
    # In tens, up to the day before `counted_on`: nobody at the desk sees when somebody answered.
    answered: Mapped[int | None] = mapped_column(Integer)
    counted_on: Mapped[date | None] = mapped_column(Date)

    @property
    def survey(self) -> OpenSurvey:
        return OpenSurvey.model_validate_json(self.document)


class SurveyResultRecord(OfficeBase):
    """`document`: what citizens will read, protected, once the jobs have made it. `state`: a key of `ALLOWED`."""

    __tablename__ = "survey_result"
    __table_args__ = _REGISTER

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    survey: Mapped[str] = mapped_column(ForeignKey("survey.slug"), index=True)
    state: Mapped[str] = mapped_column(String(14))
    document: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    asked_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SurveyExists(Refused):
    """There is a survey with that address."""

    code = "survey_exists"


class SurveyNotOver(Refused):
    """Answers still come in: a result is made when the survey has closed."""

    code = "survey_not_over"


class SurveyCounted(Refused):
    """A result is made or on its way: neither days nor answers change any more."""

    code = "survey_counted"


class SurveyNotPublished(Refused):
    """Nothing is published that could be wrong, or a correction of it is on its way."""

    code = "survey_not_published"


class WrongState(Refused):
    code = "wrong_state"


def all_surveys(session: Session) -> Sequence[SurveyRecord]:
    """The one that closes last first."""
    found = session.scalars(select(SurveyRecord)).all()
    return sorted(found, key=lambda one: (one.survey.closes_on, one.slug), reverse=True)


def to_be_counted(session: Session, on: date) -> Sequence[SurveyRecord]:
    """Surveys that nobody has counted the answers of that day."""
    return session.scalars(
        select(SurveyRecord).where(or_(SurveyRecord.counted_on.is_(None), SurveyRecord.counted_on < on))
    ).all()


def get_survey(session: Session, slug: str) -> SurveyRecord:
    found = session.get(SurveyRecord, slug)
    if found is None:
        raise NotFound("no_such_survey")
    return found


def result_of(session: Session, slug: str) -> SurveyResultRecord | None:
    """The one that is on its way or out; else the last that came to nothing."""
    query = select(SurveyResultRecord).where(SurveyResultRecord.survey == slug)
    found = session.scalars(query.order_by(SurveyResultRecord.asked_at.desc())).all()
    return next((one for one in found if one.state not in OVER), found[0] if found else None)


def is_counted(session: Session, slug: str) -> bool:
    found = result_of(session, slug)
    return found is not None and found.state not in OVER


def open_survey(session: Session, chain: Chain, survey: OpenSurvey, *, by: Staff, at: datetime) -> SurveyRecord:
    if session.get(SurveyRecord, survey.slug) is not None:
        raise SurveyExists(survey=survey.slug)
    record = SurveyRecord(slug=survey.slug, municipality=survey.municipality, version=0, document="")
    session.add(record)
    _put_out(session, record, survey, at=at)
    _trace(session, chain, "survey_open", survey.slug, by=by, at=at)
    return record


def change_days(
    session: Session, chain: Chain, record: SurveyRecord, *, opens_on: date, closes_on: date, by: Staff, at: datetime
) -> None:  # fmt: skip
    """A new version with other days; what has been answered stays."""
    if is_counted(session, record.slug):
        raise SurveyCounted(survey=record.slug)
    days = {"opens_on": opens_on, "closes_on": closes_on, "version": record.version + 1}
    _put_out(session, record, record.survey.model_copy(update=days), at=at)
    _trace(session, chain, "survey_days", record.slug, by=by, at=at)


def _put_out(session: Session, record: SurveyRecord, survey: OpenSurvey, *, at: datetime) -> None:
    record.version, record.document = survey.version, survey.model_dump_json()
    given = {"survey": record.document}
    outbox.put(session, PUBLISH_SURVEY, given, key=f"{PUBLISH_SURVEY}:{survey.slug}:{survey.version}", at=at)
    session.flush()


def put_paper_answer(
    session: Session, chain: Chain, record: SurveyRecord, answer: Mapping[str, Any], *, form_key: str,
    sealing_key: bytes, by: Staff, at: datetime,
) -> bool:  # fmt: skip
    """Sealed on its way: the office never holds an answer in the clear. False for a form that has been sent before."""
    if is_counted(session, record.slug):
        raise SurveyCounted(survey=record.slug)
    key = f"{SAVE_PAPER}:{form_key}"
    if outbox.has(session, key):
        return False
    sealed = seal(sealing_key, json.dumps(dict(answer)), f"paper_answer.{form_key}").hex()
    outbox.put(session, SAVE_PAPER, {"survey": record.slug, "form": form_key, "sealed": sealed}, key=key, at=at)
    _trace(session, chain, "survey_paper", record.slug, by=by, at=at)
    return True


def ask_result(
    session: Session, chain: Chain, record: SurveyRecord, *, by: Staff, today: date, at: datetime
) -> SurveyResultRecord:  # fmt: skip
    """From here on no answer comes in. The jobs make the document, and two people look at it."""
    if today <= record.survey.closes_on:
        raise SurveyNotOver(survey=record.slug)
    if is_counted(session, record.slug):
        raise SurveyCounted(survey=record.slug)
    result = SurveyResultRecord(id=new_id(), survey=record.slug, state="asked", asked_by=by.id, asked_at=at)
    session.add(result)
    session.flush()
    approvals.ask(session, kind=APPROVAL_KIND, object_=result.id, staff_id=by.id, at=at)
    outbox.put(session, MAKE_RESULT, {"result": result.id}, key=f"{MAKE_RESULT}:{result.id}", at=at)
    _trace(session, chain, "survey_result_ask", record.slug, by=by, at=at)
    return result


def correct_result(
    session: Session, chain: Chain, record: SurveyRecord, *, note: str, of: Collection[str], by: Staff, at: datetime
) -> SurveyResultRecord:  # fmt: skip
    """A published result that is wrong, anew: with a note, and without the figures that were, approved by two. Nothing
    is counted again: what two countings of the same people tell together is more than either may."""
    former = result_of(session, record.slug)
    if former is None or former.state != "published":
        raise SurveyNotPublished(survey=record.slug)
    body = to_bytes(without_figures(from_bytes(former.document.encode()), note=note, of=of))
    result = SurveyResultRecord(
        id=new_id(), survey=record.slug, state="made", document=body.decode(), sha256=sha256(body).hexdigest(),
        asked_by=by.id, asked_at=at,
    )  # fmt: skip
    session.add(result)
    session.flush()
    approvals.ask(session, kind=APPROVAL_KIND, object_=result.id, staff_id=by.id, at=at)
    _trace(session, chain, "survey_result_correct", record.slug, by=by, at=at)
    return result


def get_result(session: Session, result_id: str) -> SurveyResultRecord:
    found = session.get(SurveyResultRecord, result_id)
    if found is None:
        raise NotFound("no_such_result")
    return found


def made(session: Session, result: SurveyResultRecord, document: bytes) -> None:
    _move(result, "made")
    result.document, result.sha256 = document.decode(), sha256(document).hexdigest()
    session.flush()


def approve(session: Session, chain: Chain, result: SurveyResultRecord, *, by: Staff, at: datetime) -> None:
    """One of two approvals, by two different accounts. The second leaves the publishing to the jobs."""
    session.refresh(result, with_for_update=True)
    if result.state not in ("made", "approved_once"):
        raise WrongState(result=result.id, state=result.state)
    _move(result, approvals.approve(session, _approval(session, result), staff_id=by.id))
    if result.state == "approved":
        outbox.put(session, PUBLISH_RESULT, {"result": result.id}, key=f"{PUBLISH_RESULT}:{result.id}", at=at)
    _trace(session, chain, "survey_result_approve", result.survey, by=by, at=at)


def refuse(session: Session, chain: Chain, result: SurveyResultRecord, *, reason: str, by: Staff, at: datetime) -> None:
    _move(result, "refused")
    approvals.refuse(session, _approval(session, result), reason=reason[:200])
    result.reason = reason[:200]
    _trace(session, chain, "survey_result_refuse", result.survey, by=by, at=at)


def finish(session: Session, result: SurveyResultRecord, state: str) -> None:
    """The jobs tell how it went."""
    _move(result, state)
    session.flush()


def approval_id(session: Session, result: SurveyResultRecord) -> str:
    return _approval(session, result).id


def first_approver(session: Session, result: SurveyResultRecord) -> str | None:
    return _approval(session, result).first_by


def _approval(session: Session, result: SurveyResultRecord) -> approvals.Approval:
    found = approvals.find(session, APPROVAL_KIND, result.id)
    if found is None:
        raise WrongState(result=result.id, state=result.state)
    return found


def _move(result: SurveyResultRecord, to: str) -> None:
    if to not in ALLOWED[result.state]:
        raise WrongState(result=result.id, state=result.state, wanted=to)
    result.state = to


def _trace(session: Session, chain: Chain, action: str, slug: str, *, by: Staff, at: datetime) -> None:
    chain.append(session, Event(by.id, by.role, action, f"survey:{slug}"), at=at)
    session.flush()
