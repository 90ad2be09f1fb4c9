"""What is short enough to be guessed at, looked up by one keyed hash: a typed code, and the link of a text message.

Wrong ones are counted together by the address that they come from, and after many of them all wait.
"""

from flask import request

from kapabla.identity import codes, entry
from kapabla.identity.entry import Entrant
from kapabla.web.unit_of_work import keep_on_error, now, service, work


def look_up_code(typed: str) -> tuple[Entrant | None, str]:
    """Whose it is, who may have left, or what is wrong: a slip of the finger is told before anything is looked up."""
    try:
        code = codes.parse_code(typed)
    except codes.CodeEmpty:
        return None, "empty"
    except codes.CodeMistyped:
        return None, "mistyped"
    if not _may_try():
        return None, "too_many"
    found = entry.find_by_code(work().identity, codes.code_lookup(service().keys.get("invitation"), code))
    return _counted(found)


def look_up_short_link(token: str) -> tuple[Entrant | None, str]:
    if not _may_try():
        return None, "too_many"
    looked_up = codes.short_lookup(service().keys.get("invitation"), token[:100])
    return _counted(entry.find_by_short_link(work().identity, looked_up))


def count_wrong() -> None:
    entry.count_wrong_code(work().identity, service().keys.get("session"), request.remote_addr or "", at=now())
    keep_on_error()


def _may_try() -> bool:
    return entry.may_try(work().identity, service().keys.get("session"), request.remote_addr or "", at=now())


def _counted(found: Entrant | None) -> tuple[Entrant | None, str]:
    if found is not None:
        return found, ""
    count_wrong()
    return None, "unknown"
