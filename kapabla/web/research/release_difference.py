"""What differs between a release and the one before it, in words (R09, F5). `release.difference` says what is told."""

from collections.abc import Iterable, Mapping
from typing import Any

from kapabla.release.difference import ADDED, COLUMN, COUNT, REMOVED, RULE, VERSION, Change, Edition, difference
from kapabla.release.disclosure import Thresholds
from kapabla.web.research.risk_report import PROTECTIONS, recoding

FIRST_OF_ITS_KIND = "Första utgåvan av sitt slag"
# Of a column, of each of several, and of the release as a whole.
_ASPECTS = {
    "added": "Ny kolumn:", "removed": "Kolumn som är borta:", "kind": "Typ av", "labels": "Text till",
    "values": "Värden i", "minimum": "Lägsta värde i", "maximum": "Högsta värde i", "decimals": "Decimaler i",
    "missing": "Orsaker till tomma celler i", "construct": "Vad som mäts med", "kirkpatrick_level": "Nivå för",
    "instrument_version": "Frågornas version för", "waves": "Mättillfällen för", "measure": "Mätnivå för",
    "quasi_identifier": "Kvasiidentifierare:", "importance": "Ordning bland kvasiidentifierare för",
    "sensitive": "Känslig fråga:", "reversed_in_scale": "Vänd i sin skala:", "scoring": "Uträkning av",
    "planned": "Utfall enligt planen:", "disclosure": "Skydd av",
}  # fmt: skip
_OF_EACH = {"protection": "Sammanslagning av", "instrument": "Version av frågorna"}
_OF_ALL = {
    "purpose": "Syfte", "free_text": "Fritext", "k": "Minsta grupp (k)",
    "l": "Minst antal olika svar på en känslig fråga (l)", "consent": "Samtyckestext",
    "registry_number": "Diarienummer hos Etikprövningsmyndigheten", "analysis_plan": "Analysplanens kontrollsumma",
    "analysis_plan_state": "Analysplanens läge", "software": "Programversion",
}  # fmt: skip
_WORDS = {
    **PROTECTIONS, "evaluation": "Utvärdering", "sharing": "Delning", "not included": "ingår inte", "frozen": "fryst",
    "not frozen": "inte fryst", "no plan": "ingen plan", "scale": "skala",
}  # fmt: skip


def changes(former: Edition, present: Edition, thresholds: Thresholds) -> list[tuple[Any, ...]]:
    """(what, in the former release, in this one): every count, and all else that differs."""
    waves: Mapping[str, str] = next((c["values"] for c in present.columns if c["name"] == "wave"), {})
    found = difference(former, present, thresholds=thresholds)
    k = present.manifest["disclosure"]["k"]
    return [_count(change, waves, thresholds) if change.kind == COUNT else _change(change, k) for change in found]


def change_note(former: Edition, present: Edition, thresholds: Thresholds) -> str:
    """In a line, for the list of releases; counts of people are never in it."""
    found = [change for change in difference(former, present, thresholds=thresholds) if change.kind != COUNT]
    parts = (
        (_listed(change.what for change in found if change.aspect == ADDED), "nya kolumner: {}"),
        (_listed(change.what for change in found if change.aspect == REMOVED), "borttagna kolumner: {}"),
        (_listed(c.what for c in found if c.kind == COLUMN and c.aspect not in (ADDED, REMOVED)), "ändrade: {}"),
        (_listed(_told(change) for change in found if change.kind in (RULE, VERSION)), "{}"),
    )
    told = "; ".join(words.format(names) for names, words in parts if names)
    return f"{told[:1].upper()}{told[1:]}" or "Samma kolumner, regler och versioner"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _count(change: Change, waves: Mapping[str, str], thresholds: Thresholds) -> tuple[Any, ...]:
    told = "Personer" if change.what == "people" else f"Svar, {waves.get(change.what, change.what).lower()}"
    if change.former is None:
        return (told, "–", f"oförändrat, eller färre än {thresholds.cell} i skillnad")
    return (told, change.former, change.present)


def _change(change: Change, k: int) -> tuple[Any, ...]:
    told = _told(change)
    if change.aspect == "protection":
        return (told, _steps(change.former, k), _steps(change.present, k))
    return (told, _shown(change.former), _shown(change.present))


def _told(change: Change) -> str:
    if change.kind == COLUMN:
        return f"{_ASPECTS[change.aspect]} {change.what}"
    return f"{_OF_EACH[change.aspect]} {change.what}" if change.aspect else _OF_ALL[change.what]


def _steps(steps: list[str] | None, k: int) -> str:
    return "; ".join("lämnas inte ut" if step == "withheld" else recoding(step, k) for step in steps or ()) or "–"


def _shown(value: Any) -> str:
    """What manifest and codebook have for programs, as a Swede would read it."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key} = {_shown(one)}" for key, one in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return "–" if value in (None, "") else _WORDS.get(value, str(value))
