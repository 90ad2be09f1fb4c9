"""Rows of one file that name the same person, and rows of one household."""

from dataclasses import replace

from kapabla.identity.list_reading.cells import fold
from kapabla.identity.list_reading.shapes import ListRow, RowFault


def find_doubles(rows: list[ListRow]) -> tuple[list[ListRow], list[RowFault]]:
    """The same address and name is the same person; the same address and another name is a household.

    A household's rows are kept: the later says whose address it shares, so that letter or code can be offered.
    Only good rows are compared, so a row is not called a double of one that has to be mended first.
    """
    owners: dict[tuple[str, str], list[ListRow]] = {}
    kept: list[ListRow] = []
    doubles: list[RowFault] = []
    for row in rows:
        others = [other for way in _ways(row) for other in owners.get(way, [])]
        same = next((other for other in others if fold(other.name) == fold(row.name)), None)
        if same is not None:
            doubles.append(RowFault(row.row, "name", "duplicate_in_file", str(same.row)))
            continue
        shared = [other.row for other in others if row.email or row.phone]
        kept.append(replace(row, shares_address_with=min(shared, default=None)))
        for way in _ways(row):
            owners.setdefault(way, []).append(row)
    return kept, doubles


def _ways(row: ListRow) -> list[tuple[str, str]]:
    """What a person is reached by. A postal address tells people apart only where there is nothing else."""
    ways = [(kind, value) for kind, value in (("email", row.email), ("phone", row.phone)) if value]
    return ways or [("address", fold(row.address or ""))]
