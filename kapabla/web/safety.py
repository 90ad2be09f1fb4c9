"""Numbers to turn to, and the fixed safety texts. A number that nobody has checked for six months is not shown.

112 and 114 14 always are. In the demo unchecked numbers are shown too, and the page says that they are not checked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kapabla.material import Material, SupportContact
from kapabla.material.texts import Text

VALID_DAYS = 183


def is_fresh(contact: SupportContact, today: date) -> bool:
    """Checked within six months, or one that always stands."""
    if contact.always:
        return True
    return contact.verified_on is not None and contact.verified_on + timedelta(days=VALID_DAYS) >= today


@dataclass(frozen=True)
class ShownBox:
    heading: Text | None
    lines: tuple[Text, ...]


def shown_box(material: Material, code: str, *, today: date, demo: bool) -> ShownBox:
    """The box without the lines that name a number nobody has checked."""
    box = material.safety[code]
    stale = [] if demo else stale_numbers(material.contacts, today)
    lines = tuple(line for line in box.lines if not any(number in line.sv for number in stale))
    return ShownBox(box.heading, lines)


def stale_numbers(contacts: Iterable[SupportContact], today: date) -> list[str]:
    return [contact.number for contact in contacts if contact.number and not is_fresh(contact, today)]
