"""How somebody was taught: in the room, online, or both (`taught`), from the days of learning and of meetings."""

from collections.abc import Iterable, Mapping
from datetime import date

TAUGHT = "taught"
ROOM, ONLINE, MIXED = "room", "online", "mixed"
LABELS = {
    ROOM: {"sv": "I rummet", "en": "In the room"},
    ONLINE: {"sv": "På nätet", "en": "Online"},
    MIXED: {"sv": "Båda", "en": "Both"},
}


def taught(read_on: Iterable[date], attended: Mapping[date, frozenset[str]]) -> str | None:
    """By days: a day with a meeting in the room was taught in the room, also what was read that day, since a room works
    through the parts together; any other day with a meeting or a part was taught online. None where nothing was taught.

    read_on: days on which a part was read. attended: by day the modes of meetings, room or online.

    >>> taught([date(2026, 11, 25)], {date(2026, 11, 25): frozenset({"room"})})
    'room'
    >>> taught([date(2026, 11, 25), date(2026, 11, 27)], {date(2026, 11, 25): frozenset({"room"})})
    'mixed'
    """
    modes = {mode for days in attended.values() for mode in days}
    in_the_room = {day for day, days in attended.items() if ROOM in days}
    if set(read_on) - in_the_room:
        modes.add(ONLINE)
    if not modes:
        return None
    return MIXED if len(modes) == 2 else modes.pop()
