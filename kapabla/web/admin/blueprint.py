"""The audience's blueprint, and what its view modules share: the menu, and which part of the county one may see."""

from flask import Blueprint

from kapabla.audit import Event
from kapabla.web.auth import event, staff
from kapabla.web.unit_of_work import now, service, work

blueprint = Blueprint("admin", __name__)

NAVIGATION = (("/admin/omgangar", "Omgångar"),)


def own_municipality() -> str | None:
    """A coordinator sees the people of one municipality; None is the whole county."""
    return staff().municipality


def leave_trace(action: str, object_: str, *, reason: str = "") -> None:
    """An audit row in the identity vault, in the same transaction as the change."""
    trail: Event = event(action, object_, reason=reason[:200])
    service().identity_chain.append(work().identity, trail, at=now())
