"""Registers that the rest refers to: municipalities, roles, support contacts, fixed safety texts, the organisation."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.texts import Frozen, Text
from kapabla.material.unread import as_far_as_read, read_ones

Found = Iterator[tuple[str, str]]
_PLAIN = str.maketrans("åäöÅÄÖ", "aaoAAO")


class Municipality(Frozen):
    code: Annotated[str, Field(pattern=r"^\d{4}$")]
    name: str
    aliases: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """As it stands in addresses."""
        return self.name.translate(_PLAIN).lower()


class Municipalities(Frozen):
    municipalities: tuple[Municipality, ...]


class Role(Frozen):
    code: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Text
    in_sentence: Text  # "Tänk på din roll som {roll}."
    aliases: tuple[str, ...] = ()


class Roles(Frozen):
    roles: tuple[Role, ...]


class SupportContact(Frozen):
    """A number to turn to. Without `verified_on` it is not shown outside the demo, unless `always`."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    name: Text
    number: str | None = None
    audience: Text
    hours: Text | None = None
    languages: tuple[str, ...] = ()
    municipality: str | None = None
    source: str | None = None
    verified_on: date | None = None
    verified_by: str | None = None
    always: bool = False
    hidden_on_bill: bool = False  # "Samtalet syns inte på telefonräkningen" only where somebody has verified it


# The only numbers shown before the county has checked them, and always there (`domain.md` 2.7).
ALWAYS_SHOWN = ("112", "114 14")


class SupportContacts(Frozen):
    contacts: tuple[SupportContact, ...]


class SafetyBox(Frozen):
    code: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    heading: Text | None = None
    lines: tuple[Text, ...]
    buttons: tuple[Text, ...] = ()


class SafetyTexts(Frozen):
    boxes: tuple[SafetyBox, ...]
    first_lines: dict[Literal["good", "missed", "harmful"], Text]


class Contact(Frozen):
    name: str
    telephone: str
    email: str


class Organisation(Frozen):
    """The organisation's own contact data. `placeholders` names the made-up entries: for the demo only."""

    name: str
    telephone: str
    switchboard: str
    hours: Text
    reply_to: str
    contact_name: str
    message_name: str
    data_protection_officer: Contact
    researcher: Contact
    placeholders: tuple[str, ...] = ()


CONTACTS = "support_contacts.toml"
ORGANISATION = "organisation.toml"


def load_organisation(shelf: Shelf) -> Organisation | None:
    raw = shelf.toml(ORGANISATION)
    if raw is None:
        return None
    if "placeholders" in raw:
        shelf.fault(
            ORGANISATION, "placeholders", "placeholders are not listed; write placeholder = true at the entry itself."
        )
        raw.pop("placeholders")
    placeholders: list[str] = []
    plain = _unwrapped(raw, "", placeholders)
    return shelf.build(Organisation, ORGANISATION, {**plain, "placeholders": tuple(placeholders)})


def _unwrapped(table: Mapping[str, Any], within: str, placeholders: list[str]) -> dict[str, Any]:
    """`telephone = {value = "…", placeholder = true}` as its value, the name of it noted."""
    plain: dict[str, Any] = {}
    for key, entry in table.items():
        name = f"{within}.{key}" if within else key
        if isinstance(entry, Mapping) and set(entry) <= {"value", "placeholder"} and "value" in entry:
            plain[key] = entry["value"]
            if entry.get("placeholder") is True:
                placeholders.append(name)
        elif isinstance(entry, Mapping):
            plain[key] = _unwrapped(entry, name, placeholders)
        else:
            plain[key] = entry
    return plain


@as_far_as_read
def unique_codes(kind: str, codes: Iterable[str]) -> Found:
    read = read_ones(codes)
    for code in sorted({code for code in read if read.count(code) > 1}):
        yield f"{kind} {code}", "the code is used twice; give each a code of its own."


@as_far_as_read
def unique_names(kind: str, names: Iterable[tuple[str, tuple[str, ...]]]) -> Found:
    """A name or an alias must lead to one entry only: an imported list is matched by it. `names`: by the codes."""
    owner: dict[str, str] = {}
    for code, words in names:
        for word in {word.casefold() for word in words}:
            if owner.setdefault(word, code) != code:
                told = say("{word!r} is also a name of {owner}; remove one.", word=word, owner=owner[word])
                yield f"{kind} {code}", told


def check_municipalities(read: Municipalities) -> Found:
    yield from unique_codes("municipality", (entry.code for entry in read.municipalities))
    names = ((entry.code, (entry.name, *entry.aliases)) for entry in read.municipalities)
    yield from unique_names("municipality", names)


def check_roles(read: Roles) -> Found:
    yield from unique_codes("role", (entry.code for entry in read.roles))
    yield from unique_names("role", ((entry.code, (entry.label.sv, *entry.aliases)) for entry in read.roles))


def check_contacts(read: SupportContacts, municipalities: set[str]) -> Found:
    """`municipalities`: empty where they are not known."""
    yield from _always_shown(read)
    yield from unique_codes("contact", (contact.code for contact in read.contacts))
    for contact in read.contacts:
        yield from _check_always(contact)
        yield from _check_verified(contact)
        yield from _check_place(contact, municipalities)


@as_far_as_read
def _always_shown(contacts: SupportContacts) -> Found:
    """Whoever needs help now finds the two numbers that help now, and no number that nobody has checked."""
    shown = {contact.number for contact in contacts.contacts if contact.always}
    for number in ALWAYS_SHOWN:
        if number not in shown:
            told = '{number} is always shown; write a contact with number = "{number}" and always = true.'
            yield "contacts", say(told, number=number)


@as_far_as_read
def _check_always(contact: SupportContact) -> Found:
    if contact.always and contact.number is not None and contact.number not in ALWAYS_SHOWN:
        told = "{given} is none of {known}, which alone are always shown; mend the number, or remove always."
        yield f"contact {contact.code}, always", say(told, given=contact.number, known=", ".join(ALWAYS_SHOWN))


@as_far_as_read
def _check_verified(contact: SupportContact) -> Found:
    if contact.verified_on is not None and not contact.verified_by:
        told = "nobody stands for the number; write who at the county checked it."
        yield f"contact {contact.code}, verified_by", told
    if contact.number is None and (contact.verified_on is not None or contact.always):
        yield f"contact {contact.code}, number", "a contact that is shown needs its number; write it."


@as_far_as_read
def _check_place(contact: SupportContact, municipalities: set[str]) -> Found:
    if municipalities and contact.municipality is not None and contact.municipality not in municipalities:
        told = "it is not in municipalities.toml; write a code from it."
        yield f"contact {contact.code}, municipality", told
