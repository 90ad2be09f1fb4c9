"""Answers on paper into the vault (E9): the pages that the person would have met, filled in from a typed sheet.

Whoever types sees no person, and is told rows and columns alone. Why somebody's questions take no answers is not told
either: that would tell who has said no to the research (D05).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from kapabla import bridge
from kapabla.answers import consents, journey, saving
from kapabla.answers.earlier import earlier_answers
from kapabla.answers.placement import correct_place, find_place, said_of_place
from kapabla.answers.standing import Standing, read_standing
from kapabla.audit import Event
from kapabla.errors import KapablaError, Refused
from kapabla.identity import codes, entry
from kapabla.identity.cohort_view import as_number, find_person
from kapabla.identity.cohorts import Cohort
from kapabla.identity.entry import Entrant
from kapabla.ids import new_id
from kapabla.jobs.paper_sheets import CHOICES, CODE, Sheet, SheetFault
from kapabla.jobs.simulation import trail_of
from kapabla.material import Study
from kapabla.material.instruments import (
    FIXED,
    Item,
    Questionnaire,
    QuestionnairePage,
    in_order,
    pages_to_show,
    read_page,
)
from kapabla.material.instruments.ranking import entry as entry_in_form
from kapabla.material.studies.consent_values import consent_values
from kapabla.material.texts import Language
from kapabla.service import Service
from kapabla.vaults import Work

LANGUAGE: Language = "sv"
_FORM_ORDERS = ("ABA", "BAB")
_SAID = {"ja": True, "yes": True, "1": True, "nej": False, "no": False, "0": False}


class SheetsFaulty(KapablaError):
    """All that is wrong with the rows: nothing was kept."""

    code = "sheets_faulty"

    def __init__(self, faults: list[SheetFault]) -> None:
        super().__init__(rows=len({fault.row for fault in faults}))
        self.faults = sorted(faults)


@dataclass(frozen=True)
class Occasion:
    """Whose answers, to what, how they came, and the day that stands on the sheets."""

    cohort: Cohort
    study: Study
    wave: str
    mode: str
    on: date


def columns_of(service: Service, study: Study, wave: str) -> set[str]:
    """Every item that anybody is asked at this wave, whichever form comes first."""
    asked = (study.questionnaire(service.material, wave, order) for order in _FORM_ORDERS)
    return {item.code for questionnaire in asked for item in questionnaire.items if item.is_asked}


def keep_sheets(service: Service, work: Work, sheets: list[Sheet], faults: list[SheetFault], occasion: Occasion) -> int:
    """All sheets or none. `faults` are those that reading has found: they are told with the others."""
    found = list(faults)
    for sheet in sheets:
        entrant = _entrant(service, work, sheet, occasion.cohort)
        if entrant is None:
            found.append(SheetFault(sheet.row, CODE, "code_unknown"))
        else:
            found += _Filling(service, work, sheet, entrant, occasion).fill()
    if found:
        raise SheetsFaulty(found)
    event = Event("cli", "", "paper_answers", f"wave:{occasion.wave}", reason=f"{len(sheets)} sheets")
    service.answers_chain.append(work.answers, event, at=service.clock(), date_only=True)
    return len(sheets)


def _entrant(service: Service, work: Work, sheet: Sheet, cohort: Cohort) -> Entrant | None:
    """By the code of the letter, or the participant's number. Of another cohort is as unknown as of nobody."""
    person = find_person(work.identity, as_number(sheet.code))
    if person is not None:
        found = entry.find_by_person(work.identity, person.id)
    else:
        try:
            code = codes.parse_code(sheet.code)
        except (codes.CodeEmpty, codes.CodeMistyped):
            return None
        found = entry.find_by_code(work.identity, codes.code_lookup(service.keys.get("invitation"), code))
    return found if found is not None and found.cohort_id == cohort.id else None


class _Filling:
    """One sheet into one person's questionnaire."""

    def __init__(self, service: Service, work: Work, sheet: Sheet, entrant: Entrant, occasion: Occasion) -> None:
        self._service, self._work, self._sheet = service, work, sheet
        self._entrant, self._occasion = entrant, occasion
        self._study = occasion.study
        self._course = service.material.courses[self._study.course.id, self._study.course.version]
        self._subject = bridge.place(work, service.keys, entrant)
        self._faults: list[SheetFault] = []

    def fill(self) -> list[SheetFault]:
        self._choose()
        if not self._faults and self._is_open():
            self._answer()
        return self._faults

    def _fault(self, column: str, code: str) -> None:
        self._faults.append(SheetFault(self._sheet.row, column, code))

    def _standing(self) -> Standing:
        return read_standing(self._work.answers, self._subject, bridge.terms_of(self._entrant))

    def _is_open(self) -> bool:
        wave, on = self._occasion.wave, self._occasion.on
        standing = self._standing()
        is_open = not self._entrant.is_restricted and self._entrant.starts_on <= on
        # A wave that was begun on the web is finished there: half a sheet is none.
        if is_open and wave not in standing.begun:
            is_open = journey.takes_answers(self._study, self._course, standing, wave, on)
        else:
            is_open = False
        if not is_open:
            self._fault("", "questions_closed")
        return is_open

    def _choose(self) -> None:
        """What was ticked on the sheet, of somebody who has not chosen: all of it, or none of it stands there."""
        given = {name: self._sheet.cells[name] for name in CHOICES if name in self._sheet.cells}
        if not given:
            return
        if self._standing().has_chosen:
            return self._fault("choice_1", "chosen_before")
        said = {CHOICES[name]: _SAID.get(text.lower()) for name, text in given.items()}
        for name in CHOICES:
            if said.get(CHOICES[name]) is None:
                self._fault(name, "choice_unclear")
        choices = {number: yes for number, yes in said.items() if yes is not None}
        if not self._faults:
            self._record(choices)

    def _record(self, choices: Mapping[int, bool]) -> None:
        material = self._service.material
        text = material.consents[self._study.consent.id, self._study.consent.version]
        document = text.document(
            LANGUAGE, consent_values(self._study, material), with_waitlist=self._study.has_waitlist
        )
        bridge.record_choices(
            self._work, self._service.keys, trail_of(self._service), self._entrant, choices,
            text=consents.ConsentText(text.id, text.version, LANGUAGE, document),
            wave=journey.present_wave(self._standing()), channel=self._occasion.mode,
            at=datetime.combine(self._occasion.on, time(12), tzinfo=UTC),
        )  # fmt: skip

    def _answer(self) -> None:
        """Page by page, as in the web: an answer may open more of its page, or of a later one."""
        study_key = self._service.keys.get("study", self._study.id)
        seed = bridge.order_seed(study_key, self._subject)
        questionnaire = in_order(self._questionnaire(self._occasion.wave), seed)
        given = earlier_answers(
            self._work.answers, self._subject, self._study, questionnaire, self._questionnaire
        )  # fmt: skip
        values: dict[str, Any] = {}
        asked: set[str] = set()
        for number in range(1, len(questionnaire.pages) + 1):
            while page := _with_more(pages_to_show(questionnaire, values, given), number, asked):
                asked |= {item.code for item in page.items}
                seed_of_page = seed if questionnaire.instrument(page.instrument_id).is_random else FIXED
                values |= self._save(page, seed_of_page)
        for column in self._sheet.cells.keys() - asked - CHOICES.keys():
            self._fault(column, "not_asked")
        saving.send_in(self._work.answers, self._subject, self._occasion.wave, on=self._occasion.on)
        entry.mark_over(self._work.identity, self._entrant.person_id, "opened")
        if self._occasion.wave == journey.BEFORE:
            entry.mark_over(self._work.identity, self._entrant.person_id, questionnaire.slug)

    def _questionnaire(self, wave: str) -> Questionnaire:
        study_key = self._service.keys.get("study", self._study.id)
        return self._study.questionnaire(self._service.material, wave, bridge.form_order(study_key, self._subject))

    def _save(self, page: QuestionnairePage, seed: int) -> Mapping[str, object]:
        shown = [item for item in page.items if not (item.confirms and self._entrant.is_protected)]
        form = {item.code: _posted(item, self._sheet.cells.get(item.code, "")) for item in shown}
        read = read_page(page, form, shown)
        for fault in read.faults:
            self._fault(fault.item, fault.code)
        self._correct_place(said_of_place(shown, read.values))
        saving.save_page(
            self._work.answers, self._subject, f"paper-{new_id()}",
            saving.PageSave(
                wave=self._occasion.wave, page=page.number, instrument=page.instrument_id,
                instrument_version=page.instrument_version, values=read.values,
                missing={code: reason.slug for code, reason in read.missing.items()}, language=LANGUAGE,
                mode=self._occasion.mode, device="none", on=self._occasion.on, seed=seed, was_online=False,
            ),
            read.texts,
        )  # fmt: skip
        return read.values

    def _correct_place(self, said: Mapping[str, str]) -> None:
        place = find_place(self._work.answers, self._subject) if said else None
        if place is not None:
            correct_place(
                self._work.answers, self._subject, municipality=said.get("municipality", place.municipality),
                role=said.get("role", place.role),
            )  # fmt: skip


def _with_more(pages: list[QuestionnairePage], number: int, asked: set[str]) -> QuestionnairePage | None:
    page = next((page for page in pages if page.number == number), None)
    return page if page and any(item.code not in asked for item in page.items) else None


def _posted(item: Item, cell: str) -> list[str]:
    """As a form of the web would have sent it: several choices, or an order, stand between bars."""
    if item.is_text:
        return [cell] if cell else []
    given = [part.strip() for part in cell.split("|") if part.strip()]
    if item.kind == "rank" and given != ["-94"]:
        return [entry_in_form(int(option), place) for place, option in enumerate(given, 1) if option.isdecimal()]
    return given


def check_day(on: date, today: date) -> None:
    if on > today:
        raise Refused("day_ahead", day=on.isoformat())
