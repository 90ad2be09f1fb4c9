"""The value that a page may show: a table whose every cell has passed a rule. Only this package can make one."""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from typing import Any, Final

# A hidden cell is None: no number stands in the page, in its data, in its text for screen readers or in its download.
HIDDEN: Final = None
_MAKER = object()


@dataclass(frozen=True)
class ReleasableTable:
    """`rows` are lists of label and cells; a cell is a number, a text or HIDDEN.

    `maker` is not kept on the table, so that neither it nor `dataclasses.replace` can pass an unprotected one.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    maker: InitVar[object]

    def __post_init__(self, maker: object) -> None:
        if maker is not _MAKER:
            raise TypeError("only release.disclosure makes a ReleasableTable: pass the table through protect_*")

    @property
    def as_json(self) -> dict[str, Any]:
        return {"headers": list(self.headers), "rows": [list(row) for row in self.rows]}


def releasable(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> ReleasableTable:
    """For the rules of this package alone."""
    return ReleasableTable(tuple(headers), tuple(tuple(row) for row in rows), _MAKER)
