"""What staff have just done, as a page of its own that can be loaded again: POST, 303, GET.

The address carries what is shown, sealed, so that no code stands in a history; it opens for ten minutes, for the
account that did it. Loading it again does nothing again.
"""

import json
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import epoch
from kapabla.errors import NotFound
from kapabla.identity import correcting, sending, withdrawals
from kapabla.identity.codes import format_code
from kapabla.identity.copy_code import spoken_code
from kapabla.identity.enrolling import access_of
from kapabla.identity.invitations import Invitation
from kapabla.identity.letters import short_address
from kapabla.identity.people import Person
from kapabla.keys import seal, unseal
from kapabla.office.access import can
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.copy_tellers import tellers
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work

RECEIPT_SECONDS = 600
_CONTEXT = "admin.receipt"


def to_receipt(kind: str, **facts: Any) -> ResponseReturnValue:
    content = {"staff": staff().id, "until": epoch(now()) + RECEIPT_SECONDS, "kind": kind, **facts}
    token = seal(service().keys.get("sealing"), json.dumps(content), _CONTEXT).hex()
    return redirect(url_for("admin.receipt", token=token), 303)


def to_code(kind: str, person_id: str, *, shared: bool = False) -> ResponseReturnValue:
    """The code itself is not in it: it is derived anew, while it is the one that holds."""
    return to_receipt(kind, person=person_id, generation=generation_of(person_id), shared=shared)


def generation_of(person_id: str) -> int:
    return work().identity.get_one(Invitation, person_id).generation


@blueprint.get("/admin/kvitto/<token>")
@needs("see_receipts")
def receipt(token: str) -> ResponseReturnValue:
    content = _open(token)
    if content["staff"] != staff().id:
        raise NotFound("receipt_unknown")
    kind = content["kind"]
    if kind in ("person", "code"):
        return _code_page(content)
    if content["until"] < epoch(now()):
        return _gone(content["number"])
    if kind == "withdrawal":
        state = _state_of_withdrawal(content["person"])
        return render_template("admin/withdrawal_recorded.html", number=content["number"], state=state)
    if kind == "copy":
        return render_template("admin/copy_ordered.html", number=content["number"], tellers=tellers())
    code = spoken_code(service().keys, content["request"])
    return render_template("admin/copy_code.html", number=content["number"], request_id=content["request"], code=code)


def _state_of_withdrawal(person_id: str) -> str:
    """How far what was ordered has come: of the job alone, never of what the person had chosen before (D05)."""
    identity = work().identity
    if identity.get(Person, person_id) is None:
        return "erased"
    if withdrawals.is_withdrawal_pending(identity, person_id):
        return "waiting"
    return "stopped" if withdrawals.has_withdrawal_stopped(identity, person_id) else "done"


def _open(token: str) -> dict[str, Any]:
    try:
        text = unseal(service().keys.get("sealing"), bytes.fromhex(token), _CONTEXT)
    except (ValueError, InvalidTag):
        raise NotFound("receipt_unknown") from None
    return cast(dict[str, Any], json.loads(text))


def _code_page(content: dict[str, Any]) -> ResponseReturnValue:
    identity = work().identity
    person = identity.get(Person, content["person"])
    if person is None:
        raise NotFound("person_unknown")
    if content["until"] < epoch(now()) or content["generation"] != generation_of(person.id):
        return _gone(person.number)
    access = access_of(identity, service().keys, [person.id])[person.id]
    return render_template(
        "admin/person_done.html", cohort=correcting.current_cohort(identity, person),
        number=person.number, code=format_code(access.code), is_protected=person.is_protected,
        shared=content["shared"], is_new=content["kind"] == "person", short_address=short_address(
            service().config.base_url
        ),
        may_mail=content["kind"] == "code" and can(staff().role, "send_messages")
        and sending.can_reach(identity, person.id),
        by_sms=person.channel == "sms",
    )  # fmt: skip


def _gone(number: str) -> ResponseReturnValue:
    return render_template(
        "admin/receipt_gone.html", number=number, sees_people=can(staff().role, "see_cohorts")
    ), 410  # fmt: skip
