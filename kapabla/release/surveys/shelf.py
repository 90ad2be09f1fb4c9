"""Published results in the store: a survey is counted once, so that nobody can compare it with another counting. A
correction is a version beside it, which takes figures away and says why; no version ever changes."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from pydantic import ValidationError

from kapabla.errors import KapablaError, Refused
from kapabla.material.survey_results import SurveyResult, from_bytes, only_takes_away
from kapabla.store import Store

PREFIX = "surveyed-"


class SurveyPublished(Refused):
    """The survey has a result already. Another of nearly the same people would tell of the few between them."""

    code = "survey_published"


@dataclass(frozen=True)
class PublishedSurvey:
    """`earlier`: the versions that hold no longer, the newest first."""

    result: SurveyResult
    published_on: date
    earlier: tuple["PublishedSurvey", ...] = ()


def publish_result(store: Store, body: bytes, *, approval: str, published_on: date) -> None:
    """The bytes that two have approved. The same once more changes nothing; others are refused (`SurveyPublished`)."""
    result = from_bytes(body)
    name = _name_of(result.slug, result.version)
    before = store.index(name)
    digest = store.put(body)
    if before is not None:
        if before["document"] != digest:
            raise SurveyPublished(survey=result.slug)
        return
    if result.version > 1 and not _corrects(store, result):
        raise SurveyPublished(survey=result.slug)
    store.put_index(name, {"document": digest, "approval": approval, "published_on": published_on.isoformat()})


def read_results(folder: Path) -> list[PublishedSurvey]:
    """The newest first, each as the version that holds. One that is not what it was is left out."""
    store, found = Store(folder), list[PublishedSurvey]()
    for name in store.names(PREFIX):
        index = store.index(name) or {}
        try:
            body = store.get(index["document"])
            found.append(PublishedSurvey(from_bytes(body), date.fromisoformat(index["published_on"])))
        except (KapablaError, ValidationError, KeyError, ValueError):
            continue
    found.sort(key=lambda one: (one.result.closes_on, one.result.slug, one.result.version), reverse=True)
    versions = [tuple(of_survey) for _, of_survey in groupby(found, key=lambda one: one.result.slug)]
    return [replace(newest, earlier=tuple(earlier)) for newest, *earlier in versions]


def _name_of(slug: str, version: int) -> str:
    return f"{PREFIX}{slug}" if version == 1 else f"{PREFIX}{slug}-{version:04d}"


def _corrects(store: Store, result: SurveyResult) -> bool:
    former = store.index(_name_of(result.slug, result.version - 1))
    return former is not None and only_takes_away(from_bytes(store.get(former["document"])), result)


def is_published(store: Store, slug: str) -> bool:
    return store.index(f"{PREFIX}{slug}") is not None
