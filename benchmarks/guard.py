"""The guard of free text (B9): how much of what was planted it finds, how often it is wrong, and how long it takes.

The shares are those of the planted set (`tests/data/free_texts`), which was written before the detector; two other sets
stand beside it. Their floor is what is demanded, so a ratio of 1 or more holds. For false alarms it is the limit: 1 or
less holds.
"""

from collections.abc import Iterator
from functools import partial

from benchmarks.measuring import Row, cpu_ms, medians
from kapabla import guard
from tests.planted_texts import is_caught, lines, planted_texts

DEMANDED, DEMANDED_OF_SURE, MOST_FALSE = 95.0, 100.0, 5.0
SURE = ("email", "pnr")


def rows(*, long: bool) -> Iterator[Row]:
    names = guard.NameIndex(lines("roster"))
    found = _found("planted", names)
    yield Row("planted identifiers found", _share(_all(found)), "%", DEMANDED, "demanded of all (B9)")
    for kind, ones in sorted(found.items()):
        demanded = DEMANDED_OF_SURE if kind in SURE else DEMANDED
        yield Row(f"planted identifiers found, {kind}", _share(ones), "%", demanded, "demanded of this kind, or of all")
    for name, what in (("second", "hard on purpose, mended for"), ("third", "held out")):
        share = _share(_all(_found(name, names)))
        yield Row(f"identifiers of another set found, {what}", share, "%", DEMANDED, "demanded of the first set")
    marked = [bool(guard.find(line, names)) for line in lines("harmless")]
    yield Row("harmless texts with a false alarm", _share(marked), "%", MOST_FALSE, "the most that a test lets pass")
    yield from _time(20_000 if long else 2_000)


def _found(name: str, names: guard.NameIndex) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = {}
    for text in planted_texts(name):
        findings = guard.find(text.text, names)
        for planted in text.planted:
            found.setdefault(planted.kind, []).append(is_caught(text.text, planted, findings))
    return found


def _all(found: dict[str, list[bool]]) -> list[bool]:
    return [one for ones in found.values() for one in ones]


def _time(people: int) -> Iterator[Row]:
    """As a cycle of the jobs does it: an index of everybody, then every text."""
    texts = [text.text for text in planted_texts()] + lines("harmless")
    given, surnames = [name.split()[0] for name in lines("roster")], [name.split()[-1] for name in lines("roster")]
    # No two alike: the surname gets an ending of letters, since the index folds away all else.
    crowd = [f"{given[n % 50]} {surnames[n // 50 % 50]}{'bcdfghjk'[n // 2500]}" for n in range(people)]

    def screen() -> None:
        names = guard.NameIndex(crowd)
        for text in texts:
            guard.find(text, names)

    def look_up() -> None:
        words = {word.casefold() for name in crowd for word in name.split()}
        for text in texts:
            _ = [word for word in text.casefold().split() if word in words]

    value, floor = medians(partial(cpu_ms, screen), partial(cpu_ms, look_up), runs=3)
    yield Row(f"{len(texts)} texts, {people} names", value, "ms", floor, "each word looked up as it is written")


def _share(ones: list[bool]) -> float:
    return 100 * sum(ones) / len(ones)
