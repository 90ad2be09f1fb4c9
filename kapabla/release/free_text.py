"""The free texts of a release: cleared by a person, without what is hidden, in a file that no row can be joined with.

The way somebody writes and what they tell may still point at them: that is said where the file is handed out.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from kapabla.guard import Finding, find, masked, must_be_hidden
from kapabla.release.writers.delimited import without_formula

FILE = "texts.csv"


@dataclass(frozen=True, order=True)
class ReleasedText:
    item: str
    text: str


def to_release(cleared: Iterable[tuple[str, str, tuple[Finding, ...]]]) -> tuple[ReleasedText, ...]:
    """(item, text, hidden) as they may leave: sorted by what they say, so that their order tells nothing of who.

    The guard looks once more, without any name: what it is sure of is hidden whatever was decided. Missing data: a text
    of which nothing is left but what was hidden stands in the file all the same. Example: ("kurs_comment", "Ring
    070-174 06 05", ()) becomes "Ring [telefonnummer]".
    """
    return tuple(
        sorted(
            ReleasedText(item, masked(text, [*hidden, *must_be_hidden(find(text))])) for item, text, hidden in cleared
        )
    )


def write_texts(texts: Iterable[ReleasedText]) -> bytes:
    """UTF-8 without a mark, comma, LF, as `data_long.csv`; a text keeps its own line breaks, and is no formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [("item", "text"), *((text.item, without_formula(text.text)) for text in texts)]
    )
    return out.getvalue().encode()
