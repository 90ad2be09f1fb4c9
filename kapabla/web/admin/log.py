"""The log of what staff have done with personal details (B8, D10): filtered, and taken along as a file."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from kapabla.audit import Search
from kapabla.clock import LOCAL, local_date
from kapabla.identity.cohorts import FIRST_DAY, LAST_DAY, Cohort
from kapabla.identity.log_view import LogRow, events_of_cohort, events_of_person, log_rows, search_for
from kapabla.identity.people import Person
from kapabla.office.access import ROLE_LABELS, can
from kapabla.office.staff import Staff
from kapabla.web.admin.blueprint import blueprint, leave_trace
from kapabla.web.admin.csv_files import as_file, harmless
from kapabla.web.admin.look_reasons import reason_words
from kapabla.web.auth import needs, staff
from kapabla.web.context import stamp
from kapabla.web.unit_of_work import now, service, work

PAGE_SIZE = 50
COMMAND_LINE = "cli"
# What each action of the log is called, by what one may want to look for.
DEEDS = {
    "visat": {
        "contact_view": "Såg kontaktuppgifter",
        "found_by_code": "Sökte en person med koden eller länken",
        "found_by_address": "Sökte en person med e-post eller telefon",
        "known_found": "Fick veta vilka i en lista som redan finns",
        "known_asked": "Fick veta om någon enstaka redan finns",
    },
    "uttag": {
        "links_export": "Laddade ned länkar och koder",
        "letters_export": "Laddade ned brev",
        "labels_export": "Laddade ned etiketter",
        "numbers_export": "Laddade ned rader och deltagarnummer",
        "rows_export": "Laddade ned rader att rätta",
        "log_export": "Laddade ned loggboken",
        "documents_collected": "Samlade handlingar",
        "affected_list": "Laddade ned berörda av en incident",
        "interview_list": "Gjorde listan över dem som får frågas om en intervju",
    },
    "utskick": {
        "send": "Skickade inbjudningar",
        "send_retry": "Skickade igen det som inte kom fram",
        "send_settle": "Avgjorde om ett mejl kom fram",
        "send_stop": "Stoppade resten av ett utskick",
        "send_pause": "Pausade ett utskick",
        "send_resume": "Lät ett utskick fortsätta",
        "send_trial": "Skickade ett prov till sig själv",
        "reminders_pause": "Pausade påminnelser",
        "reminders_resume": "Lät påminnelser gå ut igen",
    },
    "andrat": {
        "import": "Importerade en lista",
        "import_undone": "Ångrade en import",
        "person_add": "Lade till en person",
        "contact_change": "Rättade uppgifter",
        "person_move": "Flyttade till en annan omgång",
        "new_code": "Skapade en ny kod",
        "link_send": "Skickade inbjudan eller ny länk",
        "code_in_hand": "Lämnade koden för hand",
        "copy_order": "Beställde en kopia med svar",
        "copy_code_told": "Tog fram koden till en kopia med svar",
        "withdrawal_recorded": "Sparade att någon vill sluta vara med",
        "gate_override": "Öppnade utbildningen utan startfrågor",
        "cohort_add": "Skapade en omgång",
        "job_retry": "Försökte igen med ett jobb som hade stannat",
        "cohort_change": "Ändrade en omgång",
        "cohort_archived": "Arkiverade en omgång",
        "cohort_taken_back": "Tog tillbaka en arkiverad omgång",
        "meeting_open": "Öppnade ett möte",
        "meeting_close": "Stängde ett möte",
        "allocate": "Lottade",
        "restricted": "Begränsade användningen av uppgifter",
        "restriction_lifted": "Hävde en begränsning",
        "request_add": "Skrev in en begäran",
        "request_done": "Avslutade en begäran",
        "purge": "Gallrade",
        "reidentify": "Tog reda på vem som står bakom ett nummer i en utgåva",
        "contact_checked": "Kontrollerade en stödkontakt",
    },
}
_LABELS = {action: label for group in DEEDS.values() for action, label in group.items()}
_DETAILS = {
    "people": "personer", "rows": "rader", "invitations": "inbjudningar", "messages": "mejl", "created": "nya",
    "removed": "borttagna",
    "technical": "Frågorna gick inte att öppna", "meeting": "Utbildning på ett möte", "other": "Annat skäl",
    "accuracy": "Uppgifter som inte stämmer", "unlawful": "Personen vill inte att de raderas",
    "claim": "Rättsligt anspråk", "objection": "Invändning", "settled": "Frågan är avgjord",
    "wish": "Personen vill det", "access": "Kopia", "erasure": "Radering", "rectification": "Rättelse",
    "restriction": "Begränsning", "carried_out": "Genomförd", "refused": "Avslagen", "taken_back": "Återtagen",
    "arrived": "Det kom fram", "sent again": "Det skickades igen",
}  # fmt: skip
_GONE = {"person": "Borttagen person"}
_FIELDS = ("vad", "nummer", "vem", "fran", "till")
HEADINGS = ("Tid", "Vem", "Roll", "Vad", "Gäller", "Uppgift")


@dataclass(frozen=True)
class Asked:
    """What was typed into the filter. `search` is None where it can find nothing."""

    given: dict[str, str]
    errors: dict[str, str]
    search: Search | None


@blueprint.get("/admin/loggbok")
@needs("see_log")
def log() -> ResponseReturnValue:
    """Officers read what their own office has done (D10); the file and the other logs are the steward's."""
    asked = _asked()
    return _log_page(asked), 400 if asked.errors else 200


@blueprint.post("/admin/loggbok.csv")
@needs("see_audit")
def log_file() -> ResponseReturnValue:
    """A POST, since that it was taken along is logged. What the filter finds, all pages of it."""
    asked = _asked()
    if asked.errors:
        return _log_page(asked), 400
    rows = _rows(asked.search, limit=None)
    leave_trace("log_export", "log", reason=f"{len(rows)} rows")
    filename = f"kapabla_loggbok_{local_date(now()).isoformat()}.csv"
    return as_file(filename, [HEADINGS, *([harmless(cell) for cell in row] for row in _cells(rows))])


def _asked() -> Asked:
    given = {name: request.values.get(name, "").strip()[:40] for name in _FIELDS}
    since, before, errors = read_days(given)
    if errors:
        return Asked(given, errors, None)
    actions = DEEDS.get(given["vad"], _LABELS)
    search = search_for(
        work().identity, list(actions), number=given["nummer"], actor=given["vem"], since=since, before=before
    )  # fmt: skip
    return Asked(given, {}, search)


def read_days(given: dict[str, str]) -> tuple[datetime | None, datetime | None, dict[str, str]]:
    """From the midnight before the first day to that after the last, and what was typed wrong."""
    days: dict[str, date | None] = {}
    errors: dict[str, str] = {}
    for name in ("fran", "till"):
        try:
            days[name] = date.fromisoformat(given[name]) if given[name] else None
        except ValueError:
            errors[name] = "Skriv dagen så här: 2026-09-12."
            continue
        day = days[name]
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            errors[name] = "Kontrollera årtalet. Det ska vara från 2000 till 2099."
    if errors:
        return None, None, errors
    since, last = days.get("fran"), days.get("till")
    return (
        _midnight(since) if since else None, _midnight(last + timedelta(days=1)) if last else None, errors,
    )  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _log_page(asked: Asked) -> str:
    total = service().identity_chain.count(work().identity, asked.search) if asked.search else 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, request.args.get("sida", 1, type=int) or 1), pages)
    rows = _rows(asked.search, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return render_template(
        "admin/log.html", given=asked.given, found=asked.errors, rows=_cells(rows), headings=HEADINGS, total=total,
        page=page, pages=pages, first=(page - 1) * PAGE_SIZE + 1,
        staff_names=[("", "Alla"), *_staff_names().items()], may_export=can(staff().role, "see_audit"),
    )  # fmt: skip


def _rows(search: Search | None, *, limit: int | None, offset: int = 0) -> list[LogRow]:
    if search is None:
        return []
    return log_rows(work().identity, service().identity_chain, search, limit=limit, offset=offset)


def _staff_names() -> dict[str, str]:
    rows = work().office.execute(select(Staff.id, Staff.name).order_by(Staff.name, Staff.id))
    return {row.id: row.name for row in rows} | {COMMAND_LINE: "Kommandoraden"}


def _cells(rows: list[LogRow]) -> list[tuple[str, ...]]:
    names = _staff_names()
    return [
        (
            stamp(row.at), names.get(row.actor, "–"), ROLE_LABELS.get(row.role, "–"), _LABELS[row.action],
            row.about or _GONE.get(row.kind, "–"), _detail(row),
        )
        for row in rows
    ]  # fmt: skip


def _told(rows: list[LogRow]) -> list[tuple[str, str]]:
    """When, and what by whom, as the page of a cohort and of a person tell the latest."""
    names = _staff_names() if rows else {}
    told = [(_LABELS[row.action], _detail(row), names.get(row.actor, "–")) for row in rows]
    return [
        (stamp(row.at), f"{label}{'' if detail == '–' else f' ({detail})'}, {who}")
        for row, (label, detail, who) in zip(rows, told, strict=True)
    ]


def latest_in(cohort: Cohort) -> list[tuple[str, str]]:
    return _told(events_of_cohort(work().identity, service().identity_chain, cohort, list(_LABELS)))


def latest_with(person: Person) -> list[tuple[str, str]]:
    return _told(events_of_person(work().identity, service().identity_chain, person, list(_LABELS)))


def _detail(row: LogRow) -> str:
    """ "12 people" as "12 personer", "created 3" as "3 nya"."""
    if row.places:
        return " till ".join(row.places)
    detail = row.detail
    words = _DETAILS.get(detail) or reason_words(detail)
    if words:
        return words
    counted = {part.isdigit(): part for part in detail.split()}
    return f"{counted[True]} {_DETAILS[counted[False]]}" if True in counted else "–"
