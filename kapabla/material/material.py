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
from kapabla.material.layout import check_names, skipped_versions
from kapabla.material.messages import MESSAGES, Messages, check_sms_lengths, check_time_since, load_messages
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
    check_contacts,
    check_municipalities,
    check_roles,
    load_organisation,
)
from kapabla.material.studies.definition import Study
from kapabla.material.studies.loader import Known, load_plans, load_studies
from kapabla.material.studies.plan import Plan
from kapabla.material.studies.questionnaire import questionnaire
from kapabla.material.surveys import OpenSurvey
from kapabla.material.texts import LANGUAGES, Text
from kapabla.material.unread import if_read, read_ones
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
    surveys: tuple[OpenSurvey, ...] = ()  # from the published store

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
    shelf = Shelf(root, added, replaced=replaced)
    material, faults = _read(shelf)
    read = [] if material is None else [*hard_texts(material), *telling_names(material)]
    return (None if faults else material), sorted([*faults, *shelf.remarks, *skipped_versions(shelf), *read])


def check_material(root: Path, added: Mapping[str, bytes] | None = None, *, replaced: str = "") -> list[Fault]:
    """What stops the loading, and what is hard to read or names the topic: authors mend that, and no start waits."""
    return look_at(root, added, replaced=replaced)[1]


def _read(shelf: Shelf) -> tuple[Material | None, list[Fault]]:
    check_names(shelf)
    organisation = load_organisation(shelf)
    messages = load_messages(shelf)
    municipalities = _municipalities(shelf)
    # Empty where one of them could not be read: nobody knows then what is missing there.
    codes = if_read(lambda: {entry.code for entry in municipalities.municipalities}, set[str]())
    contacts = _contacts(shelf, codes)
    roles = _roles(shelf)
    safety = shelf.object(SafetyTexts, "safety.toml") or SafetyTexts(boxes=(), first_lines={})
    boxes = if_read(lambda: {box.code for box in safety.boxes}, set[str]())
    instruments = load_instruments(shelf)
    courses = load_courses(shelf, boxes, if_read(lambda: tuple(str(role.code) for role in roles.roles), ()))
    consents = load_consents(shelf)
    known = Known(instruments, courses, consents, codes, frozenset(shelf.within("")))
    studies = load_studies(shelf, known)
    if messages is not None:
        shelf.tell(MESSAGES, check_time_since(messages, studies.values()))
    if messages is not None and organisation is not None:
        shelf.tell(MESSAGES, check_sms_lengths(messages, organisation))
    plans = load_plans(shelf, studies, known)
    # One that is there but faulty is told of on its own.
    there = {file.split("/")[1] for file in shelf.files("courses/*/v*/course.toml")}
    promises = load_promises(shelf, codes, there)
    shared = {
        "safety.toml": safety, CONTACTS: contacts, "roles.toml": roles, ORGANISATION: organisation, MESSAGES: messages,
    }  # fmt: skip
    _check_promised_languages(shelf, courses.values(), shared)
    check_published_files(shelf, instruments)
    if organisation is None or messages is None:
        return None, _once(shelf.faults)
    material = Material(
        organisation=organisation,
        messages=messages,
        contacts=contacts.contacts,
        municipalities=municipalities.municipalities,
        roles=roles.roles,
        safety=if_read(lambda: {box.code: box for box in safety.boxes}, {}),
        scenario_first_lines=if_read(lambda: dict(safety.first_lines), {}),
        instruments=instruments,
        courses=courses,
        studies=studies,
        plans=plans,
        consents=consents,
        promises=promises,
    )
    return material, _once(shelf.faults)


def _once(faults: Iterable[Fault]) -> list[Fault]:
    """A drawing is read for each language of its page."""
    return sorted(set(faults))


def _municipalities(shelf: Shelf) -> Municipalities:
    file = "municipalities.toml"
    read = shelf.object(Municipalities, file)
    if read is not None:
        shelf.tell(file, check_municipalities(read))
    return read or Municipalities(municipalities=())


def _roles(shelf: Shelf) -> Roles:
    file = "roles.toml"
    read = shelf.object(Roles, file)
    if read is not None:
        shelf.tell(file, check_roles(read))
    return read or Roles(roles=())


def _check_promised_languages(shelf: Shelf, courses: Iterable[Course], shared: Mapping[str, object]) -> None:
    """What stands around a course, on every page of it, is whole in the languages that it promises (C10)."""
    promised = {language for found in read_ones(course.languages for course in courses) for language in found}
    languages = [language for language in LANGUAGES if language in promised]
    for file, part in shared.items():
        shelf.tell(file, check_translated(part, languages, "a course"))


def _contacts(shelf: Shelf, municipalities: set[str]) -> SupportContacts:
    read = shelf.object(SupportContacts, CONTACTS)
    if read is not None:
        shelf.tell(CONTACTS, check_contacts(read, municipalities))
    return read or SupportContacts(contacts=())
