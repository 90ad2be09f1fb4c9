"""What staff are told and may not carry out themselves: a job is left, and shown as pending until it is done."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.identity.records import IdentityOutbox, outbox
from kapabla.ids import new_id
from kapabla.keys import Keyring, keyed_hash
from kapabla.vaults import table_of

_outbox = table_of(IdentityOutbox)
WITHDRAW, REFRESH, MAKE_COPY = "withdraw", "refresh_placement", "make_copy"


def order_withdrawal(
    session: Session, person_id: str, *, scope: str, erase: bool, at: datetime, mark: str | None = None
) -> None:
    """scope: "research" or "all". Ordered twice before it is done, it is done once. `mark`: by which who ordered it
    knows it again until the row is removed, a day after it was done."""
    payload = {"person": person_id, "scope": scope, "erase": erase}
    if payload in _in_state(session, WITHDRAW, "waiting"):
        return
    if mark is None or not outbox.put(session, WITHDRAW, payload, key=f"withdraw:{mark}", at=at):
        outbox.put(session, WITHDRAW, payload, key=f"withdraw:{new_id()}", at=at)


def mark_of(keys: Keyring, number: str, staff_id: str) -> str:
    """Of whom somebody had erased: from it nobody can tell the number, nor who."""
    return keyed_hash(keys.get("sealing"), b"erased by", number.encode(), staff_id.encode()).hex()


def is_ordered(session: Session, mark: str) -> bool:
    return outbox.has(session, f"withdraw:{mark}")


def is_withdrawal_pending(session: Session, person_id: str) -> bool:
    return _is_of(person_id, _in_state(session, WITHDRAW, "waiting"))


def has_withdrawal_stopped(session: Session, person_id: str) -> bool:
    """Tried in vain until nobody tries any more: somebody has to look at it."""
    return _is_of(person_id, _in_state(session, WITHDRAW, "dead"))


def _is_of(person_id: str, payloads: list[dict[str, object]]) -> bool:
    return any(payload.get("person") == person_id for payload in payloads)


def order_placement(session: Session, person_id: str, *, at: datetime) -> None:
    """After a move or a correction: what is known beside the answers follows (A14)."""
    outbox.put(session, REFRESH, {"person": person_id}, key=f"placement:{new_id()}", at=at)


def order_copy(session: Session, person_id: str, request_id: str, *, at: datetime) -> None:
    """A copy with answers (B5), on this request. Its code is `copy_code.spoken_code`. Ordered twice it is made once."""
    payload = {"person": person_id, "request": request_id}
    outbox.put(session, MAKE_COPY, payload, key=f"make_copy:{request_id}", at=at)


def _in_state(session: Session, kind: str, state: str) -> list[dict[str, object]]:
    query = select(_outbox.c.payload).where(_outbox.c.kind == kind, _outbox.c.state == state)
    return list(session.scalars(query))
