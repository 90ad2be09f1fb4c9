"""Reading a list of people from a file or a paste box: each row good, or rejected with line, column, reason."""

from kapabla.identity.list_reading.cells import has_postal_code
from kapabla.identity.list_reading.reading import read_list, read_pasted
from kapabla.identity.list_reading.shapes import ListReading, ListRefused, ListRow, Mended, RowFault, Vocabulary
from kapabla.identity.list_reading.table import MAX_BYTES

__all__ = [
    "MAX_BYTES",
    "ListReading",
    "ListRefused",
    "ListRow",
    "Mended",
    "RowFault",
    "Vocabulary",
    "has_postal_code",
    "read_list",
    "read_pasted",
]
