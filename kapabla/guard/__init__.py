"""THE GUARD OF FREE TEXT: what in a text may tell who somebody is (B9).

Pure functions: no vault, no clock, no file but its own lists. What it finds is shown to a person who decides; what it
does not find, that person may.
"""

from kapabla.guard.addresses import find_addresses, find_vehicles
from kapabla.guard.electronic import find_emails, find_links
from kapabla.guard.findings import ALWAYS_HIDDEN, Finding, Kind, joined
from kapabla.guard.masking import find_words, masked, must_be_hidden
from kapabla.guard.name_index import NameIndex
from kapabla.guard.names import find_names, find_places
from kapabla.guard.personal_numbers import find_birth_dates, find_personal_numbers
from kapabla.guard.phones import find_phones

__all__ = [
    "ALWAYS_HIDDEN", "NO_NAMES", "Finding", "Kind", "NameIndex", "find", "find_words", "joined", "masked",
    "must_be_hidden",
]  # fmt: skip

NO_NAMES = NameIndex(())
_PATTERNS = (
    find_personal_numbers, find_emails, find_phones, find_links, find_addresses, find_vehicles, find_birth_dates,
    find_places,
)  # fmt: skip


def find(text: str, names: NameIndex = NO_NAMES) -> tuple[Finding, ...]:
    """Every place of the text that may tell who somebody is, in order and without overlap.

    names: those of every participant and of staff, where the caller may have them. Missing data: none; an empty text
    has no findings. Example: `find("Ring 070-174 06 05")` is one finding of kind phone, characters 5 to 18.
    """
    found = [finding for pattern in _PATTERNS for finding in pattern(text)]
    return joined([*found, *find_names(text, names)])
