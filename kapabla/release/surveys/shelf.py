"""Published results in the store: one a survey, which never changes, so that nobody can compare it with a later one."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from kapabla.errors import KapablaError, Refused
from kapabla.material.survey_results import SurveyResult, from_bytes
from kapabla.store import Store

PREFIX = "surveyed-"


class SurveyPublished(Refused):
    """The survey has a result already. Another of nearly the same people would tell of the few between them."""

    code = "survey_published"


@dataclass(frozen=True)
class PublishedSurvey:
    result: SurveyResult
    published_on: date


def publish_result(store: Store, body: bytes, *, approval: str, published_on: date) -> None:
    """The bytes that two have approved. The same once more changes nothing; others are refused (`SurveyPublished`)."""
    name = f"{PREFIX}{from_bytes(body).slug}"
    before = store.index(name)
    digest = store.put(body)
    if before is not None:
        if before["document"] != digest:
            raise SurveyPublished(survey=name.removeprefix(PREFIX))
        return
    store.put_index(name, {"document": digest, "approval": approval, "published_on": published_on.isoformat()})


def read_results(folder: Path) -> list[PublishedSurvey]:
    """The newest first. One that is not what it was is left out."""
    store, found = Store(folder), list[PublishedSurvey]()
    for name in store.names(PREFIX):
        index = store.index(name) or {}
        try:
            body = store.get(index["document"])
            found.append(PublishedSurvey(from_bytes(body), date.fromisoformat(index["published_on"])))
        except (KapablaError, ValidationError, KeyError, ValueError):
            continue
    return sorted(found, key=lambda one: one.result.closes_on, reverse=True)


def is_published(store: Store, slug: str) -> bool:
    return store.index(f"{PREFIX}{slug}") is not None
