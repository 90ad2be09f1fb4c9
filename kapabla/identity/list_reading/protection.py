"""Who is marked as having protected identity, in a column of its own or in the midst of anything else (S16)."""

import re

from kapabla.identity.list_reading.cells import clean
from kapabla.identity.list_reading.columns import Columns
from kapabla.identity.list_reading.shapes import Line

_NO = {"", "nej", "n", "0", "no", "false", "falskt"}
# Not `skyddsombud` or `sekretessavtal`: those are no mark of protection.
_MARK = re.compile(
    r"\b(skyddad\w*|skyddat|skydd|sekretess(mark\w*|skydd\w*)?|kvarskriv\w*|hemlig\w* adress\w*|protected)\b",
    re.IGNORECASE,
)


def is_protected(line: Line, columns: Columns) -> bool:
    """Real lists say so in a remark or beside the name as often as in a column for it. Columns unread are looked at."""
    own, email = columns.places.get("protected"), columns.places.get("email")
    if own is not None and own < len(line.cells) and clean(line.cells[own]).casefold() not in _NO:
        return True
    others = (cell for place, cell in enumerate(line.cells) if place not in (own, email))
    return any(_MARK.search(clean(cell)) for cell in others)
