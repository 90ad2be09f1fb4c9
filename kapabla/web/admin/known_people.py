"""A list that is looked at tells who is here already, and who was: that leaves a row in the log, and cannot be asked of
one neighbour after the other (B8)."""

from datetime import datetime, time

from kapabla.audit import Search
from kapabla.clock import LOCAL, local_date
from kapabla.identity.cohorts import Cohort
from kapabla.identity.importing import Preview
from kapabla.identity.list_reading import ListReading
from kapabla.web.admin.blueprint import leave_trace
from kapabla.web.auth import staff
from kapabla.web.unit_of_work import now, service, work

ASKED = "known_asked"
# A list as short as this asks about somebody, not about a village.
SHORT_ROWS = 3
SHORT_A_DAY = 20
_LEFT = {"has_left", "may_have_left"}
TOO_OFTEN = (
    "Du har många gånger i dag sökt eller provat enstaka personer. Vänta till i morgon, eller läs in hela listan på en "
    "gång."
)


def leave_known(found: Preview, cohort: Cohort) -> None:
    """How many, never who."""
    left = {fault.row for fault in found.rejected if fault.code in _LEFT}
    others = [*found.shared.values(), *found.namesakes.values()]
    known = len(found.unchanged) + len(found.elsewhere) + len(left) + sum(other.startswith("K-") for other in others)
    if known:
        about = f"cohort:{cohort.id}"
        leave_trace("known_asked" if _is_short(found.reading) else "known_found", about, reason=f"{known} people")


def is_asked_too_often(reading: ListReading) -> bool:
    return _is_short(reading) and has_asked_too_often()


def has_asked_too_often() -> bool:
    """Today, by this account, with short lists that found somebody or by an address."""
    asked = Search(
        (ASKED, "found_by_address"), actor=staff().id, since=datetime.combine(local_date(now()), time(), LOCAL)
    )
    return service().identity_chain.count(work().identity, asked) >= SHORT_A_DAY


def _is_short(reading: ListReading) -> bool:
    return reading.row_count <= SHORT_ROWS
