"""Everything that is authored, read once and checked as a whole. The one door to `course_material/`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kapabla.material.checksums import check_published_files
from kapabla.material.consents import Consent, load_consents
from kapabla.material.courses.content import check_translated
from kapabla.material.courses.definition import Course
from kapabla.material.courses.loader import load_courses
from kapabla.material.courses.scenarios import Quality
from kapabla.material.faults import Fault, MaterialFaults
from kapabla.material.instruments.definition import Instrument
from kapabla.material.instruments.loader import load_instruments
from kapabla.material.instruments.path import Questionnaire
from kapabla.material.layout import check_names
from kapabla.material.messages import MESSAGES, Messages, load_messages
from kapabla.material.promise_editions import PublishedEdition
from kapabla.material.promises import PromiseCycle, load_promises
from kapabla.material.readability import hard_texts
from kapabla.material.reading import Shelf
from kapabla.material.registers import (
    CONTACTS,
    ORGANISATION,
    Municipalities,
    Municipality,
    Organisation,
    Role,
    Roles,
    SafetyBox,
    SafetyTexts,
    SupportContact,
    SupportContacts,
    check_aliases,
    check_always_shown,
    check_codes_are_unique,
    load_organisation,
)
from kapabla.material.studies.definition import Study
from kapabla.material.studies.loader import Known, load_plans, load_studies
from kapabla.material.studies.plan import Plan
from kapabla.material.studies.questionnaire import questionnaire
from kapabla.material.texts import LANGUAGES, Text
from kapabla.material.word_list import telling_names


@dataclass(frozen=True)
class Material:
    organisation: Organisation
    messages: Messages
    contacts: tuple[SupportContact, ...]
    municipalities: tuple[Municipality, ...]
    roles: tuple[Role, ...]
    safety: Mapping[str, SafetyBox]
    scenario_first_lines: Mapping[Quality, Text]
    instruments: Mapping[tuple[str, int], Instrument]
    courses: Mapping[tuple[str, int], Course]
    studies: Mapping[str, Study]
    plans: Mapping[str, Plan]
    consents: Mapping[tuple[str, int], Consent]
    promises: tuple[PromiseCycle, ...]
    promise_editions: tuple[PublishedEdition, ...] = ()  # from the published store

    @cached_property
    def _asked(self) -> dict[tuple[int, str, str], tuple[Study, Questionnaire]]:
        return {}

    def questionnaire(self, study: Study, wave_code: str, form_order: str) -> Questionnaire:
        """Of a wave, put together once: every page of it asks for the whole. The study is kept, so that its id is."""
        key = id(study), wave_code, form_order
        if key not in self._asked:
            self._asked[key] = study, questionnaire(study, self, wave_code, form_order)
        return self._asked[key][1]

    def role(self, code: str) -> Role:
        return next(role for role in self.roles if role.code == code)

    def municipality(self, code: str) -> Municipality:
        return next(municipality for municipality in self.municipalities if municipality.code == code)


def default_root() -> Path:
    """`course_material/` beside the package; an installation without it sets MATERIAL_DIR."""
    return Path(__file__).resolve().parents[2] / "course_material"


def load_material(root: Path, added: Mapping[str, bytes] | None = None) -> Material:
    """`added`: files that stand beside those of the folder, by their names there."""
    material, faults = _read(Shelf(root, added))
    if faults or material is None:
        raise MaterialFaults(faults)
    return material


def look_at(
    root: Path, added: Mapping[str, bytes] | None = None, *, replaced: str = ""
) -> tuple[Material | None, list[Fault]]:
    """The material as it would be, where it can be loaded, and every fault of it, also those that stop no start."""
    material, faults = _read(Shelf(root, added, replaced=replaced))
    found = faults if material is None else sorted([*faults, *hard_texts(material), *telling_names(material)])
    return (None if faults else material), found


def check_material(root: Path, added: Mapping[str, bytes] | None = None, *, replaced: str = "") -> list[Fault]:
    """What stops the loading, and what is hard to read or names the topic: authors mend that, and no start waits."""
    return look_at(root, added, replaced=replaced)[1]


def _read(shelf: Shelf) -> tuple[Material | None, list[Fault]]:
    check_names(shelf)
    organisation = load_organisation(shelf)
    messages = load_messages(shelf)
    contacts = _contacts(shelf)
    municipalities = _municipalities(shelf)
    roles = _roles(shelf)
    safety = shelf.object(SafetyTexts, "safety.toml") or SafetyTexts(boxes=(), first_lines={})
    codes = {municipality.code for municipality in municipalities}
    _check_contacts(shelf, contacts, codes)
    instruments = load_instruments(shelf)
    courses = load_courses(shelf, {box.code for box in safety.boxes}, tuple(role.code for role in roles))
    consents = load_consents(shelf)
    known = Known(instruments, courses, consents, codes, frozenset(shelf.within("")))
    studies = load_studies(shelf, known)
    plans = load_plans(shelf, studies, known)
    # One that is there but faulty is told of on its own.
    there = {file.split("/")[1] for file in shelf.files("courses/*/v*/course.toml")}
    promises = load_promises(shelf, codes, there)
    shared = {
        "safety.toml": safety, CONTACTS: contacts, "roles.toml": Roles(roles=roles),
        ORGANISATION: organisation, MESSAGES: messages,
    }  # fmt: skip
    _check_promised_languages(shelf, courses.values(), shared)
    check_published_files(shelf, instruments)
    if organisation is None or messages is None:
        return None, sorted(shelf.faults)
    material = Material(
        organisation=organisation,
        messages=messages,
        contacts=contacts.contacts,
        municipalities=municipalities,
        roles=roles,
        safety={box.code: box for box in safety.boxes},
        scenario_first_lines=dict(safety.first_lines),
        instruments=instruments,
        courses=courses,
        studies=studies,
        plans=plans,
        consents=consents,
        promises=promises,
    )
    return material, sorted(shelf.faults)


def _municipalities(shelf: Shelf) -> tuple[Municipality, ...]:
    file = "municipalities.toml"
    read = shelf.object(Municipalities, file)
    entries = read.municipalities if read else ()
    check_codes_are_unique(shelf, file, "municipality", [entry.code for entry in entries])
    check_aliases(shelf, file, "municipality", {entry.code: (entry.name, *entry.aliases) for entry in entries})
    return entries


def _roles(shelf: Shelf) -> tuple[Role, ...]:
    file = "roles.toml"
    read = shelf.object(Roles, file)
    entries = read.roles if read else ()
    check_codes_are_unique(shelf, file, "role", [entry.code for entry in entries])
    check_aliases(shelf, file, "role", {entry.code: (entry.label.sv, *entry.aliases) for entry in entries})
    return entries


def _check_promised_languages(shelf: Shelf, courses: Iterable[Course], shared: Mapping[str, object]) -> None:
    """What stands around a course, on every page of it, is whole in the languages that it promises (C10)."""
    promised = {language for course in courses for language in course.languages}
    languages = [language for language in LANGUAGES if language in promised]
    for file, part in shared.items():
        for place, message in check_translated(part, languages, "a course"):
            shelf.fault(file, place, message)


def _contacts(shelf: Shelf) -> SupportContacts:
    read = shelf.object(SupportContacts, CONTACTS)
    if read is None:
        return SupportContacts(contacts=())
    check_always_shown(shelf, read)
    return read


def _check_contacts(shelf: Shelf, contacts: SupportContacts, municipalities: set[str]) -> None:
    file = CONTACTS
    check_codes_are_unique(shelf, file, "contact", [contact.code for contact in contacts.contacts])
    for contact in contacts.contacts:
        if contact.municipality is not None and contact.municipality not in municipalities:
            shelf.fault(
                file, f"contact {contact.code}, municipality", "it is not in municipalities.toml; write a code from it."
            )
        if contact.verified_on is not None and not contact.verified_by:
            shelf.fault(
                file,
                f"contact {contact.code}, verified_by",
                "nobody stands for the number; write who at the county checked it.",
            )
        if contact.number is None and (contact.always or contact.verified_on is not None):
            shelf.fault(file, f"contact {contact.code}, number", "a contact that is shown needs its number; write it.")
