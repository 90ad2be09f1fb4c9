"""One person's rows as they stand in the vault, before anything is coarsened: values alone, read by `release.build`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class SavedPage:
    """The save of a page that holds: its day, how long it was open, how many items it showed, and how it came: web,
    kiosk, paper or phone."""

    saved_on: date
    seconds: int | None
    items: int
    course_had_begun: bool
    mode: str = "web"


@dataclass(frozen=True)
class Learning:
    """What the events in the course come to. `over_on`: the first day of each step that is over, by module and number;
    `tries`: how often each story and exercise was answered, in one number a question."""

    course_version: int | None = None
    begun_on: date | None = None
    over_on: Mapping[tuple[int, int], date] = field(default_factory=dict)
    tries: tuple[int, ...] = ()


@dataclass(frozen=True)
class Subject:
    subject: str
    placement: Any
    pages: dict[str, dict[str, Any]]  # wave -> item -> value
    reasons: dict[str, dict[str, str]]  # wave -> item -> reason
    sent: dict[str, date]
    completed_on: date | None
    learning: Learning = Learning()
    seeds: dict[str, dict[str, int]] = field(default_factory=dict)  # wave -> instrument -> seed of its random order
    saves: dict[str, dict[int, SavedPage]] = field(default_factory=dict)  # wave -> page
    taught: str | None = None

    def answered_on(self, wave: str) -> date | None:
        """The day the wave was sent in, or its last page saved where it never was."""
        return self.sent.get(wave) or max((save.saved_on for save in self.saves.get(wave, {}).values()), default=None)
