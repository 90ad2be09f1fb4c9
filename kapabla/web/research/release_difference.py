"""What differs between a release and the one before it, in words (R09, F5). `release.difference` says what is told."""

from collections.abc import Iterable, Mapping
from typing import Any

from kapabla.release.difference import ADDED, COLUMN, COUNT, REMOVED, RULE, VERSION, Change, Edition, difference
from kapabla.release.disclosure import Thresholds
from kapabla.release.figures.telling import Told
from kapabla.web.research.choosing import told_in
from kapabla.web.research.risk_report import PROTECTIONS, recodings

FIRST_OF_ITS_KIND = Told("Första utgåvan av sitt slag", "The first release of its kind")
# Of a column, of each of several, and of the release as a whole.
_ASPECTS = {
    "added": Told("Ny kolumn:", "New column:"),
    "removed": Told("Kolumn som är borta:", "Column that is gone:"),
    "kind": Told("Typ av", "Type of"),
    "labels": Told("Text till", "Text of"),
    "values": Told("Värden i", "Values of"),
    "minimum": Told("Lägsta värde i", "Lowest value of"),
    "maximum": Told("Högsta värde i", "Highest value of"),
    "decimals": Told("Decimaler i", "Decimals of"),
    "missing": Told("Orsaker till tomma celler i", "Reasons for blank cells in"),
    "construct": Told("Vad som mäts med", "What is measured by"),
    "kirkpatrick_level": Told("Nivå för", "Level of"),
    "instrument_version": Told("Frågornas version för", "Version of the questions for"),
    "waves": Told("Mättillfällen för", "Waves of"),
    "measure": Told("Mätnivå för", "Level of measurement of"),
    "quasi_identifier": Told("Kvasiidentifierare:", "Quasi-identifier:"),
    "importance": Told("Ordning bland kvasiidentifierare för", "Order among quasi-identifiers of"),
    "sensitive": Told("Känslig fråga:", "Sensitive question:"),
    "reversed_in_scale": Told("Vänd i sin skala:", "Reversed in its scale:"),
    "scoring": Told("Uträkning av", "Scoring of"),
    "planned": Told("Utfall enligt planen:", "Outcome of the plan:"),
    "disclosure": Told("Skydd av", "Protection of"),
}
_OF_EACH = {
    "protection": Told("Sammanslagning av", "Merging of"),
    "instrument": Told("Version av frågorna", "Version of the questions"),
}
_OF_ALL = {
    "purpose": Told("Syfte", "Purpose"),
    "free_text": Told("Fritext", "Free text"),
    "k": Told("Minsta grupp (k)", "Smallest group (k)"),
    "l": Told("Minst antal olika svar på en känslig fråga (l)", "Fewest different answers to a sensitive question (l)"),
    "consent": Told("Samtyckestext", "Consent text"),
    "registry_number": Told(
        "Diarienummer hos Etikprövningsmyndigheten", "Registry number at the Swedish Ethical Review Authority"
    ),
    "analysis_plan": Told("Analysplanens kontrollsumma", "Checksum of the analysis plan"),
    "analysis_plan_state": Told("Analysplanens läge", "State of the analysis plan"),
    "software": Told("Programversion", "Version of the program"),
}
_WORDS = {
    **PROTECTIONS,
    "evaluation": Told("Utvärdering", "Evaluation"),
    "sharing": Told("Delning", "Sharing"),
    "not included": Told("ingår inte", "not included"),
    "frozen": Told("fryst", "frozen"),
    "not frozen": Told("inte fryst", "not frozen"),
    "no plan": Told("ingen plan", "no plan"),
    "scale": Told("skala", "scale"),
}
_YES, _NO = Told("ja", "yes"), Told("nej", "no")
_ALIKE = Told("Samma kolumner, regler och versioner", "The same columns, rules and versions")


def changes(former: Edition, present: Edition, thresholds: Thresholds, tongue: str) -> list[tuple[Any, ...]]:
    """(what, in the former release, in this one): every count, and all else that differs."""
    labels = "values_en" if tongue == "en" else "values"
    waves: Mapping[str, str] = next((c.get(labels, {}) for c in present.columns if c["name"] == "wave"), {})
    found = difference(former, present, thresholds=thresholds)
    k = present.manifest["disclosure"]["k"]
    return [
        _count(change, waves, thresholds, tongue) if change.kind == COUNT else _change(change, k, tongue)
        for change in found
    ]


def change_note(former: Edition, present: Edition, thresholds: Thresholds, tongue: str) -> str:
    """In a line, for the list of releases; counts of people are never in it."""
    found = [change for change in difference(former, present, thresholds=thresholds) if change.kind != COUNT]
    changed = (c.what for c in found if c.kind == COLUMN and c.aspect not in (ADDED, REMOVED))
    parts = (
        (
            _listed(change.what for change in found if change.aspect == ADDED),
            Told("nya kolumner: {}", "new columns: {}"),
        ),
        (
            _listed(change.what for change in found if change.aspect == REMOVED),
            Told("borttagna kolumner: {}", "columns gone: {}"),
        ),
        (_listed(changed), Told("ändrade: {}", "changed: {}")),
        (_listed(_told(change, tongue) for change in found if change.kind in (RULE, VERSION)), Told("{}", "{}")),
    )
    told = "; ".join(told_in(tongue, words).format(names) for names, words in parts if names)
    return f"{told[:1].upper()}{told[1:]}" or told_in(tongue, _ALIKE)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _count(change: Change, waves: Mapping[str, str], thresholds: Thresholds, tongue: str) -> tuple[Any, ...]:
    wave = waves.get(change.what, change.what).lower()
    told = Told("Personer", "People") if change.what == "people" else Told(f"Svar, {wave}", f"Answers, {wave}")
    if change.former is None:
        few = thresholds.cell
        alike = Told(f"oförändrat, eller färre än {few} i skillnad", f"unchanged, or differs by fewer than {few}")
        return (told_in(tongue, told), "–", told_in(tongue, alike))
    return (told_in(tongue, told), change.former, change.present)


def _change(change: Change, k: int, tongue: str) -> tuple[Any, ...]:
    told = _told(change, tongue)
    if change.aspect == "protection":
        return (told, _steps(change.former, k, tongue), _steps(change.present, k, tongue))
    return (told, _shown(change.former, tongue), _shown(change.present, tongue))


def _told(change: Change, tongue: str) -> str:
    if change.kind == COLUMN:
        return f"{told_in(tongue, _ASPECTS[change.aspect])} {change.what}"
    if change.aspect:
        return f"{told_in(tongue, _OF_EACH[change.aspect])} {change.what}"
    return told_in(tongue, _OF_ALL[change.what])


def _steps(steps: list[str] | None, k: int, tongue: str) -> str:
    return recodings(steps or (), k, tongue) or "–"


def _shown(value: Any, tongue: str) -> str:
    """What manifest and codebook have for programs, as people would read it."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key} = {_shown(one, tongue)}" for key, one in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    if isinstance(value, bool):
        return told_in(tongue, _YES if value else _NO)
    if value in (None, ""):
        return "–"
    return told_in(tongue, _WORDS[value]) if value in _WORDS else str(value)
