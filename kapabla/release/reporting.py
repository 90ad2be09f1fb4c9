"""A release's report, from its published files alone: HTML and tagged PDF, in Swedish and English (R11)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from kapabla.errors import NotFound, Refused
from kapabla.material import Material, Study
from kapabla.release import published
from kapabla.release.disclosure import Thresholds
from kapabla.release.documents.about import FOR
from kapabla.release.lots import arms_by_lot
from kapabla.release.report import Course, Described, Protected, as_html, as_pdf, report_of
from kapabla.release.test_people import TEST_MARK

LANGUAGES = {"sv": "rapport", "en": "report"}


def report_files(
    folder: Path, release: str, material: Material, *, manifest_hash: str, thresholds: Thresholds, on: date
) -> dict[str, bytes]:
    """rapport.html, rapport.pdf, report.html, report.pdf. The same release gives the same bytes, but for the day.

    Raises Refused for a release that differs by a few people from an earlier one: the two reports beside each other
    would tell what those few have answered (decision 70). Likewise for one that could not be held against an earlier
    one (decision 114)."""
    from analysis.evaluation import release_of

    if cut_off := published.cut_off(folder, release):
        raise Refused("report_cut_off", release=release, former=", ".join(cut_off))
    if former := published.few_from(folder, release):
        raise Refused("report_of_few", release=release, former=former)
    data, book = (published.part(folder, release, name) for name in ("data_long.csv", "codebook.json"))
    plan, manifest = (_json(folder, release, name) for name in ("plan.json", "manifest.json"))
    page = published.dashboard(folder, release)
    found = release_of(data, book, json.dumps(plan).encode())
    study = material.studies[manifest["study"]]
    protected = Protected(found, thresholds, hidden_waves(page, release, study))
    described = _described(
        release, material, plan, manifest, json.loads(book)["title"], manifest_hash, thresholds, on,
        randomised=arms_by_lot(found),
    )  # fmt: skip
    described = replace(described, page=page, plan_state=_state(described, study, found.waves))
    files = dict[str, bytes]()
    for lang, name in LANGUAGES.items():
        report = report_of(protected, described, lang)
        files |= {f"{name}.html": as_html(report), f"{name}.pdf": as_pdf(report)}
    return files


def _state(described: Described, study: Study, answered: Sequence[str]) -> str:
    is_late = froze_late(described.frozen_at, described.built_on, study, answered)
    if described.plan_state != "frozen" or not is_late:
        return described.plan_state
    return "frozen late, test people" if TEST_MARK in described.titles["sv"] else "frozen late"


def froze_late(frozen_on: str | None, built_on: str, study: Study, answered: Sequence[str]) -> bool:
    """Whether somebody must have answered before the plan was frozen: there are answers to a follow-up that had not
    opened yet, when the release was built, for who was over with the course on the day of the freeze."""
    if frozen_on is None:
        return False
    followed = (wave for wave in study.waves if wave.code in answered and wave.anchor == "completion")
    opened = (wave.opens_on(date.fromisoformat(frozen_on)) for wave in followed)
    return any(day > date.fromisoformat(built_on) for day in opened)


def hidden_waves(page: Mapping[str, Any], release: str, study: Study) -> list[str]:
    """The waves after the course of which the page does not tell how many answered, or not of this release."""
    rows = next((figure for figure in page.get("figures", []) if figure["id"] == "svar"), None)
    told = set[str]()
    if rows is not None and set(rows.get("of", [release])) == {release}:
        told = {row[0] for row in rows["table"]["rows"] if row[1] is not None}
    after = (wave for wave in study.waves if wave.anchor == "completion")
    return [wave.code for wave in after if wave.short_label.sv not in told]


def _json(folder: Path, release: str, name: str) -> dict[str, Any]:
    """A file of the release; empty for one that older releases do not have."""
    try:
        found: dict[str, Any] = json.loads(published.part(folder, release, name))
    except NotFound:
        return {}
    return found


def _described(
    release: str, material: Material, plan: Mapping[str, Any], manifest: Mapping[str, Any], title: str,
    manifest_hash: str, thresholds: Thresholds, on: date, *, randomised: bool,
) -> Described:  # fmt: skip
    study = material.studies[manifest["study"]]
    course = material.courses[study.course.id, study.course.version]
    made_for = FOR[manifest["purpose"]]["en"]
    mark = f" ({TEST_MARK}, example data)" if manifest["people"] == "test" else ""
    texts = [hypothesis["text"] for hypothesis in plan.get("plan", {}).get("hypotheses", [])]
    return Described(
        titles={"sv": title, "en": f"{study.title.get('en')}, data release {release} {made_for}{mark}"},
        release=release, organisation=material.organisation.name, built_on=manifest["built_on"],
        made_on=on.isoformat(), people=manifest["n_people"], min_cell=thresholds.cell,
        randomised=randomised,
        arms=tuple({"sv": arm.label.sv, "en": arm.label.get("en")} for arm in study.arms),
        plan_state=str(plan.get("state", "not frozen")), frozen_at=(plan.get("frozen_at") or "")[:10] or None,
        hypotheses=tuple({"sv": text["sv"], "en": text["en"] or text["sv"]} for text in texts),
        manifest=manifest_hash,
        course=Course(
            title={"sv": course.title.sv, "en": course.title.get("en")},
            summary={"sv": course.summary.sv, "en": course.summary.get("en")}, version=course.version,
            languages=tuple(course.languages),
            modules=tuple(({"sv": m.title.sv, "en": m.title.get("en")}, m.minutes) for m in course.modules),
        ),
    )  # fmt: skip
