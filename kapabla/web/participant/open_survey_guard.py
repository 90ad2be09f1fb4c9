"""What keeps programs from answering an open survey: a signed form that is neither too young nor too old, and a pace.

Nobody else is asked, no cookie is set, and nothing of whoever answers is written anywhere. The pace is held in the
memory of the process alone, by a hash of the address under a key that is drawn when the process starts.
"""

import hmac
import re
import secrets
from collections import defaultdict, deque
from datetime import datetime

from kapabla.clock import epoch
from kapabla.ids import id_from, new_id
from kapabla.keys import keyed_hash

# A person needs longer for the pages; whoever is read aloud to needs hours.
YOUNGEST_SECONDS, OLDEST_SECONDS = 5, 24 * 3600
# A library or a meeting shares an address; a municipality does not answer in a minute.
ADDRESS_MOST, ADDRESS_SECONDS = 40, 15 * 60
SURVEY_MOST, SURVEY_SECONDS = 60, 60
_TOKEN = re.compile(r"(\d{1,12})\.([a-z0-9]{16})\.([0-9a-f]{24})")


class Pace:
    """How many answers have come lately, for each survey and each address. Per process, and forgotten with it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._times: dict[tuple[str, bytes], deque[int]] = defaultdict(deque)

    def seconds_to_wait(self, slug: str, address: str, *, at: datetime) -> int:
        """Until one more answer is within both limits; 0 where it is so now."""
        blind = keyed_hash(self._key, b"address", slug.encode(), address.encode())
        limits = ((blind, ADDRESS_MOST, ADDRESS_SECONDS), (b"", SURVEY_MOST, SURVEY_SECONDS))
        return max(self._wait((slug, who), most, seconds, epoch(at)) for who, most, seconds in limits)

    def _wait(self, key: tuple[str, bytes], most: int, seconds: int, present: int) -> int:
        times = self._since(key, present - seconds)
        return times[-most] + seconds - present if len(times) >= most else 0

    def count(self, slug: str, address: str, *, at: datetime) -> None:
        blind = keyed_hash(self._key, b"address", slug.encode(), address.encode())
        for who in (blind, b""):
            self._times[slug, who].append(epoch(at))
        for key in [key for key in self._times if not self._since(key, epoch(at) - ADDRESS_SECONDS)]:
            del self._times[key]

    def _since(self, key: tuple[str, bytes], moment: int) -> "deque[int]":
        """Those after a moment. What is older than every limit is forgotten on the way."""
        times = self._times.get(key, deque())
        while times and times[0] <= times[-1] - ADDRESS_SECONDS:
            times.popleft()
        return deque(time for time in times if time > moment)


def new_token(key: bytes, slug: str, *, at: datetime) -> str:
    """For one answer: when the form was first shown, and a random part that the answer's id follows from."""
    stamp, nonce = str(epoch(at)), new_id()
    return f"{stamp}.{nonce}.{_mark(key, slug, stamp, nonce)}"


def age_of(key: bytes, slug: str, token: str, *, at: datetime) -> int | None:
    """Seconds since the form was first shown; None where the token is not ours."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(found[3], _mark(key, slug, found[1], found[2])):
        return None
    return epoch(at) - int(found[1])


def answer_id(key: bytes, slug: str, token: str) -> str:
    """The same form is the same answer, however often it is sent; and from the answer nobody can tell the form."""
    return id_from(keyed_hash(key, b"open survey answer", slug.encode(), token.encode()))


def _mark(key: bytes, slug: str, stamp: str, nonce: str) -> str:
    return keyed_hash(key, b"open survey form", slug.encode(), stamp.encode(), nonce.encode()).hex()[:24]
