"""What stands for a value that could not be read, so that all else can be checked in the same run.

Its fault is told where it was read. A check that meets it afterwards cannot know, stops there and says nothing more:
so an author is told everything that is known, and nothing that only follows from another fault.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

from pydantic import BaseModel

Given = ParamSpec("Given")
Found = TypeVar("Found")


class Unread(ValueError):
    """Somebody asked for what could not be read."""


class _Unread:
    """Nothing can be asked of it but whether it is this: every other question raises `Unread`."""

    def _ask(self, *_given: object) -> NoReturn:
        raise Unread

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Unread

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = __bool__ = _ask
    __len__ = __iter__ = __contains__ = __getitem__ = __index__ = __format__ = __str__ = _ask
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __floordiv__ = _ask

    def __repr__(self) -> str:
        return "UNREAD"


UNREAD: Any = _Unread()


def as_far_as_read(check: Callable[Given, Iterator[Found]]) -> Callable[Given, Iterator[Found]]:
    """The generator, which ends where it meets what could not be read."""

    @wraps(check)
    def checked(*args: Given.args, **kwargs: Given.kwargs) -> Iterator[Found]:
        with suppress(Unread):
            yield from check(*args, **kwargs)

    return checked


def if_read(ask: Callable[[], Found], otherwise: Found) -> Found:
    """The answer, or `otherwise` where it depends on what could not be read."""
    try:
        return ask()
    except Unread:
        return otherwise


def read_or(value: Found, otherwise: Found) -> Found:
    return otherwise if value is UNREAD else value


def is_whole(part: BaseModel) -> bool:
    """Whether each field of it could be read; what lies within them is not looked at."""
    return all(value is not UNREAD for value in part.__dict__.values())


def read_ones(values: Iterable[Found]) -> list[Found]:
    return [value for value in values if value is not UNREAD]
