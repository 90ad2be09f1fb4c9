"""Keys to the research API: made, listed, taken back, and looked at when one is used.

A key is 128 random bits. Only its SHA-256 is kept: with so many bits there is nothing to try, and a stolen database
gives no key.
"""

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kapabla.audit import Chain, Event
from kapabla.clock import epoch, local_date
from kapabla.errors import NotFound, Refused
from kapabla.ids import new_id
from kapabla.keys import keyed_hash
from kapabla.office import agreements
from kapabla.office.access import can, check_can
from kapabla.office.release_register import WrongState
from kapabla.office.releases import PARTS, ApiToken, Download, ReleaseRecord
from kapabla.office.staff import Staff, StaffAttempt
from kapabla.office.staff_sessions import has_ended

MAX_DAYS = 365
LANGUAGES = ("sv", "en")
# More whole releases than this in an hour is what no analysis needs, and the steward is shown it.
MANY_WHOLE, WATCHED = 20, timedelta(hours=1)
_TOKEN = re.compile(r"[0-9A-Fa-f]{32}")


@dataclass(frozen=True)
class Key:
    """A token with whom and what it is for, and the last day of the holder's agreements (None: there is none)."""

    token: ApiToken
    holder: Staff
    release: ReleaseRecord
    agreed_until: date | None


_KEYS = (
    select(ApiToken, Staff, ReleaseRecord, agreements.LAST_DAY)
    .join(Staff, Staff.id == ApiToken.staff_id)
    .join(ReleaseRecord, ReleaseRecord.id == ApiToken.release)
)


@dataclass(frozen=True)
class Limits:
    """per_minute: calls in the long run; burst: what a rested token may make at once."""

    per_minute: int
    burst: int


def new_token() -> str:
    return secrets.token_hex(16)


def hash_of(token: str) -> bytes:
    """Clients send hex digits of either case."""
    return hashlib.sha256(token.lower().encode()).digest()


def add(
    session: Session, chain: Chain, *, id_: str, token: str, holder: Staff, release: ReleaseRecord, days: int,
    by: Event, at: datetime, name: str = "", purpose: str = "", language: str = "sv", network: str = "",
) -> ApiToken:  # fmt: skip
    """A key for one researcher to one locked release. `token` is shown once by whoever asked, and kept nowhere."""
    check_can(holder.role, "use_api")
    if has_ended(holder, at=at):
        raise Refused("account_ended")
    agreements.check_agreement(session, holder, on=local_date(at))
    if release.state != "locked":
        raise WrongState(release=release.id, state=release.state, wanted="locked")
    if holder.is_demo and not release.is_test:
        # Whoever tries the demo has its password: made-up people are all that such an account may ever read.
        raise Refused("only_test_people")
    if not 1 <= days <= MAX_DAYS:
        raise Refused("token_days", most=MAX_DAYS)
    made = ApiToken(
        id=id_, staff_id=holder.id, release=release.id, token_hash=hash_of(token),
        expires_on=local_date(at) + timedelta(days=days), is_revoked=False, name=name[:80], purpose=purpose[:200],
        language=language, network=_network(network), allowance=0,
    )  # fmt: skip
    session.add(made)
    session.flush()
    chain.append(session, by, at=at)
    return made


def all_tokens(session: Session, holder: Staff | None = None) -> Sequence[Key]:
    """Of one researcher, or of everybody; those that live longest first."""
    query = _KEYS.order_by(ApiToken.expires_on.desc(), ApiToken.id)
    if holder is not None:
        query = query.where(ApiToken.staff_id == holder.id)
    return [Key(*row) for row in session.execute(query)]


def get(session: Session, token_id: str) -> ApiToken:
    found = session.get(ApiToken, token_id)
    if found is None:
        raise NotFound("token_unknown", token=token_id)
    return found


def revoke(session: Session, chain: Chain, token: ApiToken, *, by: Event, at: datetime) -> None:
    token.is_revoked = True
    session.flush()
    chain.append(session, by, at=at)


# --- When one is used ---


def find(session: Session, token: str) -> Key | None:
    if not _TOKEN.fullmatch(token):
        return None
    row = session.execute(_KEYS.where(ApiToken.token_hash == hash_of(token))).one_or_none()
    return None if row is None else Key(*row)


def is_good(key: Key, *, address: str, at: datetime) -> bool:
    return works(key, at=at) and _is_from(key.token.network, address)


def works(key: Key, *, at: datetime) -> bool:
    """Not taken back or out of date, of an account that lives and may, under an agreement that lasts, for a release
    that is handed out."""
    token, holder, release = key.token, key.holder, key.release
    return (
        not token.is_revoked
        and local_date(at) <= token.expires_on
        and not has_ended(holder, at=at)
        and can(holder.role, "use_api")
        and agreements.is_agreed(holder, key.agreed_until, on=local_date(at))
        and release.state == "locked"
        and (release.is_test or not holder.is_demo)
    )


def allowance(token: ApiToken, limits: Limits, *, at: datetime) -> float:
    """How many calls it may make now: a rested token has the whole burst, and each second gives some back."""
    if token.used_at is None:
        return limits.burst
    rested = (at - _aware(token.used_at)).total_seconds() * limits.per_minute / 60
    return min(limits.burst, token.allowance + max(rested, 0))


def note_use(session: Session, token_id: str, limits: Limits, *, at: datetime, is_counted: bool) -> None:
    """The row is held until the transaction ends, so that calls at the same moment are counted one by one."""
    token = session.get_one(ApiToken, token_id, with_for_update=True, populate_existing=True)
    token.allowance = max(allowance(token, limits, at=at) - is_counted, 0)
    token.used_at = at
    session.flush()


def too_many_wrong(session: Session, key: bytes, address: str, most: int, *, at: datetime) -> bool:
    """Whether this address has tried more wrong keys in the last minute than somebody who mistypes."""
    mine = StaffAttempt.who_hash == _who(key, address)
    count = select(func.count()).select_from(StaffAttempt).where(mine, StaffAttempt.at > epoch(at) - 60)
    return (session.scalar(count) or 0) >= most


def count_wrong(session: Session, key: bytes, address: str, *, at: datetime) -> None:
    session.add(StaffAttempt(id=new_id(), who_hash=_who(key, address), at=epoch(at)))
    session.flush()


def refused_before(session: Session, key: bytes, address: str, token_id: str, *, at: datetime) -> int:
    """How often this key (or any unknown one) was refused from this address in the last day, this time counted."""
    who = _who(key, f"{address} {token_id}")
    session.add(StaffAttempt(id=new_id(), who_hash=who, at=epoch(at)))
    session.flush()
    mine = select(func.count()).select_from(StaffAttempt)
    return session.scalar(mine.where(StaffAttempt.who_hash == who, StaffAttempt.at > epoch(at) - 24 * 3600)) or 0


def many_whole(session: Session, *, at: datetime) -> dict[str, int]:
    """Tokens that have taken a whole release more often than is usual within the hour, and how often."""
    count = func.count()
    query = (
        select(Download.token_id, count)
        .where(Download.token_id.is_not(None), Download.file != PARTS, Download.at > at - WATCHED)
        .group_by(Download.token_id)
        .having(count > MANY_WHOLE)
    )
    return {token: number for token, number in session.execute(query) if token}


def _who(key: bytes, address: str) -> bytes:
    return keyed_hash(key, b"api attempt", address.encode())


def _network(text: str) -> str:
    if not text:
        return ""
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise Refused("network_wrong", network=text) from None


def _is_from(network: str, address: str) -> bool:
    if not network:
        return True
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network)
    except ValueError:
        return False


def _aware(at: datetime) -> datetime:
    """SQLite hands out the time without its zone."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
