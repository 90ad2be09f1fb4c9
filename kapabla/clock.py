"""Time as an argument: the clock is read once, in a view, a command or a job."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Stockholm")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def local_date(at: datetime) -> date:
    """The calendar day in Västerbotten: deadlines and windows follow people's own days."""
    return at.astimezone(LOCAL).date()


def epoch(at: datetime) -> int:
    return int(at.timestamp())


def from_epoch(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
