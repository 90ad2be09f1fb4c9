"""What an approver has to know of a release, in words: who could be told apart, and what was done.

Read from the manifest and the codebook alone, so that it says what the files say. `tongue`: sv or en.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kapabla.release.figures.telling import Told
from kapabla.web.research.choosing import told_in

Manifest = Mapping[str, Any]
Columns = Sequence[Mapping[str, Any]]
# What protection did to a column, by the codebook's word for it.
PROTECTIONS = {
    "kept": Told("som det svarades", "as answered"),
    "at_least_once": Told("minst en gång eller aldrig", "at least once or never"),
    "recoded": Told("sammanslagen", "merged"),
    "withheld": Told("lämnas inte ut", "withheld"),
}
_AS_IT_WAS = Told("som den var", "as it was")
# What others saw of how somebody took the course, coarser where few share it; no quasi-identifiers of the study's own.
_PACE = (
    "gate_overridden", "course_version", "attempts", "share_of_modules", "weeks_to_complete", "weeks_since_training",
    "period", "treatment",
)  # fmt: skip
# Releases from before blanks were told together have them by cause.
_CAUSES = ("missing_before", "blanked", "blanked_for_sensitive", "blanked_for_pattern")


def measures(manifest: Manifest, tongue: str) -> list[tuple[Any, ...]]:
    """(measure, before the protection, after it)."""
    found = [
        *_of_groups(manifest["disclosure"]),
        *_texts(manifest.get("free_text")),
        *_what_cannot_be_prevented(manifest["disclosure"]),
    ]
    return [(told_in(tongue, told), *(_number(one, tongue) for one in numbers)) for told, *numbers in found]


def _number(found: Any, tongue: str) -> Any:
    return told_in(tongue, found) if isinstance(found, Told) else found


def _of_groups(report: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    k, fewest = report["k"], report["l"]
    alike = Told("uppgifter och studiearm", "facts and arm") if _counts_arm(report) else Told("uppgifter", "facts")
    return [
        (
            Told(
                f"Minsta grupp med samma {alike.sv}, minst {k} krävs",
                f"Smallest group with the same {alike.en}, at least {k} required",
            ),
            report["k_before"], report["k_after"],
        ),
        (
            Told("Personer som är ensamma om sina uppgifter", "People who are alone with their facts"),
            _about(report["unique_before"], k), report["unique_after"],
        ),
        (
            Told(f"Personer i grupper med färre än {k}", f"People in groups of fewer than {k}"),
            _about(report["below_k_before"], k), report["below_k_after"],
        ),
        *_with_pattern(report),
        (
            Told(
                f"Minst antal olika svar på en känslig fråga i en grupp, minst {fewest} krävs",
                f"Fewest different answers to a sensitive question in a group, at least {fewest} required",
            ),
            _or_dash(report["l_before"]), _or_dash(report["l_after"]),
        ),
        (
            Told("Personer som inte har någon av uppgifterna kvar", "People who have none of the facts left"),
            "–", _about(report["people_without_values"], k),
        ),
    ]  # fmt: skip


def _counts_arm(report: Mapping[str, Any]) -> bool:
    """Releases from before the arm was counted do not tell how many are below k with the pattern either."""
    return "below_k_with_pattern_after" in report


def _with_pattern(report: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    if not _counts_arm(report):
        return []
    text = Told(
        f"Personer i grupper med färre än {report['k']}, när det också räknas hur långt de kom",
        f"People in groups of fewer than {report['k']}, when how far they came counts too",
    )
    before = _about(report["below_k_with_pattern_before"], report["k"])
    return [(text, before, report["below_k_with_pattern_after"])]


def _texts(told: Any) -> list[tuple[Any, ...]]:
    """Only where there are any: no rule measures what a way of writing gives away, and a person has read each."""
    words = Told("Texter i fritext, lästa av en person", "Free texts, read by a person")
    return [(words, "–", told["texts"])] if isinstance(told, Mapping) else []


def protections(manifest: Manifest, columns: Columns, tongue: str) -> list[tuple[Any, ...]]:
    """(quasi-identifier, what was done to the column, people who have no value in it)."""
    report, names = manifest["disclosure"], {column["name"]: column["labels"][tongue] for column in columns}
    rows = list[tuple[Any, ...]]()
    for name in report.get("quasi_identifiers", report.get("missing_before", ())):
        left = "–" if name in report["withheld"] else _number(_about(_blank(report, name), report["k"]), tongue)
        rows.append((names.get(name, name), _done(report, name, tongue), left))
    pace = ((name, _done(report, name, tongue)) for name in _PACE)
    return rows + [(names.get(name, name), done, "–") for name, done in pace if done != told_in(tongue, _AS_IT_WAS)]


def _blank(report: Mapping[str, Any], name: str) -> int:
    """For every cause together: a cause of its own would tell how many there are with a protected identity."""
    if "blank" in report:
        return int(report["blank"][name])
    return sum(report[cause].get(name, 0) for cause in _CAUSES)


def _about(count: int, k: int) -> str | Told:
    """So coarse that neither a few nor the difference between two counts is told. Example: 7 of k = 5 is "5–9"."""
    least = count - count % k
    return f"{least}–{least + k - 1}" if least else Told(f"färre än {k}", f"fewer than {k}")


def _what_cannot_be_prevented(report: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """By somebody who knows more than others can. Releases from before this was counted do not tell it."""
    rows = list[tuple[Any, ...]]()
    if "below_k_with_exact_waves" in report:
        text = Told(
            f"Personer i grupper med färre än {report['k']}, för den som vet exakt vilka tillfällen de har svarat på",
            f"People in groups of fewer than {report['k']}, to whoever knows exactly at which waves they answered",
        )
        rows.append((text, "–", report["below_k_with_exact_waves"]))
    unique = report.get("unique_on_answers", {})
    if unique.get("share") is not None:
        text = Told(
            "Andel som är ensamma, för den som dessutom vet tre av deras svar",
            "Share who are alone, to whoever knows three of their answers too",
        )
        share = round(100 * unique["share"])
        rows.append((text, "–", Told(f"{share}\u00a0%", f"{share}%")))
    return rows


def _done(report: Mapping[str, Any], name: str, tongue: str) -> str:
    if name in report["withheld"]:
        return told_in(tongue, PROTECTIONS["withheld"])
    steps = [action.partition(": ")[2] for action in report["recodings"] if action.partition(": ")[0] == name]
    return recodings(steps, report["k"], tongue) or told_in(tongue, _AS_IT_WAS)


def recodings(steps: Sequence[str], k: int, tongue: str) -> str:
    return "; ".join(_recoding(step, k, tongue) for step in _that_hold(steps))


def _that_hold(steps: Sequence[str]) -> list[str]:
    """Without the steps on the way: whoever merges the trades of fewer than 40 has merged those of fewer than 20 too.

    >>> _that_hold(["roles of fewer than k", "roles of fewer than 2 k", "two bands"])
    ['roles of fewer than 2 k', 'two bands']
    """
    by_kind = {next((kind for kind in (_ROLES, _WEEKS) if step.startswith(kind)), step): step for step in steps}
    return list(by_kind.values())


# Steps that each go further than the one before.
_ROLES, _WEEKS = "roles of fewer than ", "steps of "
_STEPS = {
    "withheld": PROTECTIONS["withheld"],
    "all or not": Told("alla delar, eller inte alla", "all modules, or not all"),
    "two bands": Told(
        "två grupper: högst 3 veckor, och 4 veckor eller mer", "two groups: at most 3 weeks, and 4 weeks or more"
    ),
    "two age bands": Told(
        "två åldersgrupper: under 50 år, och 50 år eller äldre", "two age groups: under 50, and 50 or older"
    ),
    "other or declined": Told(
        "”annat” och ”vill inte svara” är sammanslagna", "“other” and “do not want to answer” are merged"
    ),
    "few in the room": Told(
        "få som bara var i rummet räknas till dem som var där helt eller delvis",
        "few who were only in the room are counted with those who were there wholly or partly",
    ),
    "few of a way": Told("alla sätt att gå utbildningen är sammanslagna", "all ways of taking the course are merged"),
    "in the room at all": Told(
        "i rummet, helt eller delvis, är en grupp", "in the room, wholly or partly, is one group"
    ),
}


def _recoding(step: str, k: int, tongue: str) -> str:
    """The manifest's own words, which programs read, as people would say it."""
    if step.startswith(_ROLES):
        people = int(step.removeprefix(_ROLES).removesuffix("k").strip() or 1) * k
        told = Told(
            f"yrken med färre än {people} personer är sammanslagna", f"trades of fewer than {people} are merged"
        )
    elif step.startswith(_WEEKS):
        weeks = step.split()[2]
        told = Told(f"avrundat nedåt i steg om {weeks} veckor", f"rounded down in steps of {weeks} weeks")
    else:
        told = _STEPS.get(step, Told(step, step))
    return told_in(tongue, told)


def _or_dash(value: int | None) -> int | str:
    return "–" if value is None else value
