"""The page of somebody else's work (D12): whose it is, and who can give the right to it. And the way to one's own."""

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from kapabla.office import accounts
from kapabla.office.access import ROLE_LABELS, NotAllowed
from kapabla.office.settling import LetInLately
from kapabla.web.auth.blueprint import blueprint
from kapabla.web.auth.guard import needs_sign_in, staff
from kapabla.web.language import is_for_staff
from kapabla.web.navigation import home
from kapabla.web.unit_of_work import now, work


@blueprint.get("/admin")
@needs_sign_in()
def to_work() -> ResponseReturnValue:
    return redirect(home(staff().role), 303)


@blueprint.app_errorhandler(NotAllowed)
def not_allowed(error: NotAllowed) -> ResponseReturnValue:
    roles = [ROLE_LABELS[role].lower() for role in str(error.context.get("may", "")).split(", ") if role]
    helpers = accounts.active_with(work().office, "manage_staff", at=now()) if roles else []
    return render_template(
        "errors/403.html", for_staff=is_for_staff(), roles=roles, helpers=[member.name for member in helpers]
    ), 403  # fmt: skip


@blueprint.app_errorhandler(LetInLately)
def let_in_lately(error: LetInLately) -> ResponseReturnValue:
    return render_template("errors/403.html", for_staff=is_for_staff(), from_on=error.context["from_on"]), 403
