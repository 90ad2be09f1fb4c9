"""Parquet through DuckDB: typed columns, nulls for missing, no index of a data frame and no name of a machine."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Dataset
from kapabla.release.writers.delimited import write_csv

# Enough for a row group and a buffer of the reader; more rows need more time and no more memory.
_MEMORY = "512MB"


def write_parquet(dataset: Dataset, title: str) -> bytes:
    """Text as VARCHAR, whole numbers as INTEGER, scores as DOUBLE; missing cells are null. Through its CSV."""
    return parquet_of_csv(write_csv(dataset, title), dataset.columns, title)


def parquet_of_csv(body: bytes, columns: Sequence[ColumnSpec], title: str) -> bytes:
    """From the very bytes of the CSV, so the two cannot differ."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "data.csv", Path(folder) / "data.parquet"
        source.write_bytes(body)
        copy_csv(source, target, columns, title)
        return target.read_bytes()


def copy_csv(source: Path, target: Path, columns: Sequence[ColumnSpec], title: str) -> None:
    """From file to file, so that memory does not grow with the rows: a million people are no more than a thousand.

    The title (with "Exempeldata" of test people) stands in the file's own metadata. One thread, rows in their order:
    the same bytes every time.
    """
    import duckdb

    types = ", ".join(f"'{column.name}': '{_type(column)}'" for column in columns)
    with duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY}) as database:
        # Names are held to [a-z0-9_] by ColumnSpec; all else that is not ours is quoted.
        read = (
            f"read_csv({_quoted(str(source))}, columns = {{{types}}}, header = true, auto_detect = false, "
            "delim = ',', quote = '\"', escape = '\"', nullstr = '', parallel = false)"
        )
        options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{title: {_quoted(title)}}}"
        database.execute(f"COPY (FROM {read}) TO {_quoted(str(target))} ({options})")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _type(column: ColumnSpec) -> str:
    if column.is_text:
        return "VARCHAR"
    return "INTEGER" if column.is_whole else "DOUBLE"
