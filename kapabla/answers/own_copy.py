"""Everything that the answers vault holds of a subject, in words for that very person (B5).

Without the answers for whoever asks by themselves, since whoever reads the person's mail could ask as well; with them
only in the sealed copy that the county orders.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.answers.consents import QUOTATION, all_choices
from kapabla.answers.held import held_of
from kapabla.answers.late import LateAnswers
from kapabla.answers.learning import Certificate
from kapabla.answers.placement import ReleaseInclusion, find_place
from kapabla.answers.progress import read_progress
from kapabla.answers.submissions import FreeText, Submission
from kapabla.material import Course, Material, Study
from kapabla.material.instruments import Instrument, Item, MissingReason

_REVIEWED = {"held": "Inte läst än", "cleared": "Får lämnas ut", "refused": "Hålls inne"}
NOT_GIVEN = {"skipped": "Hoppade över", "declined": "Vill inte svara", "no_opinion": "Har ingen uppfattning"}


def answers_part(
    session: Session, material: Material, study: Study, course: Course, subject: str, *, with_answers: bool
) -> dict[str, Any]:
    progress, place = read_progress(session, subject), find_place(session, subject)
    consent = material.consents[study.consent.id, study.consent.version]
    questions = {choice.number: choice.question.sv for choice in consent.choices}
    questions[QUOTATION] = "Rutan vid din kommentar: Får den citeras utan namn?"
    part: dict[str, Any] = {
        "val": [
            {
                "dag": row["given_on"].isoformat(), "fråga": questions.get(row["choice"], str(row["choice"])),
                "svar": "Ja" if row["answer"] else "Nej", "textens SHA-256": row["text_hash"],
            }
            for row in all_choices(session, subject)
        ],
        "studiearm": next((arm.label.sv for arm in study.arms if place and arm.code == place.arm), None),
        "klara delar": [
            module.title.sv for module in course.modules if progress.is_over(module.number, len(module.steps))
        ],
        "intyg": [
            {"nummer": row.serial, "dag": row.completed_on.isoformat()}
            for row in session.scalars(select(Certificate).where(Certificate.subject == subject))
        ],
        "antal svar": held_of(session, subject).answers,
        "med i datautgåvor": sorted(
            session.scalars(select(ReleaseInclusion.release).where(ReleaseInclusion.subject == subject))
        ),
    }  # fmt: skip
    if with_answers:
        part["svar"] = _answers(session, material, study, subject)
        part["svar som kom för sent"] = _late_answers(session, material, study, subject)
        part["egna ord"] = [
            {"när": study.wave(row.wave).label.sv, "text": row.text, "granskning": _REVIEWED[row.state]}
            for row in session.scalars(select(FreeText).where(FreeText.subject == subject))
        ]
    return part


def _answers(session: Session, material: Material, study: Study, subject: str) -> list[dict[str, str]]:
    """Each question that was asked and what was answered, by the page's latest save, in the order of the waves."""
    rows = session.scalars(select(Submission).where(Submission.subject == subject).order_by(Submission.number))
    latest = {(row.wave, row.page): row for row in rows}
    return _in_order(latest.values(), material, study)


def _late_answers(session: Session, material: Material, study: Study, subject: str) -> list[dict[str, str]]:
    """What waited on a telephone too long: kept, and counted nowhere."""
    return _in_order(session.scalars(select(LateAnswers).where(LateAnswers.subject == subject)), material, study)


def _in_order(rows: Iterable[Submission | LateAnswers], material: Material, study: Study) -> list[dict[str, str]]:
    waves = [wave.code for wave in study.waves]
    found = []
    for row in sorted(rows, key=lambda row: (waves.index(row.wave), row.page)):
        instrument = material.instruments[row.instrument, row.instrument_version]
        given = {**row.values, **row.missing}
        day = row.saved_on if isinstance(row, Submission) else row.received_on
        found += [
            {
                "när": study.wave(row.wave).label.sv, "dag": day.isoformat(),
                "fråga": _question(instrument, item), "svar": _in_words(item, material, given[item.code]),
            }
            for item in instrument.items
            if item.code in given and given[item.code] != MissingReason.NOT_SHOWN.slug
        ]  # fmt: skip
    return found


def _question(instrument: Instrument, item: Item) -> str:
    """With the common beginning that stood above it."""
    page = next(page for page in instrument.pages if item.code in page.items)
    group = instrument.group_of(item.code)
    above = group.text if group else page.stem
    return f"{above.sv} {item.text.sv}" if above else item.text.sv


def _in_words(item: Item, material: Material, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_in_words(item, material, one) for one in value)
    if isinstance(value, str):
        return NOT_GIVEN.get(value, value)
    if option := item.option(value):
        return option.text.sv
    place = next((place.name for place in material.municipalities if place.code == str(value)), None)
    return place if item.options_from and place else str(value).replace(".", ",")
