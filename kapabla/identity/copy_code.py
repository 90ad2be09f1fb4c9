"""The six digits that somebody shows to get a copy of their own details (B5): sent the way that the person has chosen.
And the eight that open the copy with answers, spoken to the person by the one who cannot get at anybody's link.

Derived, never stored: the six from the person's secret and the live session that asked, so another session has other
digits and they die with it; the eight from the request that the copy was ordered on.
"""

import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from kapabla.identity import codes, entry
from kapabla.identity.invitations import Invitation
from kapabla.identity.records import outbox
from kapabla.ids import new_id
from kapabla.keys import Keyring, keyed_hash, seal

SEND_COPY_CODE = "send_copy_code"
# As long as `answers.sealed_copy` keeps it, which the county's desk cannot reach.
COPY_STANDS_DAYS = 7


def digits_for(keys: Keyring, secret: bytes, session_token: str) -> str:
    mac = keyed_hash(keys.get("invitation"), b"copy", secret, session_token.encode())
    return f"{int.from_bytes(mac[:8], 'big') % 10**6:06d}"


def spoken_code(keys: Keyring, request_id: str) -> str:
    mac = keyed_hash(keys.get("sealing"), b"spoken copy code", request_id.encode())
    return f"{int.from_bytes(mac[:8], 'big') % 10**8:08d}"


def order_digits(session: Session, keys: Keyring, person_id: str, digits: str, *, at: datetime) -> None:
    """Left to the jobs, which alone send mail. The digits are sealed while they wait."""
    job = new_id()
    payload = {"person": person_id, "job": job, "sealed": seal(keys.get("sealing"), digits, f"copy_code.{job}").hex()}
    outbox.put(session, SEND_COPY_CODE, payload, key=f"copy:{job}", at=at)


def is_shown_by(session: Session, keys: Keyring, person: entry.Entrant, session_token: str, typed: str) -> bool:
    """Whether what was typed are the digits, or the code of the person's own letter."""
    digits = "".join(character for character in typed if not character.isspace())
    if hmac.compare_digest(digits.encode(), digits_for(keys, person.secret, session_token).encode()):
        return True
    try:
        code = codes.parse_code(typed)
    except (codes.CodeEmpty, codes.CodeMistyped):
        return False
    invitation = session.get_one(Invitation, person.person_id)
    return hmac.compare_digest(codes.code_lookup(keys.get("invitation"), code), invitation.code_hash)
