"""Series of municipal aggregates (level 4 of the evaluation, indicators of promises): read from files, kept in the
published store with where they come from, and never overwritten."""

from kapabla.release.series.reading import Found, Place, read_file
from kapabla.release.series.shelf import KINDS, About, Revised, Revision, Series, all_series, keep, one_series, remove

__all__ = [
    "KINDS", "About", "Found", "Place", "Revised", "Revision", "Series", "all_series", "keep", "one_series",
    "read_file", "remove",
]  # fmt: skip
