"""Jobs that have stopped: what each was to do, and what can be done about it. Never whom it was about."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kapabla.clock import from_epoch
from kapabla.identity import sending
from kapabla.identity.records import outbox as identity_outbox
from kapabla.office.records import outbox as office_outbox
from kapabla.outbox import Outbox, Retried
from kapabla.web.admin.blueprint import blueprint, leave_trace
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import now, work

# In the order of their haste: somebody waits for the first.
WHAT = {
    "withdraw": "Någon har valt att sluta vara med, och det är inte genomfört",
    "make_copy": "Någon väntar på en kopia av sina uppgifter",
    "send_copy_code": "Någon väntar på en kod till sin kopia",
    "send_lost_link": "Någon väntar på en ny länk",
    "refresh_placement": "En rättelse eller flytt är inte genomförd överallt",
    "send_message": "Ett meddelande har inte skickats",
    "remind": "Dagens påminnelser är inte framtagna",
    "tell_openings": "Dagens genomgång av kurser som öppnar är inte gjord",
    "turn_steps_over": "Dagens genomgång av steg är inte gjord",
    "read_bounces": "Brevlådan för mejl som inte kom fram är inte läst",
    "read_sms": "Sms-tjänstens lista över vad som inte kom fram är inte läst",
    "tell_withdrawals": "Forskarna har inte fått veta att någon har slutat",
    "build_release": "En datautgåva är inte byggd",
    "lock_release": "En godkänd datautgåva är inte låst",
    "clear_release": "En datautgåva är inte borttagen",
    "publish_material": "En ny version av utbildningen är inte publicerad",
    "publish_promises": "En uppföljning av medborgarlöften är inte publicerad",
    "keep_series": "En fil med mätserier är inte inläst",
    "publish_survey": "En enkät är inte öppnad på den öppna webbplatsen",
    "save_paper_answer": "Ett svar på papper är inte sparat",
    "make_survey_result": "Resultatet av en enkät är inte räknat",
    "publish_survey_result": "Resultatet av en enkät är inte publicerat",
    "publish_contact": "En kontrollerad stödkontakt visas inte än",
    "tell_approver": "Ett mejl om att något väntar på godkännande har inte skickats",
    "tell_signatory": "Ett mejl om att något väntar på underskrift har inte skickats",
    "tell_promise_editor": "Ett mejl om att något ska ändras före underskrift har inte skickats",
    "publish_results": "Utbildningens resultat är inte uppdaterade på den öppna webbplatsen",
    "send_trial": "Ett prov av en inbjudan har inte skickats",
    "tell_new_device": "Ett mejl om en ny inloggning har inte skickats",
    "tell_let_in": "Ett mejl om ett konto med mer behörighet har inte skickats",
    "send_sign_up": "En länk till ett konto har inte skickats",
    "tell_reidentification": "Dataskyddsombudet har inte fått veta att någon har identifierats",
    "tell_operator": "Den som sköter tjänsten har inte fått veta att något har stannat",
    "send_audit_heads": "Dagens kontrolltal för loggböckerna är inte skickade",
}
_ORDER = list(WHAT)
AWAY, NO_SERVER = "temporary", "no_mail_server"
# Why a job is tried again.
DELAYS = {
    AWAY: "E-postservern svarar inte, eller tar inte emot just nu.",
    NO_SERVER: "Ingen e-postserver är inställd.",
    "no_sms_provider": "Ingen sms-tjänst är inställd.",
}


@dataclass(frozen=True)
class StoppedJob:
    vault: str
    id: str
    what: str
    attempts: int
    fault: str


@dataclass(frozen=True)
class Delay:
    """What has been tried in vain and is tried again by itself."""

    what: str
    count: int
    why: str
    next_at: datetime


# Once may be a server that asks everybody to come again (greylisting); twice is worth telling before it is looked for.
TRIES_BEFORE_TOLD = 2


def why_delayed(fault: str) -> str:
    return DELAYS.get(fault) or f"Felkod: {fault}."


def delays() -> list[Delay]:
    return [
        Delay(WHAT.get(found.kind, "Ett jobb"), found.count, why_delayed(found.fault), from_epoch(found.due))
        for found in _retried()
    ]


def mail_that_waits() -> Delay | None:
    """Of the mail server alone, and not at its first refusal: one sentence for all that waits for it."""
    found = [one for one in _retried() if one.fault == NO_SERVER or _is_away(one)]
    if not found:
        return None
    why = why_delayed(NO_SERVER if any(one.fault == NO_SERVER for one in found) else AWAY)
    return Delay("", sum(one.count for one in found), why, from_epoch(min(one.due for one in found)))


def _is_away(found: Retried) -> bool:
    return found.fault == AWAY and found.attempts >= TRIES_BEFORE_TOLD


def _retried() -> list[Retried]:
    return [
        found
        for box, session in _vaults().values()
        for found in box.retried(session)
        if found.fault not in (sending.QUIET, sending.PAUSED)
    ]


def _vaults() -> dict[str, tuple[Outbox, Session]]:
    return {"identity": (identity_outbox, work().identity), "office": (office_outbox, work().office)}


@blueprint.get("/admin/jobb")
@needs("see_jobs")
def jobs() -> ResponseReturnValue:
    stopped = [(vault, dead) for vault, (box, session) in _vaults().items() for dead in box.dead(session)]
    stopped.sort(key=lambda found: _ORDER.index(found[1].kind) if found[1].kind in WHAT else len(_ORDER))
    return render_template(
        "admin/jobs.html",
        delays=delays(), waiting=sum(box.count(session, "waiting") for box, session in _vaults().values()),
        stopped=[
            StoppedJob(vault, dead.id, WHAT.get(dead.kind, "Ett jobb har stannat"), dead.attempts, dead.fault)
            for vault, dead in stopped
        ],
    )  # fmt: skip


@blueprint.post("/admin/jobb")
@needs("see_jobs")
def retry_job() -> ResponseReturnValue:
    """Once more from the beginning. Somebody else may have done it already: then the page is simply shown again."""
    given = _vaults().get(request.form.get("valv", ""))
    if given is None:
        abort(400)
    box, session = given
    job_id = request.form.get("jobb", "")
    if box.revive(session, job_id, at=now()):
        leave_trace("job_retry", f"job:{job_id}")
    return redirect(url_for("admin.jobs"), 303)
