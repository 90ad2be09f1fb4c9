"""Writers are dumb: a table and its columns in, bytes out. The same table gives the same bytes every time."""

from collections.abc import Callable

from kapabla.release.dataset import Dataset
from kapabla.release.writers.delimited import write_csv, write_csv_excel
from kapabla.release.writers.parquet import write_parquet
from kapabla.release.writers.spss import write_sav
from kapabla.release.writers.stata import write_dta
from kapabla.release.writers.xlsx import write_xlsx

# Format to the ending of its files, and what writes it.
WRITERS: dict[str, tuple[str, Callable[[Dataset, str], bytes]]] = {
    "csv": (".csv", write_csv),
    "csv-excel": ("_excel.csv", write_csv_excel),
    "xlsx": (".xlsx", write_xlsx),
    "sav": (".sav", write_sav),
    "dta": (".dta", write_dta),
    "parquet": (".parquet", write_parquet),
}
