"""When messages that nobody has asked for just now may leave (D06): not at night, and not on Saturdays and Sundays."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from kapabla.clock import LOCAL

SATURDAY = 5


@dataclass(frozen=True)
class QuietHours:
    """From the hour `begins` in the evening to the hour `ends` in the morning, by the clock of Västerbotten.

    `begins` equal to `ends` is no quiet hours.
    """

    begins: int = 20
    ends: int = 7
    on_weekends: bool = False

    def wait_until(self, at: datetime) -> datetime | None:
        """When a message may leave that may not leave now; None where it may.

        >>> QuietHours().wait_until(datetime(2026, 11, 27, 21, 0, tzinfo=LOCAL)).isoformat()
        '2026-11-30T07:00:00+01:00'
        """
        local = at.astimezone(LOCAL)
        if not self._is_quiet(local):
            return None
        opens = datetime.combine(local.date(), time(self._first_hour), LOCAL)
        while opens <= local or self._is_quiet(opens):
            opens = datetime.combine(opens.date() + timedelta(days=1), time(self._first_hour), LOCAL)
        return opens

    @property
    def _first_hour(self) -> int:
        return 0 if self.begins == self.ends else self.ends

    def _is_quiet(self, local: datetime) -> bool:
        if local.weekday() >= SATURDAY and not self.on_weekends:
            return True
        if self.begins <= self.ends:
            return self.begins <= local.hour < self.ends
        return local.hour >= self.begins or local.hour < self.ends


DEFAULT_QUIET_HOURS = QuietHours()
