"""The office's own log (E5.2): sign-ins, accounts, releases, downloads, keys, gallring. Whether logs are whole (H6)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from kapabla.audit import Chain, Search
from kapabla.clock import local_date
from kapabla.office.access import ROLE_LABELS
from kapabla.office.releases import ApiToken
from kapabla.office.staff import Staff
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.csv_files import as_file, harmless
from kapabla.web.admin.log import COMMAND_LINE, PAGE_SIZE, read_days
from kapabla.web.auth import event, needs
from kapabla.web.context import stamp
from kapabla.web.unit_of_work import now, service, work

DEEDS = {
    "inloggning": {
        "sign_in": "Loggade in", "sign_up": "Tog ett konto i bruk", "sign_out": "Loggade ut",
        "session_end": "Avslutade en egen inloggning", "session_end_all": "Loggade ut överallt",
        "password_change": "Bytte sitt lösenord", "recovery_codes": "Gjorde nya reservkoder",
        "passkey_add": "Lade till en nyckel", "passkey_rename": "Bytte namn på en nyckel",
        "passkey_remove": "Tog bort en nyckel", "page_refused": "Nekades en sida",
    },
    "konton": {
        "staff_add": "Lade till ett konto", "staff_end": "Avslutade ett konto",
        "staff_end_change": "Ändrade ett kontos sista dag", "staff_role_change": "Bytte roll på ett konto",
        "staff_reset": "Släppte in någon igen", "agreement_record": "Skrev in ett avtal om data",
    },
    "utgavor": {
        "release_order": "Beställde en utgåva", "release_approve": "Godkände en utgåva",
        "release_refuse": "Sa nej till en utgåva", "release_retire": "Drog tillbaka en utgåva",
        "release_download": "Hämtade en fil", "plan_freeze": "Fryste analysplanen",
        "reidentify": "Tog reda på vem som står bakom ett nummer",
    },
    "nycklar": {
        "token_add": "Gjorde en API-nyckel", "token_revoke": "Tog tillbaka en API-nyckel",
        "api_key": "Nekades med en API-nyckel",
    },
    "gallring": {"purge": "Gallrade"},
    "uttag": {"log_export": "Laddade ned kontorets loggbok"},
    "loften": {
        "promise_cycle_add": "Skapade en löftesperiod", "promise_cycle_take_in": "Lade in ett tidigare avtal",
        "promise_cycle_active": "Lät en löftesperiod gälla", "promise_cycle_prolonged": "Förlängde en löftesperiod",
        "promise_cycle_closed": "Avslutade en löftesperiod", "promise_part_add": "Lade till i en löftesperiod",
        "promise_part_change": "Ändrade i en löftesperiod", "promise_part_remove": "Tog bort ur en löftesperiod",
        "promise_followup": "Skrev på en uppföljning", "promise_ask": "Bad om underskrift av löften",
        "promise_sign": "Skrev under löften", "promise_refuse": "Skrev inte under löften",
        "promise_withdraw": "Tog tillbaka löften från underskrift", "series_import": "Läste in en mätserie",
    },
    "enkater": {
        "survey_open": "Skapade en enkät", "survey_days": "Ändrade dagarna för en enkät",
        "survey_paper": "Skrev in ett svar på papper", "survey_result_ask": "Räknade svaren på en enkät",
        "survey_result_approve": "Godkände resultatet av en enkät",
        "survey_result_refuse": "Sa nej till resultatet av en enkät",
        "survey_result_correct": "Rättade resultatet av en enkät",
    },
    "incidenter": {
        "incident_add": "Skrev in en incident", "incident_entry": "Skrev en händelse i en incident",
        "incident_reported": "Skrev att en incident är anmäld", "incident_closed": "Avslutade en incident",
        "incident_exempt": "Beslutade att en incident inte behöver anmälas",
    },
}  # fmt: skip
_LABELS = {action: label for group in DEEDS.values() for action, label in group.items()}
# What has no name here is shown all the same: a log that leaves out rows is none.
_OTHER = "Annan händelse"
_OUTCOMES = {"done": "Gjort", "refused": "Nekat", "nobody": "Ingen hittad"}
# Classes of data (`kapabla.office.disposals`) as the row of a gallring names them.
_CLASSES = {
    "identity": "Deltagare", "study_key": "Nyckel mellan namn och kod", "answers": "Svar", "releases": "Utgåvor",
    "release_keys": "Utgåvornas nycklar",
}  # fmt: skip
_PURGED = re.compile(r"(\w+) (\d+), decision (.+)")
_API_ROWS = re.compile(r"rows=(\d+) bytes=\d+ .*")
HEADINGS = ("Tid", "Vem", "Roll", "Vad", "Gäller", "Utfall")


@blueprint.get("/admin/loggbok/kontoret")
@needs("see_audit")
def office_log() -> ResponseReturnValue:
    given, search, errors = _asked()
    return _page(given, search, errors), 400 if errors else 200


@blueprint.post("/admin/loggbok/kontoret.csv")
@needs("see_audit")
def office_log_file() -> ResponseReturnValue:
    """A POST, since that it was taken along is logged. What the filter finds, all pages of it."""
    given, search, errors = _asked()
    if errors:
        return _page(given, search, errors), 400
    rows, names = service().office_chain.search(work().office, search), _names()
    trail = event("log_export", "log", reason=f"{len(rows)} rows")
    service().office_chain.append(work().office, trail, at=now())
    cells = [[harmless(cell) for cell in _cells(row, names)] for row in rows]
    return as_file(f"kapabla_kontorets_loggbok_{local_date(now()).isoformat()}.csv", [HEADINGS, *cells])


def _asked() -> tuple[dict[str, str], Search, dict[str, str]]:
    """What was typed into the filter, what it looks for, and what is wrong with it."""
    given = {name: request.values.get(name, "").strip()[:40] for name in ("vad", "vem", "fran", "till")}
    since, before, errors = read_days(given)
    actions = tuple(DEEDS.get(given["vad"], ()))
    return given, Search(actions, actor=given["vem"], since=since, before=before), errors


def _page(given: dict[str, str], search: Search, errors: dict[str, str]) -> str:
    chain, office, names = service().office_chain, work().office, _names()
    total = 0 if errors else chain.count(office, search)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, request.args.get("sida", 1, type=int) or 1), pages)
    found = [] if errors else chain.search(office, search, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return render_template(
        "admin/office_log.html", given=given, found=errors, rows=[_cells(row, names) for row in found],
        headings=HEADINGS, total=total, page=page, pages=pages, first=(page - 1) * PAGE_SIZE + 1,
        staff_names=[("", "Alla"), *names.staff.items()],
    )  # fmt: skip


@dataclass(frozen=True)
class _Names:
    """Of accounts, and of keys to the research API: by what the holder has called it, and whose data it opens."""

    staff: dict[str, str]
    keys: dict[str, str]


def _names() -> _Names:
    office = work().office
    staff = office.execute(select(Staff.id, Staff.name).order_by(Staff.name, Staff.id))
    keys = office.execute(select(ApiToken.id, ApiToken.name, ApiToken.release))
    return _Names(
        {row.id: row.name for row in staff} | {COMMAND_LINE: "Kommandoraden"},
        {row.id: f"Nyckeln {row.name or row.id} till {row.release}" for row in keys},
    )


def _cells(row: Any, names: _Names) -> tuple[str, ...]:
    return (
        stamp(datetime.fromisoformat(row["at"])), names.staff.get(row["actor"], "–"),
        ROLE_LABELS.get(row["role"], "–"), _label(row["action"]), _about(row["object"], names), _outcome(row),
    )  # fmt: skip


def _label(action: str) -> str:
    """By which the key was used, of the research API; each content has an action of its own."""
    if action.startswith("api_") and action not in _LABELS:
        return f"Hämtade med en API-nyckel ({action.removeprefix('api_')})"
    return _LABELS.get(action, _OTHER)


def _outcome(row: Any) -> str:
    """With why the row was written, where that holds counts, decisions and file names alone."""
    outcome, purged = _OUTCOMES.get(row["outcome"], "–"), _PURGED.fullmatch(row["reason"])
    if row["action"] == "purge" and purged:
        return f"{outcome}. {_CLASSES.get(purged[1], '–')}: {purged[2]}, beslut {purged[3]}"
    left = _API_ROWS.fullmatch(row["reason"]) if row["action"].startswith("api_") else None
    if left:
        return f"{outcome}. {left[1]} {'rad' if left[1] == '1' else 'rader'}"
    if row["action"] == "staff_role_change":
        return f"{outcome}. {' till '.join(ROLE_LABELS.get(role, '–') for role in row['reason'].split(' to '))}"
    return f"{outcome}. {row['reason']}" if row["action"] == "release_download" and row["reason"] else outcome


def _about(object_: str, names: _Names) -> str:
    """By name where it is an account or a key, by itself where it is a release, a study or a page; ids of other things
    say nothing."""
    kind, _, own = object_.partition(":")
    if kind in ("staff", "token"):
        return (names.staff if kind == "staff" else names.keys).get(own, "–")
    return own if kind in ("release", "study", "page") and own else "–"


@blueprint.get("/admin/loggbok/kontroll")
@needs("see_audit")
def verify_log() -> ResponseReturnValue:
    """Walks every row of the two logs that this process has; the answers' own is walked by the jobs and the command."""
    logs = (
        ("Deltagarnas uppgifter", service().identity_chain, work().identity),
        ("Kontoret", service().office_chain, work().office),
    )
    results = [_verified(name, chain, session) for name, chain, session in logs]
    return render_template(
        "admin/log_verified.html", results=results, whole=all(bad is None for _, bad, _, _ in results),
        today=local_date(now()).isoformat(),
    )  # fmt: skip


def _verified(name: str, chain: Chain, session: Any) -> tuple[str, int | None, int, str]:
    seq, hash_ = chain.head(session)
    return name, chain.verify(session), seq, hash_
