"""What `/stod` shows, in which order: danger first, then the country, then the municipalities (P21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kapabla.material import Material, SupportContact, Text
from kapabla.web.safety import is_fresh

# Danger now, and the police when it is not now: shown first and second whatever the register says of the order.
FIRST = ("112", "114 14")
# Numbers that stand under a heading of their own further down.
FOR_THE_WORRIED = ("bris_vuxen", "heder_yrkesstod")
FOR_THOSE_WHO_HARM = ("valj_att_sluta", "mansmottagning")


@dataclass(frozen=True)
class ShownContact:
    name: Text
    number: str
    audience: Text
    hours: Text | None
    is_checked: bool
    checked_on: date | None
    hidden_on_bill: bool


@dataclass(frozen=True)
class SupportPage:
    always: tuple[ShownContact, ...]
    national: tuple[ShownContact, ...]
    local: tuple[tuple[str, tuple[ShownContact, ...]], ...]
    without_number: tuple[str, ...]  # municipalities of a study: people there are told what to do instead
    worried: tuple[ShownContact, ...]
    harming: tuple[ShownContact, ...]


def support_page(material: Material, *, today: date, demo: bool) -> SupportPage:
    """Outside the demo a number that nobody has checked within six months is not on the page at all."""
    usable = [contact for contact in material.contacts if contact.number and (demo or is_fresh(contact, today))]
    always = sorted(
        (contact for contact in usable if contact.number in FIRST), key=lambda c: FIRST.index(c.number or "")
    )
    set_apart = {*FOR_THE_WORRIED, *FOR_THOSE_WHO_HARM, *(contact.code for contact in always)}
    national = [contact for contact in usable if not contact.municipality and contact.code not in set_apart]
    names = sorted((place.name, place.code) for place in material.municipalities)
    local = [(name, _shown((c for c in usable if c.municipality == code), today)) for name, code in names]
    own = {code for study in material.studies.values() for code in study.municipalities}
    known = {contact.municipality for contact in usable}
    return SupportPage(
        always=_shown(always, today),
        national=_shown(national, today),
        local=tuple((name, contacts) for name, contacts in local if contacts),
        without_number=tuple(name for name, code in names if code in own - known),
        worried=_shown((c for c in usable if c.code in FOR_THE_WORRIED), today),
        harming=_shown((c for c in usable if c.code in FOR_THOSE_WHO_HARM), today),
    )


def _shown(contacts: Iterable[SupportContact], today: date) -> tuple[ShownContact, ...]:
    return tuple(
        ShownContact(
            name=contact.name,
            number=contact.number or "",
            audience=contact.audience,
            hours=contact.hours,
            is_checked=is_fresh(contact, today),
            checked_on=contact.verified_on,
            # A promise about the bill stands only on a number that somebody has checked.
            hidden_on_bill=contact.hidden_on_bill and contact.verified_on is not None and is_fresh(contact, today),
        )
        for contact in contacts
    )
