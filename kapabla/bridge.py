"""The one module that knows both who and what was said. It joins by a keyed function, keeps no table and never logs.

    subject = HMAC-SHA-256(study key, the person's random secret)

Either vault alone, and both without the study key, link nothing. Erasing a person's row cuts that person off;
destroying the study key cuts everybody off. Source: `architecture.md`, "Bridge".
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kapabla.answers import attendance, consents, erasing, free_texts, journey, placement
from kapabla.answers.own_copy import answers_part
from kapabla.answers.placement import Place
from kapabla.answers.standing import Standing, Terms, read_standings
from kapabla.audit import Chain, Event
from kapabla.guard import Finding, NameIndex, find
from kapabla.identity import entry, meetings
from kapabla.identity.contact import erase_person
from kapabla.identity.entry import Entrant
from kapabla.identity.meetings import OpenMeeting
from kapabla.identity.names import all_names
from kapabla.identity.own_copy import identity_part
from kapabla.journals import Journal
from kapabla.keys import Keyring, keyed_hash
from kapabla.material import Course, Material, Study
from kapabla.material.instruments import ORDERS
from kapabla.vaults import Work

WITHHELD = "withheld"
REJOINED = "rejoined"


@dataclass(frozen=True)
class Trail:
    """Where consent changes and withdrawals leave their traces: the chain and the journal of both vaults."""

    identity_chain: Chain
    answers_chain: Chain
    identity_journal: Journal
    answers_journal: Journal

    def journal(self, entrant: Entrant, subject: str, kind: str, on: date) -> None:
        """Into both journals, before anything is acknowledged, and while both vaults wait to be committed: a backup
        counts the lines, lets those writers end, and knows that every line that it has counted is in what it saves."""
        self.answers_journal.append(subject, kind, on)
        self.identity_journal.append(entrant.person_id, kind, on)


def subject_of(study_key: bytes, secret: bytes) -> str:
    """The pseudonym that a person's answers stand under: 64 hex digits.

    >>> subject_of(bytes(32), bytes(32))[:16]
    '33ad0a1c607ec03b'
    """
    return hmac.new(study_key, secret, hashlib.sha256).hexdigest()


def cohort_label(study_key: bytes, cohort_id: str) -> str:
    """A random-looking label, the same for all of a cohort, that says nothing of which cohort it is."""
    return keyed_hash(study_key, b"cohort", cohort_id.encode()).hex()[:16]


def form_order(study_key: bytes, subject: str) -> str:
    """Which form of the knowledge test comes first: a keyed function, so nobody at the county can see or steer it."""
    return "ABA" if keyed_hash(study_key, b"form order", subject.encode())[0] % 2 == 0 else "BAB"


def order_seed(study_key: bytes, subject: str) -> int:
    """Which of the random orders a person meets, at every wave the same: before and after must look alike."""
    return 1 + int.from_bytes(keyed_hash(study_key, b"order", subject.encode())[:4], "big") % ORDERS


def subject_for(keys: Keyring, entrant: Entrant) -> str:
    return subject_of(keys.get("study", entrant.study), entrant.secret)


def place(work: Work, keys: Keyring, entrant: Entrant) -> str:
    """Copy where the person stands into the answers vault, and return the subject. Safe to repeat."""
    study_key = keys.get("study", entrant.study)
    subject = subject_of(study_key, entrant.secret)
    hidden = entrant.is_protected
    placement.set_place(
        work.answers,
        subject,
        Place(
            study=entrant.study,
            municipality=WITHHELD if hidden else entrant.municipality or WITHHELD,
            role=WITHHELD if hidden else entrant.role or WITHHELD,
            cohort_label=cohort_label(study_key, entrant.cohort_id),
            arm=entrant.arm,
            form_order=form_order(study_key, subject),
            is_test=entrant.is_test,
            is_protected=entrant.is_protected,
            is_restricted=entrant.is_restricted,
            gate_overridden=entrant.gate_overridden,
            arm_by_lot=entrant.arm_by_lot,
        ),
    )
    return subject


def terms_of(entrant: Entrant) -> Terms:
    """What steers a person's journey and is decided by the county: it crosses the bridge as an argument."""
    return Terms(entrant.arm, entrant.starts_on, entrant.left, entrant.gate_overridden)


def attend(work: Work, keys: Keyring, entrant: Entrant, meeting: OpenMeeting) -> None:
    """Keep that a person was at a meeting: day and mode by subject, one more in the meeting's number. Safe to repeat:
    who says it twice is one."""
    if attendance.record_attendance(work.answers, subject_for(keys, entrant), meeting.mode, on=meeting.held_on):
        meetings.count_one(work.identity, meeting.id)


def record_choices(
    work: Work, keys: Keyring, trail: Trail, entrant: Entrant, choices: Mapping[int, bool], *,
    text: consents.ConsentText, wave: str, channel: str, at: datetime, after: int = 0,
) -> None:  # fmt: skip
    """Keep a person's choices, where they say something new. Who has left the research and now says yes is in it again,
    from now on; whose yes becomes a no leaves it, and the answers stay.

    `after` is the number of the set that stood when the form was made: a form that comes again finds what it has said.

    Both are journalled as every leaving is, so that a restore neither ends somebody who is back nor asks somebody
    who has said no.
    """
    subject = subject_for(keys, entrant)
    change = _change(work, subject, entrant, choices.get(consents.RESEARCH, False))
    number = consents.record_choices(
        work.answers, subject, choices, text=text, wave=wave, channel=channel, on=at.date(),
        unless_after=after if change else 0,
    )  # fmt: skip
    if change:
        apply_to_answers(work, subject, change)
        apply_to_identity(work, keys, entrant.person_id, change, on=at.date())
        trail.journal(entrant, subject, change, at.date())
    if number:
        event = Event("participant", "participant", "consent", f"choice:{number}")
        trail.answers_chain.append(work.answers, event, at=at, date_only=True)


def _change(work: Work, subject: str, entrant: Entrant, says_yes: bool) -> str | None:
    """What a choice changes of who is in the research: nothing, for most."""
    if says_yes:
        return REJOINED if entrant.left == "research" else None
    said_yes = entrant.left == "none" and consents.current_choices(work.answers, subject).get(consents.RESEARCH, False)
    return "research" if said_yes else None


def withdraw(
    work: Work, keys: Keyring, trail: Trail, entrant: Entrant, *, scope: str, erase: bool, at: datetime,
    actor: str = "participant",
) -> None:  # fmt: skip
    """Leave the research or all of it; let the answers stay, or remove them. In the request; safe to repeat.

    scope: "research" or "all". The journals are written before anything is acknowledged.
    """
    subject, on = subject_for(keys, entrant), at.date()
    kind = f"{scope}{'_erase' if erase else ''}"
    apply_to_answers(work, subject, kind)
    apply_to_identity(work, keys, entrant.person_id, kind, on=on)
    trail.journal(entrant, subject, kind, on)
    event = Event(actor, actor, "withdrawal", "person" if erase and scope == "all" else f"person:{entrant.person_id}")
    trail.identity_chain.append(work.identity, event, at=at, date_only=True)
    trail.answers_chain.append(work.answers, Event(actor, actor, "withdrawal", kind), at=at, date_only=True)


def apply_to_answers(work: Work, subject: str, kind: str) -> None:
    """What an entry of the journal does to the answers vault. A restore replays the entries since its backup in order.

    kind: "research" or "all", with "_erase" when the answers are removed; or "rejoined".
    """
    if kind == "all_erase":
        erasing.erase_subject(work.answers, subject)
        return
    if kind == "research_erase":
        erasing.erase_research(work.answers, subject)
    placement.set_left(work.answers, subject, _left_after(kind))


def apply_to_identity(work: Work, keys: Keyring, person_id: str, kind: str, *, on: date) -> None:
    """The same entry in the identity vault. Whoever leaves everything is neither written to nor let in again."""
    left = _left_after(kind)
    entry.set_left(work.identity, person_id, left)
    if left != "none" and "opened" in entry.steps_over(work.identity, person_id):
        # Nobody is asked the start questions any more: left as they were, they would tell who had said yes (D05).
        entry.mark_over(work.identity, person_id, "fore")
    if left == "all":
        entry.set_channel(work.identity, person_id, "none")
        entry.end_sessions_of(work.identity, person_id)
    if kind == "all_erase":
        erase_person(work.identity, keys, person_id, on=on)


def _left_after(kind: str) -> str:
    return "none" if kind == REJOINED else kind.removesuffix("_erase")


def find_by_subject(work: Work, keys: Keyring, study: str, subject: str) -> Entrant | None:
    """The person behind a subject, while the study key lives: everybody in the study is tried, since there is no table.

    For `kapabla reidentify` alone, which two people carry out (`privacy.md` E5.3).
    """
    key = keys.get("study", study)
    everybody = entry.find_all(work.identity, study)
    return next((entrant for entrant in everybody if subject_of(key, entrant.secret) == subject), None)


def own_copy(
    work: Work, keys: Keyring, chain: Chain, material: Material, entrant: Entrant, *, roles: dict[str, str],
    with_answers: bool,
) -> dict[str, Any]:  # fmt: skip
    """All that is kept of a person, in words, for that very person (B5). `roles` names the kinds of staff."""
    study = material.studies[entrant.study]
    course = material.courses[study.course.id, study.course.version]
    return {
        "om dig": identity_part(work.identity, chain, keys, material, entrant.person_id, roles),
        "i utbildningen": answers_part(
            work.answers, material, study, course, subject_for(keys, entrant), with_answers=with_answers
        ),
    }


def who_is_due(
    work: Work, keys: Keyring, study: Study, course: Course, entrants: Sequence[Entrant], step: str, on: date
) -> list[str]:
    """The only thing that `jobs` may learn: for whom is this step due today? Never why, or since when."""
    wanted = [entrant for entrant in entrants if entrant.left != "all" and not entrant.is_restricted]
    standings = _standings(work, keys, wanted)
    return [entrant.person_id for entrant, found in standings if journey.is_due(study, course, found, step, on)]


def messages_today(
    work: Work, keys: Keyring, study: Study, course: Course, entrants: Sequence[Entrant], step: str, on: date
) -> dict[str, int]:
    """Whose message of this step has its day, and which: by the calendar alone, whatever they answered or chose."""
    found = {
        entrant.person_id: journey.message_today(study, course, standing, step, on)
        for entrant, standing in _standings(work, keys, entrants)
    }
    return {person_id: number for person_id, number in found.items() if number is not None}


def closed_steps(
    work: Work, keys: Keyring, study: Study, course: Course, entrants: Sequence[Entrant], on: date
) -> dict[str, list[str]]:
    """For each step after the course, for whom it is past: alike for who said yes, who said no and who has left."""
    closed: dict[str, list[str]] = {}
    for entrant, standing in _standings(work, keys, entrants):
        for step in journey.closed_steps(study, course, standing, on):
            closed.setdefault(step, []).append(entrant.person_id)
    return closed


def _standings(work: Work, keys: Keyring, entrants: Sequence[Entrant]) -> Iterator[tuple[Entrant, Standing]]:
    subjects = [subject_for(keys, entrant) for entrant in entrants]
    terms = [terms_of(entrant) for entrant in entrants]
    standings = read_standings(work.answers, dict(zip(subjects, terms, strict=True)))
    return ((entrant, standings[subject]) for entrant, subject in zip(entrants, subjects, strict=True))


def screen_texts(
    work: Work, keys: Keyring, staff_names: Iterable[str], *, on: date
) -> list[tuple[str, str, tuple[Finding, ...]]]:
    """(subject, text id, findings) of every free text that waits to be looked at: places and kinds, never a name.

    The names of everybody meet the texts here as a plain set, without whose they are, in memory. What is found tells
    that somebody is named, and not whether that is somebody who takes part (`docs/decisions/0029`).
    """
    texts = free_texts.unscreened(work.answers, on=on)
    if not texts:
        return []
    names = NameIndex([*all_names(work.identity, keys), *staff_names])
    return [(subject, text_id, find(text, names)) for subject, text_id, text in texts]
