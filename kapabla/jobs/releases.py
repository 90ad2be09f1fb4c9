"""Building a release that somebody ordered: the one place that reads the answers vault for it."""

import traceback
from dataclasses import dataclass, replace
from datetime import UTC, date
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from kapabla.answers.placement import Placement, ReleaseInclusion
from kapabla.clock import local_date
from kapabla.errors import KapablaError
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.people import Person, StepOver
from kapabla.material import Study, plan_hash
from kapabla.office import plans, release_register
from kapabla.office.releases import ReleaseRecord
from kapabla.outbox import Job
from kapabla.release import package, published
from kapabla.release.build import Built, build
from kapabla.release.disclosure import Thresholds, Withheld
from kapabla.release.documents.about import About
from kapabla.release.figures import make_dashboard
from kapabla.release.free_text import FILE as TEXTS_FILE
from kapabla.release.history import Former, History, answers_in
from kapabla.release.planned import plan_document, with_plan
from kapabla.release.pseudonyms import release_ids
from kapabla.release.test_people import marked
from kapabla.release.uniqueness import unique_on_answers
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work, table_of

log = structlog.get_logger("kapabla.jobs")
NO_REGISTRY_NUMBER = "no_registry_number"
# The fault is ours and not that of the data: what happened stands in the log.
BROKEN = "broken"


@dataclass(frozen=True)
class _Made:
    """What a build gives when all is computed and every file is in the store, before anything is registered."""

    built: Built
    manifest: dict[str, Any]
    manifest_hash: str
    # The releases that the figures were held against.
    beside: frozenset[str]


class Overtaken(KapablaError):
    """Another release was built meanwhile, and the figures of this one have not been held against it. Tried again."""

    code = "release_overtaken"


def build_release(service: Service, work: Work, name: str) -> ReleaseRecord:
    """Build, write and register the release. Whatever stops it, it ends as failed with a reason, and nothing of it is
    kept; only where a database is away does the order wait for another try.

    All that takes time is read and computed before `work` writes: on SQLite a participant's answer would wait for it.
    """
    try:
        with service.vaults.reading() as reading:
            record = release_register.get(reading.office, name)
            if record.state != "ordered":
                return record
            made = _make(service, reading, record)
    except Withheld as withheld:
        # Which column, or which earlier release: never a value.
        log.warning("release_withheld", release=name, **withheld.context)
        return give_up(service, work, name, str(withheld.context.get("reason", withheld.code)))
    except SQLAlchemyError:
        raise
    except Exception as error:  # trying again gives the same, and somebody is waiting for an answer
        _log_broken(name, error)
        return give_up(service, work, name, BROKEN)
    (record, seen), at = release_register.take_with_seen(work.office, name), service.clock()
    if record.state != "ordered":
        # A command and the jobs built it at the same moment: the same files, registered once.
        return record
    if {one.id for one in seen} - made.beside:
        raise Overtaken(release=name)
    _note_inclusion(work, name, made.built)
    release_register.built(
        work.office, record, people=len(made.built.ids), manifest=made.manifest, manifest_hash=made.manifest_hash,
        on=local_date(at), at=at,
    )  # fmt: skip
    return record


def give_up(service: Service, work: Work, name: str, reason: str) -> ReleaseRecord:
    """The order ends as failed and its key is destroyed, unless somebody else has built it meanwhile."""
    record = release_register.take(work.office, name)
    if record.state == "ordered":
        release_register.failed(work.office, record, reason)
        service.keys.destroy("release", name)
    return record


def clear_release(service: Service, work: Work, job: Job) -> None:
    """Of what will never be handed out the row in the register is all that is kept: key and files go, unless somebody
    who was to approve it has fetched some. Then later releases have to be held against it (decision 94)."""
    record = release_register.get(work.office, job.payload["release"])
    if record.state in ("refused", "failed") and not release_register.has_left(work.office, record.id):
        service.keys.destroy("release", record.id)
        Store(service.config.release_dir).remove(record.id)


def _log_broken(name: str, error: Exception) -> None:
    """What and where; not its words, which may hold an answer."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "release_broken", release=name, fault=type(error).__name__, file=Path(place.filename).name, line=place.lineno
    )


def _make(service: Service, reading: Work, record: ReleaseRecord) -> _Made:
    study, on = service.material.studies[record.study], local_date(service.clock())
    if not record.is_test and study.registry_number is None:
        # Research on people needs its approval first; test people are exempt, and every file says that they are such.
        raise Withheld(reason=NO_REGISTRY_NUMBER)
    service.keys.make("release", record.id, on)
    built = build(
        reading.answers, service.material, study, purpose=record.purpose, is_test=record.is_test,
        release_key=service.keys.get("release", record.id), on=on,
    )  # fmt: skip
    state = _plan_state(service, reading, study)
    plan = service.material.plans[study.id] if state is not None and state.holds else None
    return _publish(service, reading, record, replace(built, dataset=with_plan(built.dataset, plan)), state, on)


def _plan_state(service: Service, reading: Work, study: Study) -> plans.PlanState | None:
    if study.id not in service.material.plans:
        return None
    return plans.state_of(reading.office, study.id, plan_hash(study, service.material))


def _publish(
    service: Service, reading: Work, record: ReleaseRecord, built: Built, state: plans.PlanState | None, on: date
) -> _Made:
    """Every file into the store; the index comes last, so that a release is there whole or not at all."""
    store, study = Store(service.config.release_dir), service.material.studies[record.study]
    # First: where a former key is missing nothing has to be made before it is said.
    history = _history(service, reading, record, built)
    about = _about(service, record, built, on)
    dataset = marked(built.dataset) if record.is_test else built.dataset
    document = plan_document(study, service.material, holds=state is not None and state.holds) | _plan_told(state)
    files = package.files_of(dataset, about, built.texts, document)
    invited, opened = _invited_and_opened(reading, record)
    dashboard = make_dashboard(
        built.dataset, study, service.material, files=files, invited=invited, opened=opened, declined=built.declined,
        following=built.following, thresholds=Thresholds(service.config.min_cell),
        history=history,
    )  # fmt: skip
    manifest = _manifest(service, record, built, about, package.hashes_of(files)) | {"analysis_plan": _plan_told(state)}
    files, shapes = package.sealed(files, manifest, about), package.shapes_of(dataset, files)
    hashes = {name: store.put(body) for name, body in files.items()}
    figures = package.as_json(dashboard)
    store.put_index(
        record.id,
        {
            "title": about.title,
            "is_test": record.is_test,
            "citation": about.citation,
            "citation_en": about.citations["en"],
            "conditions": [condition["sv"] for condition in about.conditions],
            "conditions_en": [condition["en"] for condition in about.conditions],
            "files": [
                {"name": name, "sha256": hashes[name], "size": len(files[name]), "shape": shapes.get(name)}
                for name in sorted(files)
            ],
            "figures": store.put(figures),
        },
    )
    for body in (*files.values(), figures):
        # Once more, now that the index names it: a release that was removed meanwhile may have had the same file.
        store.put(body)
    told = {"sha256": {"manifest": hashes["manifest.json"]}}
    beside = frozenset(one.id for one in release_register.seen(reading.office, record))
    return _Made(built, manifest | told, hashes["manifest.json"], beside)


def _about(service: Service, record: ReleaseRecord, built: Built, on: date) -> About:
    study = service.material.studies[record.study]
    return About(
        release=record.id, study=study.id, study_title={"sv": study.title.sv, "en": study.title.get("en")},
        organisation=service.material.organisation.name, purpose=record.purpose, is_test=record.is_test, built_on=on,
        people=len(built.ids), min_cell=service.config.min_cell, registry_number=study.registry_number,
    )  # fmt: skip


def _history(service: Service, reading: Work, record: ReleaseRecord, built: Built) -> History:
    """Every other release of the study that somebody has seen or may see, with its people by their ids in this one.

    Whoever is in an earlier release and not in this one has left, and is counted by the id that nobody else has. A key
    that is gone cuts that release off, and nothing can be compared with it: the build waits for the key, or, where
    somebody has said that there is no copy of it (decision 114), shows nothing."""
    formers, cut_off = [], []
    for other in release_register.seen(reading.office, record):
        gone = _what_is_gone(service, other.id)
        if gone and other.state not in release_register.WITH_FILES:
            continue  # refused before decision 94, when nothing of it was kept
        if gone and service.keys.is_given_up("release", other.id):
            cut_off.append(other.id)
            continue
        if gone:
            raise Withheld(reason=gone, former=other.id)
        then = release_ids(service.keys.get("release", other.id), record.study, built.ids)
        ids = {then[subject]: now for subject, now in built.ids.items()}
        data = published.part(service.config.release_dir, other.id, "data_long.csv")
        was_locked = other.state in ("locked", "retired")
        is_ours = other.purpose == record.purpose and was_locked
        dashboard = published.dashboard(service.config.release_dir, other.id)
        formers.append(Former(other.id, dashboard, answers_in(data, ids), is_ours, was_locked))
    return History(record.id, tuple(formers), tuple(cut_off))


def _what_is_gone(service: Service, release: str) -> str:
    """Of what a release is compared by. Empty: nothing."""
    if not service.keys.has("release", release):
        return "former_key_gone"
    return "" if Store(service.config.release_dir).index(release) else "former_files_gone"


def _manifest(
    service: Service, record: ReleaseRecord, built: Built, about: About, hashes: dict[str, str]
) -> dict[str, Any]:
    """What `privacy.md` C4.8 lists. The key's id, never the key; counts, never a subject."""
    study = service.material.studies[record.study]
    waves = {
        wave: len({row["record_id"] for row in built.dataset.rows if row["wave"] == wave})
        for wave in built.dataset.waves
    }
    return {
        "title": about.title,
        "release": record.id,
        "study": record.study,
        "built_on": about.built_on.isoformat(),
        "purpose": record.purpose,
        "people": "test" if record.is_test else "real",
        "consent": {"id": study.consent.id, "version": study.consent.version},
        "consent_versions": [{"id": text, "version": version} for text, version in built.consent_versions],
        "registry_number": study.registry_number,
        "instrument_versions": study.instrument_versions,
        "n_people": len(built.ids),
        "n_per_wave": waves,
        "disclosure": built.k_report | {"unique_on_answers": unique_on_answers(built.dataset)},
        "free_text": _texts_told(built),
        "key_id": f"release-{record.id}",
        "software": "kapabla 0.1.0",
        "files": hashes,
    }


def _texts_told(built: Built) -> Any:
    if not built.texts:
        return "not included"
    items = sorted({text.item for text in built.texts})
    return {"file": TEXTS_FILE, "items": items, "texts": len(built.texts), "joined": False}


def _plan_told(state: plans.PlanState | None) -> dict[str, Any]:
    """The plan as it was when the release was built, and the one that was frozen before anybody answered."""
    if state is None:
        return {"state": "no plan"}
    frozen, at = state.frozen, state.frozen_at
    return {
        "state": state.word, "sha256": state.hash, "frozen_sha256": frozen.hash if frozen else None,
        "frozen_at": at.astimezone(UTC).isoformat(timespec="seconds") if at else None,
    }  # fmt: skip


def _invited_and_opened(work: Work, record: ReleaseRecord) -> tuple[int, int]:
    """Counts alone cross the border; `disclosure` passes them before they are shown."""
    person, step = table_of(Person), table_of(StepOver)
    people = (
        select(person.c.id)
        .join(table_of(Enrolment), table_of(Enrolment).c.person_id == person.c.id)
        .join(table_of(Cohort), table_of(Cohort).c.id == table_of(Enrolment).c.cohort_id)
        .where(table_of(Cohort).c.study == record.study, person.c.is_test.is_(record.is_test))
        .distinct()
    )
    invited = set(work.identity.scalars(people))
    opened = set(work.identity.scalars(select(step.c.person_id).where(step.c.step == "opened")))
    return len(invited), len(invited & opened)


def _note_inclusion(work: Work, name: str, built: Built) -> None:
    """Who was erased while it was built is not written down again."""
    table, placed = table_of(ReleaseInclusion), set(work.answers.scalars(select(table_of(Placement).c.subject)))
    rows = [{"subject": subject, "release": name} for subject in sorted(placed & built.ids.keys())]
    if rows:
        work.answers.execute(insert(table), rows)
