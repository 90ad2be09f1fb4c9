"""The link that says no to more messages (P18). Its address is sealed: it holds nobody, and nobody can make one.

It does not follow the code: an old message must be able to say no long after "Skapa ny kod" (RFC 8058).
"""

import base64
import binascii
from datetime import datetime

from sqlalchemy.orm import Session

from kapabla.audit import Chain, Event
from kapabla.identity import entry
from kapabla.keys import Keyring, seal, unseal

_CONTEXT = "opting_out"


def no_link(keys: Keyring, base_url: str, person_id: str) -> str:
    sealed = seal(keys.get("sealing"), person_id, _CONTEXT)
    return f"{base_url}/avanmal/{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def say_no(session: Session, chain: Chain, person_id: str, *, at: datetime) -> None:
    """Whoever has said it already, or is erased, changes nothing. The log has the day alone."""
    found = entry.find_by_person(session, person_id)
    if found is not None and found.channel != "none":
        entry.set_channel(session, person_id, "none")
        event = Event("participant", "participant", "contact_change", f"person:{person_id}")
        chain.append(session, event, at=at, date_only=True)


def person_of(keys: Keyring, token: str) -> str | None:
    """Whose address it is, who may be erased since; None for what we have not made."""
    from cryptography.exceptions import InvalidTag

    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        return unseal(keys.get("sealing"), sealed, _CONTEXT)
    except (binascii.Error, InvalidTag, ValueError):
        return None
