"""Who tells the code of a copy with answers (decision 93): nobody who can have the person's link or code, today or from
an earlier role. With both the answers can be read."""

from kapabla.audit import Search
from kapabla.office import accounts
from kapabla.office.staff import Staff
from kapabla.web.unit_of_work import now, service, work

# What gives staff the ways in of somebody, by the log.
_WAYS_IN = ("links_export", "letters_export", "labels_export", "new_code", "person_add")


def tellers() -> list[Staff]:
    found = accounts.active_with(work().office, "tell_copy_code", at=now())
    return [member for member in found if not has_had_ways_in(member)]


def has_had_ways_in(member: Staff) -> bool:
    return service().identity_chain.count(work().identity, Search(_WAYS_IN, actor=member.id)) > 0
