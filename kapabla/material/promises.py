"""The citizen promises (medborgarlöften) of a municipality and a period, as published: what is not known is absent."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.texts import Frozen, Text
from kapabla.material.unread import as_far_as_read


class Promise(Frozen):
    number: Annotated[int, Field(ge=1)]
    title: Text
    text: Text
    course: str | None = None  # the course that carries the promise out, where one does


class Agreement(Frozen):
    """The cooperation agreement behind the promises. Offices sign, never names."""

    signed_on: date
    signed_in: str
    signed_by: tuple[Text, ...]
    from_on: date | None = None
    to_on: date | None = None
    prolonged_until_replaced: bool = False
    feedback: tuple[Text, ...] = ()  # the ways that residents are promised to be told by


class PromiseCycle(Frozen):
    municipality: str
    from_year: int
    to_year: int
    status: Literal["draft", "active", "prolonged", "closed"]
    agreement: Agreement
    basis: tuple[Text, ...] = ()
    source: str
    promises: tuple[Promise, ...]


def load_promises(shelf: Shelf, municipalities: set[str], courses: set[str]) -> tuple[PromiseCycle, ...]:
    cycles: list[PromiseCycle] = []
    for file in shelf.files("promises/*.toml"):
        cycle = shelf.object(PromiseCycle, file)
        if cycle is not None:
            for check in (_check_municipality(cycle, municipalities), _check_years(cycle), _check_numbers(cycle)):
                shelf.tell(file, check)
            shelf.tell(file, _check_courses(cycle, courses))
            cycles.append(cycle)
    return tuple(cycles)


def _check_municipality(cycle: PromiseCycle, municipalities: set[str]) -> Iterator[tuple[str, str]]:
    if municipalities and cycle.municipality not in municipalities:
        told = "{code} is not in municipalities.toml; write a code from it."
        yield "municipality", say(told, code=cycle.municipality)


def _check_years(cycle: PromiseCycle) -> Iterator[tuple[str, str]]:
    if cycle.from_year > cycle.to_year:
        yield "from_year", "the period ends before it begins; change places."


def _check_numbers(cycle: PromiseCycle) -> Iterator[tuple[str, str]]:
    numbers = [promise.number for promise in cycle.promises]
    if numbers != list(range(1, len(numbers) + 1)):
        told = "the numbers are {numbers}; number the promises 1, 2, 3 … in order."
        yield "promises", say(told, numbers=numbers)


def _check_courses(cycle: PromiseCycle, courses: set[str]) -> Iterator[tuple[str, str]]:
    for promise in cycle.promises:
        yield from _check_course(promise, courses)


@as_far_as_read
def _check_course(promise: Promise, courses: set[str]) -> Iterator[tuple[str, str]]:
    if promise.course is not None and promise.course not in courses:
        told = "there is no course {course}; write the id of one, or remove the key."
        yield f"promise {promise.number}, course", say(told, course=promise.course)
