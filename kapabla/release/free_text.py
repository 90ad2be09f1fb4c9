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
    may_be_quoted: bool = False


def to_release(cleared: Iterable[tuple[str, str, tuple[Finding, ...], bool]]) -> tuple[ReleasedText, ...]:
    """(item, text, hidden, may be quoted) as they may leave: sorted by what they say, not by who wrote them.

    The guard looks once more, without any name: what it is sure of is hidden whatever was decided. Missing data: a text
    of which nothing is left but what was hidden stands in the file all the same. Example: ("kurs_comment", "Ring
    070-174 06 05", (), False) becomes "Ring [telefonnummer]".
    """
    return tuple(
        sorted(
            ReleasedText(item, masked(text, [*hidden, *must_be_hidden(find(text))]), may_be_quoted)
            for item, text, hidden, may_be_quoted in cleared
        )
    )


def write_texts(texts: Iterable[ReleasedText]) -> bytes:
    """UTF-8 without a mark, comma, LF, as `data_long.csv`; a text keeps its own line breaks, and is no formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [
            ("item", "text", "may_be_quoted"),
            *((text.item, without_formula(text.text), int(text.may_be_quoted)) for text in texts),
        ]
    )
    return out.getvalue().encode()
