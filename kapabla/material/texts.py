"""An authored text in its languages, and the frozen model that every authored object is made of."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, field_validator

from kapabla.errors import KapablaError
from kapabla.material.unread import UNREAD

# Swedish must be complete; the others are shown only when a whole page is (`design/README.md`, Languages).
# `sv_easy` is easy Swedish; `se`, `sma`, `sju` are North, South and Ume Sámi; `fit` is Meänkieli.
Language = Literal["sv", "sv_easy", "en", "se", "sma", "sju", "fi", "fit"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Frozen(BaseModel):
    """Strict, immutable, and closed to keys that nobody has defined."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_unread(cls, value: Any, read: ValidatorFunctionWrapHandler) -> Any:
        """No file can say `UNREAD`: it is put in for a value whose fault has been told."""
        return value if value is UNREAD else read(value)


class Text(Frozen):
    sv: Annotated[str, Field(min_length=1)]
    sv_easy: str | None = None
    en: str | None = None
    se: str | None = None
    sma: str | None = None
    sju: str | None = None
    fi: str | None = None
    fit: str | None = None

    def get(self, language: str) -> str:
        """The text in the language, or in Swedish where it has not been translated."""
        if language not in LANGUAGES:
            raise UnknownLanguage(language=language)
        written: str | None = getattr(self, language)
        return self.sv if written is None else written

    def languages(self) -> tuple[Language, ...]:
        return tuple(language for language in LANGUAGES if getattr(self, language) is not None)

    def placeholders(self) -> frozenset[str]:
        found = (getattr(self, language) or "" for language in self.languages())
        return frozenset(name for text in found for name in _PLACEHOLDER.findall(text))


def texts_in(value: object, place: str = "") -> Iterator[tuple[str, Text]]:
    """Every text inside an authored object, with its place as an author would name it: `module 3, goal`."""
    if isinstance(value, Text):
        yield place, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts_in(getattr(value, name), f"{place}, {name}" if place else name)
    elif isinstance(value, tuple | list):
        for index, entry in enumerate(value, 1):
            named = (getattr(entry, key, None) for key in ("code", "id", "number"))
            own = next((str(name) for name in named if name is not None), str(index))
            yield from texts_in(entry, f"{place} {own}")
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from texts_in(entry, f"{place} {key}")


def languages_of(value: object) -> tuple[Language, ...]:
    """The languages that every text inside is written in: a page is shown in a language only when all of it is."""
    texts = [text for _, text in texts_in(value)]
    return tuple(language for language in LANGUAGES if all(getattr(text, language) is not None for text in texts))


class UnknownLanguage(KapablaError):
    code = "unknown_language"


class PlaceholderMissing(KapablaError):
    """A text has a placeholder that nobody filled: better no page than a page with a brace in a promise to a person."""

    code = "placeholder_missing"


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each `{name}` replaced by its value."""

    def value(match: re.Match[str]) -> str:
        try:
            return values[match[1]]
        except KeyError:
            raise PlaceholderMissing(name=match[1]) from None

    return _PLACEHOLDER.sub(value, text)
