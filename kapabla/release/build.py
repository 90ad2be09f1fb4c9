"""The release pipeline (`privacy.md` C4), read from the answers vault alone. All protection happens here, once.

consenting for the purpose, not withdrawn, not restricted, real people or test people
-> allow-listed columns -> whole weeks -> quasi-identifiers recoded step by step -> k and l by people
-> the dose as coarse as it takes -> local blanks within limits -> ids of this release -> sorted by id
and beside it, unjoined, the free texts that the study releases and a person has cleared
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kapabla.answers import free_texts
from kapabla.answers.attendance import Attendance
from kapabla.answers.consents import FOLLOW_UP, OTHER_RESEARCH, RESEARCH, Consent
from kapabla.answers.learning import LearningEvent
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import Submission, WaveState
from kapabla.material import Course, Material, Study
from kapabla.material.courses.completion import completed_on
from kapabla.material.instruments import MissingReason, Scale, scores
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Cell, Dataset
from kapabla.release.design_columns import begun, design_cells, dose_cells, mode_cell, period_cell
from kapabla.release.disclosure import KAnonymised, Person, Withheld, enforce_k
from kapabla.release.disclosure.groups import Pattern
from kapabla.release.disclosure.rules import K
from kapabla.release.following import BEFORE, Follower, Following, follow
from kapabla.release.free_text import ReleasedText, to_release
from kapabla.release.pace import (
    BEGUN,
    LET_PAST,
    MODE,
    PERIOD,
    SHARE,
    SINCE,
    TIME,
    Cells,
    Pace,
    every_wave,
    shared_pace,
)
from kapabla.release.pseudonyms import cohort_labels, lots, release_ids
from kapabla.release.quasi_identifiers import DECLINED, GENDER, NEVER_BEGAN, quasi_identifier
from kapabla.release.shown_answers import Saved, Waves, settled
from kapabla.release.study_columns import after_protection, columns_of, quasi_identifier_names
from kapabla.release.subjects import Learning, SavedPage, Subject
from kapabla.release.teaching import TAUGHT, taught
from kapabla.vaults import table_of

WITHHELD = "withheld"
# The attribute of a placement behind each placement column, and the item behind each asked quasi-identifier.
_PLACED = {"municipality": "municipality", "role": "role", "cohort": "cohort_label"}
# What counts as a value of its own, and is none in the files.
_REASONS: Mapping[str | None, MissingReason] = {
    DECLINED: MissingReason.DECLINED, NEVER_BEGAN: MissingReason.NOT_REACHED,
}  # fmt: skip


@dataclass(frozen=True)
class Built:
    dataset: Dataset
    ids: dict[str, str]
    declined: int
    k_report: dict[str, object]
    following: Following
    consent_versions: tuple[tuple[str, int], ...]  # the texts that the people of the release said yes to
    texts: tuple[ReleasedText, ...] = ()  # none unless the study releases some


def build(
    session: Session, material: Material, study: Study, *, purpose: str, is_test: bool, release_key: bytes, on: date,
    k: int = K,
) -> Built:  # fmt: skip
    """The long table of a release. Raises `Withheld` where protection cannot decide; then nothing leaves."""
    course = material.courses[study.course.id, study.course.version]
    chosen, declined, wanting, texts = _choose(session, study, purpose, is_test)
    people = [
        person for person in _read(session, course, chosen, Waves(study, material)) if person.sent or person.pages
    ]
    if len(people) < k:
        raise Withheld(reason="too_few_people")
    columns = columns_of(study, material)
    labels = cohort_labels(release_key, study.id, (person.placement.cohort_label for person in people))
    names = quasi_identifier_names(study, material)
    asked = _asked(study, names, people, labels, lots(person.subject for person in people))
    protected = enforce_k(asked, [quasi_identifier(name, k) for name in names], k=k)
    pace = _pace(study, course, columns, people, asked, protected, k)
    columns = pace.described(after_protection(columns, protected))
    ids = release_ids(release_key, study.id, (person.subject for person in people))
    rows = _rows(material, study, columns, people, protected, pace, ids)
    arms = {wave.code: wave.arms for wave in study.waves if wave.arms}
    dataset = Dataset(columns, tuple(rows), tuple(wave.code for wave in study.waves), arms)
    following = follow([_follower(person, wanting) for person in people], study, on)
    versions = tuple(sorted({texts[person.subject] for person in people}))
    written = free_texts.cleared_of(session, ids.keys(), {study.id: study.released_texts})
    report = protected.report | {"recodings": [*protected.recodings, *pace.actions]}
    return Built(dataset, ids, declined, report, following, versions, to_release(written))


def _choose(
    session: Session, study: Study, purpose: str, is_test: bool
) -> tuple[list[Any], int, set[str], dict[str, tuple[str, int]]]:
    """Placements of those whose latest choices say yes to the purpose; how many said no to the research; the subjects
    that want follow-ups; and by subject the text that the choice of research was made under."""
    needed = (RESEARCH, OTHER_RESEARCH) if purpose == "sharing" else (RESEARCH,)
    consent, placement = table_of(Consent), table_of(Placement)
    latest: dict[str, dict[int, bool]] = {}
    texts: dict[str, tuple[str, int]] = {}
    for row in session.execute(
        select(
            consent.c.subject, consent.c.choice, consent.c.answer, consent.c.text_id, consent.c.text_version
        ).order_by(consent.c.number)
    ):
        latest.setdefault(row.subject, {})[row.choice] = row.answer
        if row.choice == RESEARCH:
            texts[row.subject] = row.text_id, row.text_version
    placed = session.execute(
        select(placement).where(placement.c.study == study.id, placement.c.is_test.is_(is_test))
    ).all()
    open_ = [row for row in placed if not row.is_restricted and row.left == "none" and row.subject in latest]
    chosen = [row for row in open_ if all(latest[row.subject].get(choice, False) for choice in needed)]
    declined = sum(not latest[row.subject].get(RESEARCH, False) for row in open_)
    wanting = {subject for subject, choices in latest.items() if choices.get(FOLLOW_UP, False)}
    return chosen, declined, wanting, texts


def _read(session: Session, course: Course, chosen: list[Any], waves: Waves) -> list[Subject]:
    wanted = {row.subject for row in chosen}
    saved: dict[str, dict[str, Saved]] = {}
    seeds: dict[str, dict[str, dict[str, int]]] = {}
    saves: dict[str, dict[str, dict[int, SavedPage]]] = {}
    submission = table_of(Submission)
    query = select(
        submission.c.subject, submission.c.wave, submission.c.page, submission.c["values"], submission.c.missing,
        submission.c.instrument, submission.c.seed, submission.c.saved_on, submission.c.duration_seconds,
        submission.c.course_had_begun, submission.c.mode,
    ).order_by(submission.c.subject, submission.c.number)  # fmt: skip
    for subject, wave, page, values, missing, instrument, seed, on, seconds, begun_before, mode in session.execute(
        query
    ):
        if subject in wanted:
            saved.setdefault(subject, {}).setdefault(wave, Saved()).add(page, values, missing)
            seeds.setdefault(subject, {}).setdefault(wave, {})[instrument] = seed
            shown = len(values) + sum(reason != MissingReason.NOT_SHOWN.slug for reason in missing.values())
            save = SavedPage(on, seconds, shown, begun_before, mode)
            saves.setdefault(subject, {}).setdefault(wave, {})[page] = save
    sent: dict[str, dict[str, date]] = {}
    state = table_of(WaveState)
    for row in session.execute(
        select(state.c.subject, state.c.wave, state.c.reached_on).where(state.c.state == "sent")
    ):
        sent.setdefault(row.subject, {})[row.wave] = row.reached_on
    learning, attended = _learning(session), _attended(session)
    people = []
    for row in sorted(chosen, key=lambda row: row.subject):
        over = sent.get(row.subject, {})
        learnt = learning.get(row.subject, Learning())
        completed = completed_on(course, learnt.over_on)
        holding = settled(saved.get(row.subject, {}), set(over), waves, row.form_order)
        people.append(
            Subject(
                row.subject, row, {wave: answers.values for wave, answers in holding.items()},
                {wave: answers.reasons for wave, answers in holding.items()}, over, completed, learnt,
                seeds.get(row.subject, {}), saves.get(row.subject, {}),
                taught=taught(learnt.over_on.values(), attended.get(row.subject, {})),
            )
        )  # fmt: skip
    return people


def _learning(session: Session) -> dict[str, Learning]:
    """What each subject's events come to. Counted in the database: a whole course is more than a hundred events."""
    event = table_of(LearningEvent)
    first_on = func.min(event.c.happened_on).label("first_on")
    over: dict[str, dict[tuple[int, int], date]] = {}
    steps = select(event.c.subject, event.c.module, event.c.step, first_on).where(event.c.kind.in_(("read", "skipped")))
    for row in session.execute(steps.group_by(event.c.subject, event.c.module, event.c.step)):
        over.setdefault(row.subject, {})[row.module, row.step] = row.first_on
    tries: dict[str, list[int]] = {}
    answers = select(event.c.subject, func.count().label("tries")).where(event.c.kind.in_(("choice", "answer")))
    for row in session.execute(answers.group_by(event.c.subject, event.c.module, event.c.step, event.c.node)):
        tries.setdefault(row.subject, []).append(row.tries)
    people = select(event.c.subject, first_on, func.max(event.c.course_version).label("version"))
    return {
        row.subject: Learning(row.version, row.first_on, over.get(row.subject, {}), tuple(tries.get(row.subject, ())))
        for row in session.execute(people.group_by(event.c.subject))
    }


def _attended(session: Session) -> dict[str, dict[date, frozenset[str]]]:
    """By subject and day the modes of the meetings."""
    attendance = table_of(Attendance)
    found: dict[str, dict[date, frozenset[str]]] = {}
    for row in session.execute(select(attendance.c.subject, attendance.c.attended_on, attendance.c.mode)):
        days = found.setdefault(row.subject, {})
        days[row.attended_on] = days.get(row.attended_on, frozenset()) | {row.mode}
    return found


def _follower(person: Subject, wanting: set[str]) -> Follower:
    return Follower(
        arm=person.placement.arm,
        answered=frozenset(person.pages),
        sent_before_on=person.sent.get(BEFORE),
        completed_on=person.completed_on,
        wants_follow_up=person.subject in wanting,
    )


def _asked(
    study: Study, names: Sequence[str], people: list[Subject], cohorts: Mapping[str, str],
    lots: Mapping[str, str],
) -> list[Person]:  # fmt: skip
    """The people as protection asks about them."""
    return [
        Person(
            values=(values := {name: _value(person, name, cohorts) for name in names}),
            pattern=participation(study, person.pages),
            waves=frozenset(person.pages),
            sensitive=_sensitive(study, person),
            arm=person.placement.arm,
            # A place or an occupation that is missing has been withheld; what was asked has a reason of its own.
            explained=frozenset(name for name, value in values.items() if value is None and name not in _PLACED),
            lot=lots[person.subject],
        )
        for person in people
    ]


def _pace(
    study: Study, course: Course, columns: tuple[ColumnSpec, ...], people: list[Subject], asked: list[Person],
    protected: KAnonymised, k: int,
) -> Pace:  # fmt: skip
    doses = [dose_cells(course, person) for person in people]
    seen: dict[str, Cells] = {
        SHARE: every_wave([dose[SHARE] for dose in doses]),
        TIME: every_wave([dose[TIME] for dose in doses]),
        LET_PAST: every_wave([int(person.placement.gate_overridden) for person in people]),
        BEGUN: every_wave([begun(dose) for dose in doses]),
        **{
            column.name: every_wave([_first_answer(column, person) for person in people])
            for column in _known_answers(study, columns)
        },
        SINCE: _at_waves(people, _weeks),
        MODE: _at_waves(people, mode_cell),
    }
    if study.periods:
        seen[PERIOD] = _at_waves(people, partial(period_cell, study))
    rows = [tuple(person.values()) for person in protected.people]
    return shared_pace(seen, rows, asked, k=k)


def _known_answers(study: Study, columns: tuple[ColumnSpec, ...]) -> list[ColumnSpec]:
    """What others know of somebody beside the course, the most important first (decision 116)."""
    by_name = {column.name: column for column in columns}
    return [by_name[name] for name in study.known_answers]


def _first_answer(column: ColumnSpec, person: Subject) -> Cell:
    asked = (wave for wave in column.waves if wave in person.pages)
    cells = (_answer(column, person, wave, person.pages[wave]) for wave in asked)
    return next((cell for cell in cells if cell is not MissingReason.NOT_SHOWN), MissingReason.NOT_REACHED)


def _at_waves(people: list[Subject], cell: Callable[[Subject, str], Cell]) -> Cells:
    found: dict[str, dict[int, Cell]] = {}
    for number, person in enumerate(people):
        for wave in person.pages:
            found.setdefault(wave, {})[number] = cell(person, wave)
    return found


def participation(study: Study, waves: Collection[str]) -> Pattern:
    """What others can know of how far somebody came: start questions, end questions, follow-ups. Which of the
    follow-ups, and whether the start questions were answered twice, no message, page or list of staff tells (decision
    27). Example: t0, t0b, t1 and t6 are `before`, `after` and `follow_up`."""
    return frozenset(
        "before" if wave.is_before_course else "follow_up" if wave.months else "after"
        for wave in study.waves
        if wave.code in waves
    )


def _value(person: Subject, name: str, cohorts: Mapping[str, str]) -> str | None:
    """A quasi-identifier at its first value over the waves, as text."""
    if name in _PLACED:
        value = str(getattr(person.placement, _PLACED[name]))
        return None if value == WITHHELD else cohorts[value] if name == "cohort" else value
    if name == TAUGHT:
        # Others saw who never came: it is no blank.
        return person.taught or NEVER_BEGAN
    if name == GENDER and any(reasons.get(name) == DECLINED for reasons in person.reasons.values()):
        return DECLINED
    return next((str(given[name]) for given in person.pages.values() if name in given), None)


def _sensitive(study: Study, person: Subject) -> dict[str, object]:
    return {
        f"{code}@{wave}": given[code]
        for wave, given in person.pages.items()
        for code in study.sensitive
        if code in given
    }


def _rows(
    material: Material, study: Study, columns: tuple[ColumnSpec, ...], people: list[Subject], protected: KAnonymised,
    pace: Pace, ids: Mapping[str, str],
) -> list[dict[str, Cell]]:  # fmt: skip
    order = {wave.code: place for place, wave in enumerate(study.waves)}
    rows, answers = [], _known_answers(study, columns)
    for number, (person, quasi) in enumerate(zip(people, protected.people, strict=True)):
        for wave in sorted(person.pages, key=lambda code: order[code]):
            known = {"record_id": ids[person.subject], **pace.of(number, wave)}
            hidden = [column for column in answers if wave in column.waves and pace.hides(number, column.name)]
            known |= {column.name: MissingReason.WITHHELD for column in hidden}
            rows.append(_row(material, study, columns, person, wave, quasi, known))
    return sorted(rows, key=lambda row: (str(row["record_id"]), order[str(row["wave"])]))


def _row(
    material: Material, study: Study, columns: tuple[ColumnSpec, ...], person: Subject, wave: str,
    quasi: Mapping[str, str | None], known: Mapping[str, Cell],
) -> dict[str, Cell]:  # fmt: skip
    given = person.pages[wave]
    placed: dict[str, Cell] = {
        "wave": wave,
        "arm": person.placement.arm,
        "form_order": person.placement.form_order,
        **design_cells(study, material, person, wave),
        **known,
    }
    scored = _scores(material, study, person, wave)
    row: dict[str, Cell] = {}
    for column in columns:
        if column.name in placed:
            row[column.name] = placed[column.name]
        elif column.is_quasi_identifier and column.name in quasi:
            row[column.name] = _quasi(column, person, wave, quasi[column.name])
        elif column.kind is Kind.SCORE:
            row[column.name] = scored.get(column.name, MissingReason.NOT_SHOWN)
        elif column.kind is Kind.ORDER:
            row[column.name] = _order(column, person, wave)
        else:
            row[column.name] = _answer(column, person, wave, given)
    return row


def _weeks(person: Subject, wave: str) -> Cell:
    """Whole weeks from the day the training was completed to the day the wave was sent in. Before it there are none: a
    cohort answers at one time and goes on at its own pace, so weeks below zero would give the cohort back."""
    if person.completed_on is None or wave not in person.sent or person.sent[wave] < person.completed_on:
        return MissingReason.NOT_REACHED
    return (person.sent[wave] - person.completed_on).days // 7


def _quasi(column: ColumnSpec, person: Subject, wave: str, value: str | None) -> Cell:
    """The protected value. Why there is none is told only where the protection did not take it away."""
    if column.waves and wave not in column.waves:
        return MissingReason.NOT_SHOWN
    if value in _REASONS:
        return _REASONS[value]
    if value is not None:
        return value if column.is_text else int(value)
    if column.disclosure == "withheld" or column.name in _PLACED:
        return MissingReason.WITHHELD
    reason = person.reasons.get(wave, {}).get(column.name)
    if reason and not (column.name == GENDER and reason == DECLINED):
        return MissingReason.of_slug(reason)
    has_value = column.name == TAUGHT or _was_given(person, column.name)
    return MissingReason.WITHHELD if has_value else MissingReason.NOT_REACHED


def _was_given(person: Subject, name: str) -> bool:
    declined = name == GENDER and any(reasons.get(name) == DECLINED for reasons in person.reasons.values())
    return declined or any(name in given for given in person.pages.values())


def _order(column: ColumnSpec, person: Subject, wave: str) -> Cell:
    if column.waves and wave not in column.waves:
        return MissingReason.NOT_SHOWN
    return person.seeds.get(wave, {}).get(column.name.removeprefix("order_"), MissingReason.NOT_REACHED)


def _answer(column: ColumnSpec, person: Subject, wave: str, given: Mapping[str, Any]) -> Cell:
    item = column.part_of or column.name
    if item in given:
        return _given(column, given[item])
    reason = person.reasons.get(wave, {}).get(item)
    if reason:
        return MissingReason.of_slug(reason)
    # The page was never saved, or the wave (or the form of the test) does not have the item.
    asked = not column.waves or wave in column.waves
    return MissingReason.NOT_REACHED if asked and _has_form(column, person, wave) else MissingReason.NOT_SHOWN


def _given(column: ColumnSpec, value: Any) -> Cell:
    if column.disclosure == "at_least_once":
        return int(value > 0)
    if column.kind is Kind.RANK:
        option = int(column.name.rpartition("___")[2])
        return value.index(option) + 1 if option in value else 0
    if column.part_of:
        return int(int(column.name.rpartition("___")[2]) in value)
    return float(value) if column.decimals else int(value)


def _has_form(column: ColumnSpec, person: Subject, wave: str) -> bool:
    """Knowledge items exist in two forms, and a person meets one of them at a wave."""
    form = {"kun_a": "A", "kun_b": "B"}.get(column.name[:5])
    if form is None:
        return True
    place = {"t0": 0, "t1": 1, "t6": 2}.get(wave)
    return place is not None and person.placement.form_order[place] == form


def _scores(material: Material, study: Study, person: Subject, wave: str) -> dict[str, Cell]:
    """Every scale of the wave, by the instrument's own rule; below its minimum the score is missing, not imputed."""
    given, found = person.pages[wave], dict[str, Cell]()
    for code in study.instrument_ids(wave, person.placement.form_order):
        instrument = material.instruments[code, study.instrument_versions[code]]
        for name, value in scores(instrument, given).items():
            found[name] = _no_score(instrument.scale(name), person, wave) if value is None else value
    return found


def _no_score(scale: Scale, person: Subject, wave: str) -> MissingReason:
    """Why there is no score: none of its items was shown, or reached; otherwise too few were answered."""
    if not any(code in person.pages[wave] for code in scale.items):
        reasons = {person.reasons[wave].get(code, "not_reached") for code in scale.items}
        for reason in (MissingReason.NOT_SHOWN, MissingReason.NOT_REACHED):
            if reasons == {reason.slug}:
                return reason
    return MissingReason.SKIPPED
