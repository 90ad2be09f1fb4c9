"""Gallring (B7, `privacy.md` E4): what is due by class, study, day; a dry run every day; destroyed only when somebody
says so with the number of a decision, after what is to be kept has been written out."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy import func, select

from kapabla.answers.erasing import erase_study
from kapabla.answers.placement import Placement
from kapabla.audit import Event
from kapabla.clock import local_date
from kapabla.errors import Refused
from kapabla.identity import disposing
from kapabla.material import Study
from kapabla.office import disposals, release_register
from kapabla.office.disposals import ANSWERS, DATA_CLASSES, IDENTITY, STUDY_KEY
from kapabla.office.staff import Staff
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work

log = structlog.get_logger("kapabla.jobs")
ACTION = "purge"
# A number of a register of decisions; an example in brackets is none.
_DECISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .:/-]{1,38}\d")
DECISION_FACT = "gallringsbeslut"


@dataclass(frozen=True)
class Due:
    """`amount`: people, subjects, releases with files, or keys."""

    study: str
    data_class: str
    due_on: date
    amount: int

    def has_come(self, on: date) -> bool:
        return self.due_on <= on


def plan(service: Service, work: Work) -> list[Due]:
    """The dry run over every study: what there is of each class, and from which day it may go."""
    return [
        Due(study.id, data_class, day, _count(service, work, study.id, data_class))
        for study in service.material.studies.values()
        for data_class, day in days_of(study)
    ]


def days_of(study: Study) -> Iterator[tuple[str, date]]:
    for data_class in DATA_CLASSES:
        yield data_class, getattr(study.retention, f"{data_class}_on")


def note_due(service: Service) -> None:
    """The day's round, in the register: what the overview tells the steward. Nothing is read before a day has come."""
    on = local_date(service.clock())
    come = [(s.id, name, day) for s in service.material.studies.values() for name, day in days_of(s) if day <= on]
    if not come:
        return
    with service.vaults.reading() as work:
        new = [
            Due(study, name, day, _count(service, work, study, name))
            for study, name, day in come
            if not disposals.is_counted(work.office, study, name, on=on)
        ]
    if not new:
        return
    with service.vaults.unit() as work:
        for due in new:
            disposals.note_due(
                work.office, due.study, due.data_class, due_on=due.due_on, amount=due.amount, on=on
            )  # fmt: skip
    log.info("retention_due", classes=sum(due.amount > 0 for due in new))


def check_number(decision: str) -> None:
    if not _DECISION.fullmatch(decision):
        raise Refused("decision_wrong", decision=decision)


def check_decision(study: Study, decision: str) -> None:
    """The number of a decision, and the one that people were told, where the file of the study names one."""
    check_number(decision)
    told = study.facts_in("sv").get(DECISION_FACT, "")
    if _DECISION.fullmatch(told) and told != decision:
        raise Refused("decision_differs", decision=decision, told=told, study=study.id)


def what_may_go(service: Service, work: Work, study: Study, classes: Collection[str]) -> list[Due]:
    """Of these classes what is there and whose day has come. Refused while somebody still needs it."""
    on = local_date(service.clock())
    wanted = [due for due in plan(service, work) if due.study == study.id and due.data_class in classes and due.amount]
    found = [due for due in wanted if due.has_come(on)]
    if not found:
        raise Refused("nothing_due", study=study.id, first=min((due.due_on for due in wanted), default="-"))
    names = {due.data_class for due in found}
    if names & {IDENTITY, STUDY_KEY, ANSWERS}:
        _check_nobody_needs(work, study, on)
    if STUDY_KEY in names and IDENTITY not in names and disposing.count_people(work.identity, study.id):
        raise Refused("people_left", study=study.id)
    return found


def _check_nobody_needs(work: Work, study: Study, on: date) -> None:
    """Who has had the processing restricted may need the data kept (Art. 18.1 b and c): a person decides that first."""
    if disposing.is_open(work.identity, study.id, on=on):
        raise Refused("study_still_open", study=study.id)
    restricted = work.answers.scalar(
        select(func.count())
        .select_from(Placement)
        .where(Placement.study == study.id, Placement.is_restricted.is_(True))
    )
    if restricted or disposing.count_restricted(work.identity, study.id):
        raise Refused("people_restricted", study=study.id)


def purge(service: Service, dues: Sequence[Due], *, decision: str, by: Staff) -> list[Due]:
    """Destroy, class by class in their order, each with its row in the log: counts only. What was cut short is done by
    the same command again. Returns what was destroyed."""
    done = []
    for due in sorted(dues, key=lambda due: DATA_CLASSES.index(due.data_class)):
        with service.vaults.unit() as work:
            amount = _destroy(service, work, due, by)
            _write_down(service, work, due, amount, decision, by)
        done.append(Due(due.study, due.data_class, due.due_on, amount))
    return done


def _write_down(service: Service, work: Work, due: Due, amount: int, decision: str, by: Staff) -> None:
    """In the office's log and register, and in the log of the vault that it was destroyed in."""
    at, object_ = service.clock(), f"study:{due.study}"
    event = Event(by.id, by.role, ACTION, object_, reason=f"{due.data_class} {amount}, decision {decision}"[:200])
    service.office_chain.append(work.office, event, at=at)
    if due.data_class == IDENTITY:
        service.identity_chain.append(work.identity, event, at=at)
    if due.data_class == ANSWERS:
        service.answers_chain.append(work.answers, event, at=at, date_only=True)
    disposals.note_disposed(
        work.office, due.study, due.data_class, due_on=due.due_on, amount=amount, decision=decision, by=by.id,
        on=local_date(at),
    )  # fmt: skip


def _count(service: Service, work: Work, study: str, data_class: str) -> int:
    match data_class:
        case disposals.IDENTITY:
            return disposing.count_people(work.identity, study)
        case disposals.STUDY_KEY:
            return int(service.keys.has("study", study))
        case disposals.ANSWERS:
            subjects = select(func.count()).select_from(Placement).where(Placement.study == study)
            return work.answers.scalar(subjects) or 0
        case disposals.RELEASES:
            return len(_with_files(service, work, study))
        case _:
            return len(_with_keys(service, work, study))


def _destroy(service: Service, work: Work, due: Due, by: Staff) -> int:
    on = local_date(service.clock())
    match due.data_class:
        case disposals.IDENTITY:
            return disposing.destroy_people(work.identity, due.study)
        case disposals.STUDY_KEY:
            # Written down first: `init` makes a key that is missing, and never one that is given up.
            service.keys.give_up("study", due.study, on)
            service.keys.destroy("study", due.study)
            return 1
        case disposals.ANSWERS:
            return erase_study(work.answers, due.study)
        case disposals.RELEASES:
            return _destroy_releases(service, work, due.study, by)
        case _:
            names = _with_keys(service, work, due.study)
            for name in names:
                service.keys.destroy("release", name)
            return len(names)


def _destroy_releases(service: Service, work: Work, study: str, by: Staff) -> int:
    """The rows of the register stay: to whom what was handed out is kept for good."""
    names, at = _with_files(service, work, study), service.clock()
    for record in release_register.all_releases(work.office):
        if record.id in names and record.state == "locked":
            release_register.retire(work.office, service.office_chain, release=record.id, by=by, at=at)
    for name in names:
        Store(service.config.release_dir).remove(name)
    return len(names)


def _with_files(service: Service, work: Work, study: str) -> list[str]:
    store = Store(service.config.release_dir)
    return [name for name in _names(work, study) if store.index(name) is not None]


def _with_keys(service: Service, work: Work, study: str) -> list[str]:
    return [name for name in _names(work, study) if service.keys.has("release", name)]


def _names(work: Work, study: str) -> list[str]:
    return [record.id for record in release_register.all_releases(work.office) if record.study == study]
