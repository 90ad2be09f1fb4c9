"""Reading a CSV as the contract says, and checking columns in the contract's order of reasons."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.envelope import Misuse, Refused

MISSING = ["", "NA", "NaN"]
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


def read_csv(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Only the named columns, as text. UTF-8 with or without a mark; `;` and decimal comma where the header says so.

    Raises Misuse (no such file, not a table), Refused (column_not_found, no_rows).
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read {path.name}: {type(error).__name__}") from error
    if not header.strip():
        raise Refused("column_not_found", f"the file is empty, so there is no column {columns[0]}")
    separator = ";" if header.count(";") > header.count(",") else ","
    names = pd.read_csv(path, sep=separator, encoding="utf-8-sig", nrows=0).columns
    for name in columns:
        if name not in names:
            raise Refused("column_not_found", f"there is no column {name}")
    try:
        frame = pd.read_csv(
            path, sep=separator, encoding="utf-8-sig", usecols=list(dict.fromkeys(columns)), dtype=str,
            keep_default_na=False, skip_blank_lines=len(names) != 1,
        )  # fmt: skip
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read {path.name} as a table") from error
    if len(frame) == 0:
        raise Refused("no_rows", "the file has a header and no rows")
    if separator == ";":
        frame = frame.apply(lambda column: column.str.replace(",", ".", regex=False))
    return frame


def numbers(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, Floats]:
    """The columns as floats, NaN where a cell is empty, blanks, `NA` or `NaN`. Raises Refused(non_numeric)."""
    found = {}
    for name in names:
        text = frame[name].str.strip()
        missing = text.isin(MISSING)
        values = pd.to_numeric(text.where(~missing), errors="coerce").to_numpy(dtype=float)
        if np.any(~np.isfinite(values) & ~missing.to_numpy()):
            raise Refused("non_numeric", f"column {name} has text that is no number")
        found[name] = values
    return found


def check_range(columns: dict[str, Floats], minimum: float | None, maximum: float | None) -> None:
    """Refuse a value outside minimum–maximum: 99 and -9 are values, and out of range."""
    for name, values in columns.items():
        if (minimum is not None and np.any(values < minimum)) or (maximum is not None and np.any(values > maximum)):
            raise Refused("out_of_range", f"column {name} has a value outside {minimum} to {maximum}")


def check_some(columns: dict[str, Floats]) -> None:
    for name, values in columns.items():
        if np.all(np.isnan(values)):
            raise Refused("all_missing", f"column {name} has no value at all")


def turned(
    columns: dict[str, Floats], reverse: Sequence[str], minimum: float | None, maximum: float | None
) -> dict[str, Floats]:
    """Reversed items: x becomes minimum + maximum - x. Raises Misuse without a range, or for an unknown item."""
    if reverse and (minimum is None or maximum is None):
        raise Misuse("--reverse needs --min and --max")
    for name in reverse:
        if name not in columns:
            raise Misuse(f"--reverse names {name}, which is not among the items")
    return {
        name: (minimum + maximum - values)
        if name in reverse and minimum is not None and maximum is not None
        else values
        for name, values in columns.items()
    }


def mean(values: Floats) -> float:
    """The mean, the same to the last digit whatever the order of the values (sorted before it is summed)."""
    return float(np.sum(np.sort(values)) / len(values))


def sd(values: Floats) -> float | None:
    """Standard deviation with n - 1; None of fewer than two values."""
    if len(values) < 2:
        return None
    return float(np.sqrt(np.sum(np.sort((values - mean(values)) ** 2)) / (len(values) - 1)))
