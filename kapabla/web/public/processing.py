"""The register of processing that people are shown (B10), from `processing.toml`. Every table of every vault belongs to
one purpose here by its retention class: a test fails when a table is made that no purpose tells of."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kapabla.material import Study, fill
from kapabla.material.texts import Frozen, Language, Text, languages_of

_FACTS = Path(__file__).with_suffix(".toml")


class Purpose(Frozen):
    """`kept` may name facts of the study in braces. `classes` are the retention classes of the tables it covers."""

    what: Text
    data: Text
    basis: Text
    responsible: Text
    recipients: Text
    kept: Text
    classes: tuple[str, ...]


class Cookie(Frozen):
    name: str
    why: Text
    until: Text


class Processing(Frozen):
    authority: Text
    disclosure: Text
    purposes: tuple[Purpose, ...]
    cookies: tuple[Cookie, ...]


@dataclass(frozen=True)
class ToldPurpose:
    """In one language, with the dates and decisions of the study that is going on, as its consent text tells them."""

    what: str
    data: str
    basis: str
    responsible: str
    recipients: str
    kept: str


@cache
def processing() -> Processing:
    facts = tomllib.loads(_FACTS.read_text(encoding="utf-8"))
    return Processing.model_validate(facts, strict=False)


def written_in() -> tuple[Language, ...]:
    return languages_of(processing())


def told_purposes(studies: Iterable[Study], language: Language) -> list[ToldPurpose]:
    facts = next(iter(studies)).facts_in(language)
    return [_told(purpose, language, facts) for purpose in processing().purposes]


def _told(purpose: Purpose, language: Language, facts: Mapping[str, str]) -> ToldPurpose:
    return ToldPurpose(
        what=purpose.what.get(language),
        data=purpose.data.get(language),
        basis=purpose.basis.get(language),
        responsible=purpose.responsible.get(language),
        recipients=purpose.recipients.get(language),
        kept=fill(purpose.kept.get(language), facts),
    )
