"""What differs between two releases (F5): counts, columns, rules and versions, by their manifests and codebooks.

No row is read, and no count is told that would say that one person, or a few, have come or gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kapabla.errors import Refused
from kapabla.release.disclosure import Thresholds, told_apart

COUNT, COLUMN, RULE, VERSION = "count", "column", "rule", "version"
ADDED, REMOVED = "added", "removed"
# What the codebook says of a column that matters to whoever reads both files.
_ASPECTS = (
    "kind", "labels", "values", "minimum", "maximum", "decimals", "missing", "construct", "kirkpatrick_level",
    "instrument_version", "waves", "measure", "quasi_identifier", "importance", "sensitive", "reversed_in_scale",
    "scoring", "planned", "disclosure",
)  # fmt: skip


@dataclass(frozen=True)
class Edition:
    """A release as its manifest and its codebook tell of it."""

    manifest: Mapping[str, Any]
    columns: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """One difference. kind: count, column, rule or version. what: `people`, the code of a wave, a column, an
    instrument, or else what the rule or version is of. aspect: of a column `added`, `removed` or a key of the codebook;
    `protection` of a quasi-identifier; `instrument`. former, present: as the manifests and codebooks have them; of a
    count None in both where the difference is not told (it is none, or less than the smallest cell)."""

    kind: str
    what: str
    aspect: str
    former: Any
    present: Any


def difference(former: Edition, present: Edition, *, thresholds: Thresholds) -> tuple[Change, ...]:
    """Every count, and all else that differs. Example: Change("column", "role", "disclosure", "kept", "recoded").

    Raises `Refused` for two studies, or real people beside test people: there is nothing to compare.
    """
    for key in ("study", "people"):
        if former.manifest[key] != present.manifest[key]:
            raise Refused("releases_not_alike", former=former.manifest["release"], present=present.manifest["release"])
    return (
        *_counts(former.manifest, present.manifest, thresholds),
        *_columns(former.columns, present.columns),
        *_differing(RULE, _rules(former.manifest), _rules(present.manifest)),
        *_differing(VERSION, _versions(former.manifest), _versions(present.manifest)),
    )


def _counts(former: Mapping[str, Any], present: Mapping[str, Any], thresholds: Thresholds) -> Iterator[Change]:
    waves = dict.fromkeys((*former["n_per_wave"], *present["n_per_wave"]))
    counts = {"people": (former["n_people"], present["n_people"])}
    counts |= {wave: (former["n_per_wave"].get(wave, 0), present["n_per_wave"].get(wave, 0)) for wave in waves}
    for what, (then, now) in counts.items():
        told = told_apart(then, now, thresholds=thresholds)
        yield Change(COUNT, what, "", *(told or (None, None)))


def _columns(former: Sequence[Mapping[str, Any]], present: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    then, now = ({column["name"]: column for column in columns} for columns in (former, present))
    yield from (Change(COLUMN, name, ADDED, None, name) for name in now if name not in then)
    yield from (Change(COLUMN, name, REMOVED, name, None) for name in then if name not in now)
    for name in now:
        # An older codebook may know less of its columns; what it does not say has not changed.
        known = [aspect for aspect in _ASPECTS if name in then and aspect in then[name] and aspect in now[name]]
        for aspect in known:
            if then[name][aspect] != now[name][aspect]:
                yield Change(COLUMN, name, aspect, then[name][aspect], now[name][aspect])


def _rules(manifest: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """What was decided of the whole, and of each quasi-identifier; never how many people it met."""
    report = manifest["disclosure"]
    found = {("purpose", ""): manifest["purpose"], ("free_text", ""): manifest["free_text"]}
    found |= {(name, ""): report[name] for name in ("k", "l")}
    # Releases from before blanks were told together list their quasi-identifiers by what was missing.
    for name in report.get("quasi_identifiers", report.get("missing_before", ())):
        steps = [step.partition(": ")[2] for step in report["recodings"] if step.partition(": ")[0] == name]
        found[name, "protection"] = ["withheld"] if name in report["withheld"] else steps
    return found


def _versions(manifest: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    texts = manifest.get("consent_versions", [manifest["consent"]])
    plan = manifest.get("analysis_plan", {})
    return {
        **{(name, "instrument"): version for name, version in manifest["instrument_versions"].items()},
        ("consent", ""): [f"{text['id']} {text['version']}" for text in texts],
        ("registry_number", ""): manifest["registry_number"],
        ("analysis_plan", ""): plan.get("sha256"),
        ("analysis_plan_state", ""): plan.get("state"),
        ("software", ""): manifest["software"],
    }


def _differing(
    kind: str, former: Mapping[tuple[str, str], Any], present: Mapping[tuple[str, str], Any]
) -> Iterator[Change]:
    for what, aspect in dict.fromkeys((*former, *present)):
        then, now = former.get((what, aspect)), present.get((what, aspect))
        if then != now:
            yield Change(kind, what, aspect, then, now)
