"""Writers are dumb: a table and its columns in, bytes out. The same table gives the same bytes every time."""

from collections.abc import Callable

from kapabla.release.dataset import Dataset
from kapabla.release.writers.delimited import write_csv, write_csv_excel
from kapabla.release.writers.spss import write_sav

# Format to the ending of its files, and what writes it.
WRITERS: dict[str, tuple[str, Callable[[Dataset, str], bytes]]] = {
    "csv": (".csv", write_csv),
    "csv-excel": ("_excel.csv", write_csv_excel),
    "sav": (".sav", write_sav),
}
