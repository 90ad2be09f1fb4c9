"""The audience's blueprint, and what its view modules share: the menu, and which part of the county one may see."""

from flask import Blueprint, request

from kapabla.audit import Event
from kapabla.errors import NotFound
from kapabla.identity import cohort_view
from kapabla.identity.cohort_editing import CohortArchived
from kapabla.identity.cohorts import Cohort
from kapabla.identity.enrolling import get_cohort
from kapabla.web.auth import event, staff
from kapabla.web.unit_of_work import now, service, work

blueprint = Blueprint("admin", __name__)

# No municipality has this code: a coordinator's account that was made without one sees nobody.
NOWHERE = "-"


def own_municipality() -> str | None:
    """A coordinator sees the people of one municipality; None is the whole county (A7, A9)."""
    me = staff()
    return me.municipality or (NOWHERE if me.role == "coordinator" else None)


def visible_cohort(cohort_id: str) -> Cohort:
    """A cohort of somewhere else and one that does not exist look alike (A9). Nothing is done in an archived one."""
    cohort, place = get_cohort(work().identity, cohort_id), own_municipality()
    if place and staff().role == "coordinator" and not cohort_view.has_people_of(work().identity, cohort, place):
        raise NotFound("cohort_unknown")
    if cohort.is_archived and request.method == "POST":
        raise CohortArchived()
    return cohort


def working_cohort(cohort_id: str) -> Cohort:
    """For a form of what is done in a cohort: it is not filled in for one that is put away."""
    cohort = visible_cohort(cohort_id)
    if cohort.is_archived:
        raise CohortArchived()
    return cohort


def leave_trace(action: str, object_: str, *, reason: str = "") -> None:
    """An audit row in the identity vault, in the same transaction as the change."""
    trail: Event = event(action, object_, reason=reason[:200])
    service().identity_chain.append(work().identity, trail, at=now())
