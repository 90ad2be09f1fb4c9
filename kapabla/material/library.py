"""The material of a running process: the folder, and then what has been published and checked since. It looks for news
itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from kapabla.material.contact_checks import news_of_checks, read_checks, with_checks
from kapabla.material.faults import MaterialFaults
from kapabla.material.material import Material
from kapabla.material.promise_editions import news_of_editions, read_editions
from kapabla.material.published import news_of, read_published
from kapabla.material.surveys import news_of_surveys, read_surveys

LOOK_EVERY = timedelta(minutes=1)
Load = Callable[[Mapping[str, bytes]], Material]
log = structlog.get_logger("kapabla.material")


class Library:
    """What cannot be loaded beside the rest is left out, with a line in the log: `doctor` tells what it is.

    Versions never change and none goes away, so that two requests that meet at the moment of news both read true.
    """

    def __init__(self, root: Path, store: Path, load: Load) -> None:
        self._root, self._store, self._load = root, store, load
        self._known: frozenset[str] = frozenset()
        self._looked_at: datetime | None = None
        self._material = self._first()

    def material(self, at: datetime) -> Material:
        if self._looked_at is None:
            self._looked_at = at
        elif not self._looked_at <= at < self._looked_at + LOOK_EVERY:
            self._looked_at = at
            self._look()
        return self._material

    def _first(self) -> Material:
        """A fault of the folder stops the start; one of what has been published does not."""
        self._known = self._news()
        shelved = read_published(self._store, self._root)
        try:
            return self._checked(self._load(shelved.files))
        except MaterialFaults as error:
            if not shelved.files:
                raise
            log.error("published_material_left_out", faults=len(error.faults))
            return self._checked(self._load({}))

    def _news(self) -> frozenset[str]:
        of_all = (news_of, news_of_checks, news_of_editions, news_of_surveys)
        return frozenset().union(*(news(self._store) for news in of_all))

    def _checked(self, material: Material) -> Material:
        checks, (editions, damaged) = read_checks(self._store), read_editions(self._store)
        surveys, odd = read_surveys(self._store)
        for name in (*damaged, *odd):
            log.error("published_promises_left_out" if name in damaged else "published_survey_left_out", name=name)
        if not checks and not editions and not surveys:
            return material
        return replace(
            material, contacts=with_checks(material.contacts, checks), promise_editions=editions, surveys=surveys
        )

    def _look(self) -> None:
        names = self._news()
        if names == self._known:
            return
        self._known = names
        shelved = read_published(self._store, self._root)
        try:
            self._material = self._checked(self._load(shelved.files))
        except MaterialFaults as error:
            log.error("published_material_left_out", faults=len(error.faults))
