"""Which kind of result a scale is of, by the four levels of Kirkpatrick, as its instrument says (C13)."""

from collections.abc import Iterable, Mapping

from kapabla.release.columns import ColumnSpec
from kapabla.release.figures.telling import Told

_LEVELS = {
    1: Told("reaktion", "reaction"),
    2: Told("lärande", "learning"),
    3: Told("beteende", "behaviour"),
    4: Told("resultat", "results"),
}


def levels_said(columns: Iterable[ColumnSpec]) -> Told:
    """What kind of result each scale is of, after Kirkpatrick: " Kirkpatricks nivå 2, lärande: Tilltro; 3, …". Empty
    where no scale says."""
    found: dict[int, list[Mapping[str, str]]] = {}
    for column in columns:
        if column.kirkpatrick_level is not None:
            found.setdefault(column.kirkpatrick_level, []).append(column.labels)
    if not found:
        return Told("", "")
    swedish, english = (
        "; ".join(
            f"{level}, {getattr(_LEVELS[level], tongue)}: {', '.join(labels[tongue] for labels in found[level])}"
            for level in sorted(found)
        )
        for tongue in ("sv", "en")
    )
    return Told(f" Kirkpatricks nivå {swedish}.", f" Kirkpatrick's level {english}.")
