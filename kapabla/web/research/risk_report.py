"""What an approver has to know of a release, in words: who could be told apart, and what was done.

Read from the manifest and the codebook alone, so that it says what the files say.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Manifest = Mapping[str, Any]
Columns = Sequence[Mapping[str, Any]]
# What protection did to a column, by the codebook's word for it.
PROTECTIONS = {
    "kept": "som det svarades", "at_least_once": "minst en gång eller aldrig", "recoded": "sammanslagen",
    "withheld": "lämnas inte ut",
}  # fmt: skip
_AS_IT_WAS = "som den var"
# What somebody took of the course, coarser where few share it; no quasi-identifiers of the study's own.
_PACE = ("share_of_modules", "weeks_to_complete", "weeks_since_training")
# Releases from before blanks were told together have them by cause.
_CAUSES = ("missing_before", "blanked", "blanked_for_sensitive", "blanked_for_pattern")


def measures(manifest: Manifest) -> list[tuple[Any, ...]]:
    """(measure, before the protection, after it)."""
    report = manifest["disclosure"]
    k, fewest = report["k"], report["l"]
    alike = "uppgifter och studiearm" if _counts_arm(report) else "uppgifter"
    return [
        (f"Minsta grupp med samma {alike}, minst {k} krävs", report["k_before"], report["k_after"]),
        ("Personer som är ensamma om sina uppgifter", report["unique_before"], report["unique_after"]),
        (f"Personer i grupper med färre än {k}", report["below_k_before"], report["below_k_after"]),
        *_with_pattern(report),
        (
            f"Minst antal olika svar på en känslig fråga i en grupp, minst {fewest} krävs",
            _or_dash(report["l_before"]), _or_dash(report["l_after"]),
        ),
        ("Personer som inte har någon av uppgifterna kvar", "–", _about(report["people_without_values"], k)),
        *_texts(manifest.get("free_text")),
        *_what_cannot_be_prevented(report),
    ]  # fmt: skip


def _counts_arm(report: Mapping[str, Any]) -> bool:
    """Releases from before the arm was counted do not tell how many are below k with the pattern either."""
    return "below_k_with_pattern_after" in report


def _with_pattern(report: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    if not _counts_arm(report):
        return []
    text = f"Personer i grupper med färre än {report['k']}, när det också räknas hur långt de kom"
    return [(text, report["below_k_with_pattern_before"], report["below_k_with_pattern_after"])]


def _texts(told: Any) -> list[tuple[Any, ...]]:
    """Only where there are any: no rule measures what a way of writing gives away, and a person has read each."""
    return [("Texter i fritext, lästa av en person", "–", told["texts"])] if isinstance(told, Mapping) else []


def protections(manifest: Manifest, columns: Columns) -> list[tuple[Any, ...]]:
    """(quasi-identifier, what was done to the column, people who have no value in it)."""
    report, names = manifest["disclosure"], {column["name"]: column["labels"]["sv"] for column in columns}
    rows = list[tuple[Any, ...]]()
    for name in report.get("quasi_identifiers", report.get("missing_before", ())):
        left = "–" if name in report["withheld"] else _about(_blank(report, name), report["k"])
        rows.append((names.get(name, name), _done(report, name), left))
    pace = ((name, _done(report, name)) for name in _PACE)
    return rows + [(names.get(name, name), done, "–") for name, done in pace if done != _AS_IT_WAS]


def _blank(report: Mapping[str, Any], name: str) -> int:
    """For every cause together: a cause of its own would tell how many there are with a protected identity."""
    if "blank" in report:
        return int(report["blank"][name])
    return sum(report[cause].get(name, 0) for cause in _CAUSES)


def _about(count: int, k: int) -> str:
    """So coarse that neither a few nor the difference between two counts is told. Example: 7 of k = 5 is "5–9"."""
    least = count - count % k
    return f"{least}–{least + k - 1}" if least else f"färre än {k}"


def _what_cannot_be_prevented(report: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """By somebody who knows more than others can. Releases from before this was counted do not tell it."""
    rows = list[tuple[Any, ...]]()
    if "below_k_with_exact_waves" in report:
        text = f"Personer i grupper med färre än {report['k']}, för den som vet exakt vilka tillfällen de har svarat på"
        rows.append((text, "–", report["below_k_with_exact_waves"]))
    unique = report.get("unique_on_answers", {})
    if unique.get("share") is not None:
        text = "Andel som är ensamma, för den som dessutom vet tre av deras svar"
        rows.append((text, "–", f"{round(100 * unique['share'])}\u00a0%"))
    return rows


def _done(report: Mapping[str, Any], name: str) -> str:
    if name in report["withheld"]:
        return "lämnas inte ut"
    steps = [action.partition(": ")[2] for action in report["recodings"] if action.partition(": ")[0] == name]
    return "; ".join(recoding(step, report["k"]) for step in steps) or _AS_IT_WAS


def recoding(step: str, k: int) -> str:
    """The manifest's own words, which programs read, as a Swede would say it."""
    if step.startswith("roles of fewer than "):
        times = step.removeprefix("roles of fewer than ").removesuffix("k").strip()
        return f"yrken med färre än {int(times or 1) * k} personer är sammanslagna"
    if step.startswith("steps of "):
        return f"avrundat nedåt i steg om {step.split()[2]} veckor"
    known = {
        "withheld": "lämnas inte ut",
        "all or not": "alla delar, eller inte alla",
        "two bands": "två grupper: högst 3 veckor, och 4 veckor eller mer",
        "two age bands": "två åldersgrupper: under 50 år, och 50 år eller äldre",
        "other or declined": "”annat” och ”vill inte svara” är sammanslagna",
        "few in the room": "få som bara var i rummet räknas till dem som var där helt eller delvis",
        "few of a way": "alla sätt att gå utbildningen är sammanslagna",
        "in the room at all": "i rummet, helt eller delvis, är en grupp",
    }
    return known.get(step, step)


def _or_dash(value: int | None) -> int | str:
    return "–" if value is None else value
