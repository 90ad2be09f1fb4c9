"""Whether the days that a consent names are days, the same in every language, in their order, and kept."""

from collections.abc import Iterator
from datetime import date

from kapabla.material.faults import say
from kapabla.material.studies.definition import Study
from kapabla.material.texts import Language
from kapabla.material.unread import as_far_as_read

_DAY = "datum_"
_KEY_ERASED, _ANSWERS_ERASED = "datum_nyckel", "datum_gallring"
_SWEDISH = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_ENGLISH = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTHS: dict[Language, tuple[str, ...]] = {"sv": _SWEDISH, "sv_easy": _SWEDISH, "en": _ENGLISH}


@as_far_as_read
def check_days(study: Study) -> Iterator[tuple[str, str]]:
    found: dict[str, set[date]] = {}
    for name in sorted(name for name in study.facts if name.startswith(_DAY)):
        days = {language: _day(written, _MONTHS[language]) for language, written in _written(study, name)}
        for language, written in _written(study, name):
            if days[language] is None:
                yield (
                    f"facts, {name}, {language}",
                    say(
                        "{given!r} is no day; write one that is, like 31 {month} 2028.",
                        given=written,
                        month=_MONTHS[language][-1],
                    ),
                )
        found[name] = {day for day in days.values() if day is not None}
        if len(found[name]) > 1:
            yield f"facts, {name}", "the languages name different days; write the same day in each."
    key, answers = found.get(_KEY_ERASED), found.get(_ANSWERS_ERASED)
    if key and answers and min(answers) < max(key):
        yield f"facts, {_ANSWERS_ERASED}", say("the day lies before {other}; write a later one.", other=_KEY_ERASED)
    yield from _check_retention(study, {_KEY_ERASED: key, _ANSWERS_ERASED: answers})


def _check_retention(study: Study, told: dict[str, set[date] | None]) -> Iterator[tuple[str, str]]:
    """What people were told is what is done, and nobody who has a link meets a study without its key."""
    kept = study.retention
    for fact, name, day in (
        (_KEY_ERASED, "study_key_on", kept.study_key_on), (_ANSWERS_ERASED, "answers_on", kept.answers_on),
    ):  # fmt: skip
        if told[fact] and told[fact] != {day}:
            yield f"retention, {name}", say("people are told another day in {fact}; write the same day.", fact=fact)
    for name, day, least, other in (
        ("study_key_on", kept.study_key_on, kept.identity_on, "identity_on"),
        ("release_keys_on", kept.release_keys_on, kept.releases_on, "releases_on"),
    ):
        if day < least:
            yield f"retention, {name}", say("the day lies before {other}; write a later one.", other=other)


def _written(study: Study, name: str) -> Iterator[tuple[Language, str]]:
    """In the languages whose months we know. What is written once, for every language, is read as Swedish."""
    fact = study.facts[name]
    if isinstance(fact, str):
        yield "sv", fact
        return
    for language in _MONTHS:
        written: str | None = getattr(fact, language)
        if written is not None:
            yield language, written


def _day(written: str, months: tuple[str, ...]) -> date | None:
    try:
        day, month, year = written.split()
        return date(int(year), months.index(month) + 1, int(day))
    except ValueError:
        return None
