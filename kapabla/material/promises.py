"""The citizen promises (medborgarlöften) of a municipality and a period, as published: what is not known is absent."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.texts import Frozen, Text


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
            _check(shelf, file, cycle, municipalities, courses)
            cycles.append(cycle)
    return tuple(cycles)


def _check(shelf: Shelf, file: str, cycle: PromiseCycle, municipalities: set[str], courses: set[str]) -> None:
    if municipalities and cycle.municipality not in municipalities:
        shelf.fault(
            file,
            "municipality",
            say("{code} is not in municipalities.toml; write a code from it.", code=cycle.municipality),
        )
    if cycle.from_year > cycle.to_year:
        shelf.fault(file, "from_year", "the period ends before it begins; change places.")
    numbers = [promise.number for promise in cycle.promises]
    if numbers != list(range(1, len(numbers) + 1)):
        shelf.fault(
            file, "promises", say("the numbers are {numbers}; number the promises 1, 2, 3 … in order.", numbers=numbers)
        )
    for promise in cycle.promises:
        if promise.course is not None and promise.course not in courses:
            shelf.fault(
                file,
                f"promise {promise.number}, course",
                say("there is no course {course}; write the id of one, or remove the key.", course=promise.course),
            )
