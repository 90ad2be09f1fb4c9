"""A call of `analysis` on a release: which command, on which columns of which people, with which options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.evaluation.source import Place, Source

PERSON = "person"
TIME = "time"


@dataclass(frozen=True)
class Without:
    """People who are left out: those for whom the column has the value. Whoever has no value there stays."""

    source: Source
    value: str

    def __str__(self) -> str:
        return f"{self.source}!={self.value}"


@dataclass(frozen=True)
class Call:
    """`columns`: a row a person, by the name that the command is given them under; `person` tells the rows apart.

    parts: for long data, one block of rows under another: the level of `time` and the columns that go with it.
    only: people for whom each of these is known. n_of: the columns whose complete rows are the people of the figure
    (empty: all but those of `optional`).

    >>> from analysis.evaluation.source import at
    >>> call = Call("paired", {"pre": at("se_mean", "t0"), "post": at("se_mean", "t1")})
    >>> call.text
    'paired pre=se_mean@t0 post=se_mean@t1'
    """

    command: str
    columns: Mapping[str, Source]
    options: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[tuple[str, Mapping[str, Source]], ...] = ()
    without: tuple[Without, ...] = ()
    only: tuple[Source, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole call in one line: two calls that are the same to the letter are the same call."""
        words = [self.command, *(f"{name}={source}" for name, source in self.columns.items())]
        for level, columns in self.parts:
            words.append(f"{TIME}:{level}(" + " ".join(f"{name}={source}" for name, source in columns.items()) + ")")
        words += [f"without({without})" for without in self.without]
        words += [f"only({source})" for source in self.only]
        words += [f"--{name}={_option(value)}" for name, value in self.options.items()]
        return " ".join(words)

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place in the release that the call reads, each once."""
        sources = [*self.columns.values(), *(s for _, columns in self.parts for s in columns.values()), *self.only]
        sources += [without.source for without in self.without]
        return tuple(dict.fromkeys(place for source in sources for place in source.all_places))


def _option(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{key}={inner}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)
