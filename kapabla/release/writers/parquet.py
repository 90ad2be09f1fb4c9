"""Parquet through DuckDB: typed columns, nulls for missing, no index of a data frame and no name of a machine."""

import tempfile
from pathlib import Path

from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Dataset
from kapabla.release.writers.delimited import write_csv


def write_parquet(dataset: Dataset, title: str) -> bytes:
    """Text as VARCHAR, whole numbers as INTEGER, scores as DOUBLE; missing cells are null.

    Read from the very bytes of the CSV, so the two cannot differ. The title (with "Exempeldata" of test people) stands
    in the file's own metadata. One thread, rows in their order: the same bytes every time.
    """
    import duckdb

    columns = ", ".join(f"'{column.name}': '{_type(column)}'" for column in dataset.columns)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as database:
        source, target = Path(folder) / "data.csv", Path(folder) / "data.parquet"
        source.write_bytes(write_csv(dataset, title))
        # Names are held to [a-z0-9_] by ColumnSpec; all else that is not ours is quoted.
        read = (
            f"read_csv({_quoted(str(source))}, columns = {{{columns}}}, header = true, auto_detect = false, "
            "delim = ',', quote = '\"', escape = '\"', nullstr = '', parallel = false)"
        )
        options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{title: {_quoted(title)}}}"
        database.execute(f"COPY (FROM {read}) TO {_quoted(str(target))} ({options})")
        return target.read_bytes()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _type(column: ColumnSpec) -> str:
    if column.is_text:
        return "VARCHAR"
    return "INTEGER" if column.is_whole else "DOUBLE"
