"""The results of a course for everybody: of its newest release that two have approved, and gone when there is none."""

import json
from typing import Any

from kapabla.errors import NotFound
from kapabla.material.course_results import name_of
from kapabla.office import release_register
from kapabla.outbox import Job
from kapabla.release import published
from kapabla.release.course_results import course_results, hardly_differs
from kapabla.release.disclosure import Thresholds
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work


def publish_results(service: Service, work: Work, job: Job) -> None:
    """Asked for when a release is locked or taken back. Done twice it is done once: what holds now is written."""
    record = release_register.get(work.office, job.payload["release"])
    store, name = Store(service.config.release_dir), name_of(record.study, is_test=record.is_test)
    newest = release_register.newest_evaluation(work.office, record.study, is_test=record.is_test)
    if newest is None or newest.built_on is None:
        store.remove(name)
        return
    try:
        page = published.dashboard(service.config.release_dir, newest.id)
    except NotFound:
        return
    retired = record.id if record.state == "retired" else ""
    if page.get("cut_off") and _former(store, name, retired=retired):
        # It tells nothing; what stands there was told before, and holds.
        return
    thresholds = Thresholds(service.config.min_cell_public)
    document = course_results(
        page, release=newest.id, built_on=newest.built_on, is_test=newest.is_test, thresholds=thresholds
    )
    former = _former(store, name, retired=retired)
    if former and hardly_differs(former, document, thresholds):
        return
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    store.put_index(name, {"document": store.put(text.encode())})


def _former(store: Store, name: str, *, retired: str) -> dict[str, Any] | None:
    """What stands there now, unless it is of the release that has been taken back."""
    index = store.index(name)
    found: dict[str, Any] | None = json.loads(store.get(index["document"])) if index else None
    return found if found and found["release"] != retired else None
