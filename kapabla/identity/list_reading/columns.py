"""Which column is which, by its name in Swedish or English, in any order and spelling."""

import unicodedata
from dataclasses import dataclass

from kapabla.identity.list_reading.cells import clean
from kapabla.identity.list_reading.personal_numbers import is_personal_number
from kapabla.identity.list_reading.shapes import Line, ListRefused

NAMES = {
    "name": {"namn", "name", "fullname", "fornamnochefternamn", "deltagare"},
    "first_name": {"fornamn", "firstname", "givenname"},
    "last_name": {"efternamn", "lastname", "surname"},
    "email": {
        "eposthem", "epostprivat", "epostarbete", "privatepost", "jobbepost",
        "epost", "epostadress", "mail", "mejl", "mejladress", "mailadress", "email", "emailaddress",
    },
    "phone": {
        "telefon", "telefonnummer", "telefonnr", "mobil", "mobilnummer", "mobilnr", "mobiltelefon", "tel", "phone",
        "telefonhem", "telefonarbete", "telefonprivat", "hemtelefon", "phonenumber", "telephone", "mobile",
        "mobilephone",
    },
    "address": {"adress", "postadress", "gatuadress", "bostadsadress", "hemadress", "address", "postaladdress"},
    "postal_code": {"postnr", "postnummer", "postkod", "postalcode", "postcode", "zip", "zipcode"},
    "town": {"ort", "postort", "bostadsort", "town", "posttown", "city"},
    "municipality": {"kommun", "municipality"},
    "role": {"yrke", "roll", "yrkeellerroll", "yrkeroll", "occupation", "role", "profession"},
    "language": {"sprak", "language"},
    "protected": {
        "skyddad", "skydd", "skyddadepersonuppgifter", "skyddadidentitet", "skyddadfolkbokforing", "sekretessmarkering",
        "sekretessmarkerad", "protected", "protectedidentity",
    },
}  # fmt: skip
NOTE = "attratta"
PERSONAL_NUMBER = {
    "personnummer", "personnr", "pnr", "persnr", "fodelsenummer", "samordningsnummer", "ssn", "personalnumber",
    "personalidentitynumber", "personidentitynumber", "socialsecuritynumber", "nationalid",
}  # fmt: skip
_KNOWN = {alias: name for name, aliases in NAMES.items() for alias in aliases}


@dataclass(frozen=True)
class Columns:
    """Where each known column stands; the names of those that are not read."""

    places: dict[str, int]
    ignored: tuple[str, ...]
    personal_numbers: tuple[str, ...]
    width: int
    # Where the columns stand that are dropped unread, for they hold personal numbers.
    dropped: frozenset[int] = frozenset()

    def misfit_of(self, cells: tuple[str, ...]) -> str | None:
        """The code of a row with too few or too many cells. Empty ones after the last column are no fault."""
        if len(cells) < self.width:
            return "too_few_cells"
        return "too_many_cells" if any(cell.strip() for cell in cells[self.width :]) else None


def fold_name(text: str) -> str:
    """`E-post `, `epost` and `E POST` are one name; å and ä become a, ö becomes o."""
    plain = unicodedata.normalize("NFKD", text.replace("\xa0", " ").casefold())
    return "".join(character for character in plain if character.isalnum() and character.isascii())


def known_in(cells: tuple[str, ...]) -> set[str]:
    """Which columns the cells name, if they are headings."""
    return {_KNOWN[folded] for cell in cells if (folded := fold_name(cell)) in _KNOWN}


def find_columns(header: Line, rows: tuple[Line, ...]) -> Columns:
    places: dict[str, int] = {}
    ignored, dropped = [], []
    cells = list(header.cells)
    while cells and not cells[-1].strip():
        cells.pop()
    for place, title in enumerate(cells):
        folded = fold_name(title)
        known = _KNOWN.get(folded)
        if _names_personal_numbers(folded) or (known is None and _holds_personal_numbers(place, rows)):
            dropped.append((place, title.strip() or f"Kolumn {place + 1}"))
        elif folded == NOTE:
            # Our own, from the rows that we handed back to be mended.
            continue
        elif known is None:
            ignored.append(title.strip() or f"Kolumn {place + 1}")
        elif known in places:
            first = cells[places[known]]
            if known != "phone" or fold_name(first) == folded:
                raise ListRefused("column_twice", column=title.strip(), other=first.strip())
            # Beside a telephone at home or at work a mobile is the one that the person answers; one is kept.
            is_mobile = folded.startswith("mob")
            ignored.append((first if is_mobile else title).strip())
            places[known] = place if is_mobile else places[known]
        else:
            places[known] = place
    missing = missing_in(set(places))
    if missing is not None:
        raise ListRefused("column_missing" if places else "no_header", column=missing, row=header.row)
    numbers = tuple(title for _, title in dropped)
    return Columns(places, tuple(ignored), numbers, len(cells), frozenset(place for place, _ in dropped))


def _names_personal_numbers(folded: str) -> bool:
    """`Personnummer (ÅÅMMDD-XXXX)` is one too."""
    return folded in PERSONAL_NUMBER or folded.startswith(("personnummer", "personnr"))


def _holds_personal_numbers(place: int, rows: tuple[Line, ...]) -> bool:
    """A column of nothing but personal numbers is one, whatever it is called."""
    given = [cell for line in rows if len(line.cells) > place and (cell := clean(line.cells[place]))]
    return bool(given) and all(is_personal_number(cell) for cell in given)


def missing_in(names: set[str]) -> str | None:
    """The first column without which a list cannot be read."""
    if "name" not in names and not {"first_name", "last_name"} <= names:
        return "namn"
    for needed, swedish in (("municipality", "kommun"), ("role", "yrke")):
        if needed not in names:
            return swedish
    return None if {"email", "phone", "address"} & names else "e-post, telefon eller adress"
