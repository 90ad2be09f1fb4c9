"""The record of processing (Art. 30) and what an impact assessment (Art. 35) starts from, out of what the code uses:
the register that people are shown, the tables of the vaults, the studies, the rights of roles: nothing is written twice
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import MetaData

from kapabla.config import Config
from kapabla.material import Material, Study
from kapabla.office.access import RIGHTS, ROLE_LABELS
from kapabla.release.disclosure.rules import K
from kapabla.release.study_columns import quasi_identifier_names
from kapabla.web.public.processing import Processing, told_purposes

_VAULTS = {"identity": "vem", "answers": "vad som har sagts", "office": "länets skrivbord"}
_DAYS = {
    "identity_on": "Deltagare och kontaktuppgifter", "study_key_on": "Nyckeln mellan namn och kod",
    "answers_on": "Svar", "releases_on": "Utgåvornas filer", "release_keys_on": "Utgåvornas nycklar",
}  # fmt: skip


def record_of(
    config: Config,
    material: Material,
    processing: Processing,
    vaults: Mapping[str, MetaData],
    recipients: Sequence[str],
) -> str:
    """In Markdown. `recipients`: who has an agreement about data, a line each."""
    parts = [
        _responsible(material), _purposes(material, processing), _fields(processing, vaults),
        *(_study(study, material) for study in material.studies.values()),
        _received(recipients), _access(), _protection(config),
    ]  # fmt: skip
    return "\n".join(line for part in parts for line in part) + "\n"


def _responsible(material: Material) -> Iterator[str]:
    organisation = material.organisation
    officer = organisation.data_protection_officer
    yield "# Register över behandling av personuppgifter"
    yield ""
    yield f"Personuppgiftsansvarig: {organisation.name}, {organisation.telephone}. "
    yield f"Dataskyddsombud: {officer.name}, {officer.email}, {officer.telephone}."


def _purposes(material: Material, processing: Processing) -> Iterator[str]:
    yield from ("", "## Ändamål")
    told = told_purposes(material.studies.values(), "sv")
    for purpose, classes in zip(told, (one.classes for one in processing.purposes), strict=True):
        yield from ("", f"### {purpose.what}", "")
        yield f"- Uppgifter: {purpose.data}"
        yield f"- Rättslig grund: {purpose.basis}"
        yield f"- Ansvarig: {purpose.responsible}"
        yield f"- Mottagare: {purpose.recipients}"
        yield f"- Sparas: {purpose.kept}"
        yield f"- Klasser: {', '.join(classes)}"


def _fields(processing: Processing, vaults: Mapping[str, MetaData]) -> Iterator[str]:
    """Every column that there is: one that is added is here without anybody writing it down."""
    what = {kind: purpose.what.sv for purpose in processing.purposes for kind in purpose.classes}
    yield from ("", "## Fält")
    for vault, metadata in vaults.items():
        yield from ("", f"### Valvet {vault}: {_VAULTS[vault]}", "")
        for table in sorted(metadata.tables.values(), key=lambda table: table.name):
            columns = ", ".join(column.name for column in table.columns)
            yield f"- {table.name} ({what.get(table.info['retention'], '–')}): {columns}"


def _study(study: Study, material: Material) -> Iterator[str]:
    yield from ("", f"## Studien {study.title.sv}", "")
    yield f"- Etikprövning: {study.registry_number or 'saknas'}"
    yield f"- Kommuner: {', '.join(material.municipality(code).name for code in study.municipalities)}"
    yield f"- Indirekt utpekande uppgifter, viktigast först: {', '.join(quasi_identifier_names(study, material))}"
    yield f"- Svar som andra känner till, viktigast först: {', '.join(study.known_answers) or 'inga'}"
    yield f"- Känsliga frågor: {', '.join(study.sensitive) or 'inga'}"
    yield f"- Egna ord som kan lämnas ut efter granskning: {', '.join(study.released_texts) or 'inga'}"
    for name, label in _DAYS.items():
        yield f"- {label} får gallras från {getattr(study.retention, name)}"
    yield from ("", "Frågor:", "")
    for key in sorted(study.instrument_versions.items()):
        for item in material.instruments[key].items:
            if item.is_asked:
                yield f"- {item.code}: {item.text.sv}"


def _received(recipients: Iterable[str]) -> Iterator[str]:
    yield from ("", "## Mottagare med avtal om data", "")
    found = [f"- {recipient}" for recipient in recipients]
    yield from found or ["Ingen har avtal."]


def _access() -> Iterator[str]:
    yield from ("", "## Behörigheter", "")
    for role, rights in RIGHTS.items():
        yield f"- {ROLE_LABELS[role]}: {', '.join(sorted(rights))}"


def _protection(config: Config) -> Iterator[str]:
    """What an assessment of the risk rests on; what was tried against it stands in docs/data-protection.md."""
    yield from ("", "## Skydd", "")
    yield f"- Minsta grupp som visas: {config.min_cell} för personal och forskare, {config.min_cell_public} för alla"
    yield f"- I en utgåva är alla lika minst {K} personer"
    yield "- Namn och svar finns i skilda valv och binds ihop bara med studiens nyckel"
    yield "- Varje titt på kontaktuppgifter och varje uttag står i en loggbok som inte går att ändra"
