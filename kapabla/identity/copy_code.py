"""The six digits that somebody shows to get a copy of their own details (B5): sent the way that the person has chosen.

Derived, never stored: from the person's secret and the live session that asked, so another session has other digits and
the digits die with it.
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


def digits_for(keys: Keyring, secret: bytes, session_token: str) -> str:
    mac = keyed_hash(keys.get("invitation"), b"copy", secret, session_token.encode())
    return f"{int.from_bytes(mac[:8], 'big') % 10**6:06d}"


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
