"""How long a page was open, without a clock time in the vault: the form carries when it was made, signed."""

import base64
import hmac

from kapabla.clock import epoch
from kapabla.keys import keyed_hash
from kapabla.web.unit_of_work import now, service

FIELD = "gjord"


def made_now() -> str:
    stamp = str(epoch(now()))
    return f"{stamp}.{_mark(stamp)}"


def seconds_since(field: str) -> int | None:
    """Whole seconds since the form was made; None where the mark does not fit."""
    stamp, _, mark = field.partition(".")
    if not stamp.isdigit() or not hmac.compare_digest(mark, _mark(stamp)):
        return None
    return max(0, epoch(now()) - int(stamp))


def _mark(stamp: str) -> str:
    mac = keyed_hash(service().keys.get("session"), b"render time", stamp.encode())
    return base64.urlsafe_b64encode(mac[:12]).decode()
