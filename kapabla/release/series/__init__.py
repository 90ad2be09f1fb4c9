"""Series of municipal aggregates (level 4 of the evaluation, indicators of promises): read from files, kept in the
published store with where they come from, and never overwritten."""

from kapabla.material.series import KINDS, Revised, Revision, Series, all_series, one_series
from kapabla.material.series_file import About, Found, Place, read_file
from kapabla.release.series.shelf import Limits, keep, remove

__all__ = [
    "KINDS", "About", "Found", "Limits", "Place", "Revised", "Revision", "Series", "all_series", "keep", "one_series",
    "read_file", "remove",
]  # fmt: skip
