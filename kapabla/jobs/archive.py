"""What is kept when the rest is destroyed (`privacy.md` E4.2): plain CSV, a codebook, a tagged PDF and checksums in a
folder. Answers stand under random numbers made here: no key and no other file leads from the archive to anybody.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kapabla.answers.consents import RESEARCH, Consent
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import Submission
from kapabla.clock import local_date
from kapabla.errors import Refused
from kapabla.ids import new_id
from kapabla.jobs.retention import Due
from kapabla.material import Study
from kapabla.office import disposals, release_register
from kapabla.release import published
from kapabla.release.report.blocks import Bullets, Heading, Paragraph, Report, Table
from kapabla.release.report.pdf import as_pdf
from kapabla.service import Service
from kapabla.vaults import Work, table_of

# What the classes are called in the papers of the archive.
NAMES = {
    disposals.IDENTITY: "Deltagare med kontaktuppgifter", disposals.STUDY_KEY: "Nyckeln mellan namn och kod",
    disposals.ANSWERS: "Svar och placeringar", disposals.RELEASES: "Datautgåvornas filer",
    disposals.RELEASE_KEYS: "Datautgåvornas nycklar",
}  # fmt: skip
_CONTENTS = {
    "gallring.csv": "vad som gallras, hur mycket och efter vilket beslut",
    "svar.csv": "varje svar: arkivnummer, omgång av frågor, fråga, värde, orsak till att värde saknas, dag",
    "placering.csv": "kommun, yrke, grupp och gren för varje arkivnummer",
    "kodbok.csv": "frågornas ordalydelse och vad värdena betyder",
}


def write_archive(service: Service, work: Work, study: Study, dues: Sequence[Due], decision: str, out: Path) -> Path:
    """The folder, made whole before anything is destroyed: one that is there already is left as it is."""
    on = local_date(service.clock())
    folder = out / f"kapabla_{study.id}_arkiv_{on}"
    if folder.exists():
        raise Refused("archive_exists", folder=str(folder))
    making = folder.with_name(f".{folder.name}")
    making.mkdir(mode=0o700, parents=True, exist_ok=True)
    classes = {due.data_class for due in dues}
    files = {"gallring.csv": _csv(_disposed(dues, decision, on))}
    if disposals.ANSWERS in classes:
        files |= _answers(service, work, study)
    files["beskrivning.pdf"] = as_pdf(_description(study, dues, decision, on, files))
    for name, body in files.items():
        (making / name).write_bytes(body)
    if disposals.RELEASES in classes:
        _write_releases(service, work, study, making)
    (making / "SHA256SUMS").write_text(_sums(making), "utf-8")
    return making.rename(folder)


def _disposed(dues: Sequence[Due], decision: str, on: date) -> Iterator[Sequence[Any]]:
    yield "klass", "antal", "får gallras från", "gallras", "beslut"
    for due in dues:
        yield NAMES[due.data_class], due.amount, due.due_on, on, decision


def _answers(service: Service, work: Work, study: Study) -> dict[str, bytes]:
    """Of those who were in the research to the end; who had left it or said no is not kept."""
    placed = _in_research(work, study)
    numbers = {row.subject: new_id() for row in placed}
    order = sorted(placed, key=lambda row: numbers[row.subject])
    heads = ("arkivnummer", "kommun", "yrke", "grupp", "gren", "exempelperson")
    groups = {label: f"G{n}" for n, label in enumerate(sorted({row.cohort_label for row in order}), start=1)}
    places = [
        (numbers[row.subject], row.municipality, row.role, groups[row.cohort_label], row.arm, int(row.is_test))
        for row in order
    ]
    return {
        "svar.csv": _csv(_given(work, numbers)),
        "placering.csv": _csv([heads, *places]),
        "kodbok.csv": _csv(_codebook(service, study)),
    }


def _in_research(work: Work, study: Study) -> list[Any]:
    placement, consent = table_of(Placement), table_of(Consent)
    latest: dict[str, bool] = {}
    for row in work.answers.execute(
        select(consent.c.subject, consent.c.answer).where(consent.c.choice == RESEARCH).order_by(consent.c.number)
    ):
        latest[row.subject] = row.answer
    rows = work.answers.execute(select(placement).where(placement.c.study == study.id, placement.c.left == "none"))
    return [row for row in rows if latest.get(row.subject, False)]


def _given(work: Work, numbers: dict[str, str]) -> Iterator[Sequence[Any]]:
    """A row for each answer as it stood in the end."""
    table, last = table_of(Submission), dict[tuple[str, str, str], Sequence[Any]]()
    for row in work.answers.execute(select(table).order_by(table.c.subject, table.c.number)):
        if row.subject in numbers:
            for item in row.values.keys() | row.missing.keys():
                place = (numbers[row.subject], row.wave, item)
                last[place] = (*place, _plain(row.values.get(item)), row.missing.get(item, ""), row.saved_on)
    yield "arkivnummer", "omgång", "fråga", "värde", "saknas", "dag"
    for place in sorted(last):
        yield last[place]


def _plain(value: Any) -> Any:
    return "|".join(map(str, value)) if isinstance(value, list) else "" if value is None else value


def _codebook(service: Service, study: Study) -> Iterator[Sequence[Any]]:
    yield "fråga", "formulär", "version", "typ", "text", "värden"
    for key in sorted(study.instrument_versions.items()):
        for item in service.material.instruments[key].items:
            values = "|".join(f"{option.value}={option.text.get('sv')}" for option in item.options)
            yield item.code, *key, item.kind, item.text.get("sv"), values


def _description(study: Study, dues: Sequence[Due], decision: str, on: date, files: Iterable[str]) -> Report:
    rows = tuple((NAMES[due.data_class], str(due.amount), str(due.due_on)) for due in dues)
    contents = tuple(f"{name}: {_CONTENTS[name]}" for name in files)
    return Report(
        title=f"Arkivuttag före gallring: {study.title.get('sv')}",
        lang="sv",
        blocks=(
            Paragraph(f"Uttaget är gjort {on} före gallring enligt beslut {decision}."),
            Heading("Vad som gallras"),
            Table("Klasser av uppgifter", ("Klass", "Antal", "Får gallras från"), rows, frozenset({1})),
            Heading("Filerna"),
            Bullets(
                (
                    *contents,
                    "utgavor: de låsta datautgåvorna med kodbok och det som räknar om rapporten, där de gallras",
                )
            ),
            Paragraph(
                "Filerna är UTF-8 med komma mellan fälten. Arkivnumren är slumptal som gjordes för uttaget: det finns "
                "ingen nyckel till dem. Det som någon har skrivit med egna ord är inte med, och inte svar från den som "
                "har lämnat forskningen. SHA256SUMS visar om en fil har ändrats."
            ),
        ),
    )


def _write_releases(service: Service, work: Work, study: Study, making: Path) -> None:
    """As researchers got them, with what recomputes the report."""
    store = service.config.release_dir
    for record in release_register.all_releases(work.office):
        if record.study == study.id and record.state in ("locked", "retired") and published.files(store, record.id):
            published.export(store, study.id, record.id, record.built_on, ["csv"], making / "utgavor")


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _sums(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files)
