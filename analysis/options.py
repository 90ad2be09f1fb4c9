"""What the commands' options have in common: their kinds, their groups, and the reading of the file they name."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from analysis.envelope import Misuse, Outcome


class Parser(argparse.ArgumentParser):
    """Raises Misuse instead of leaving the program, and knows options by their whole names only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"allow_abbrev": False}))

    def error(self, message: str) -> NoReturn:
        raise Misuse(message)


@dataclass(frozen=True)
class Command:
    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Outcome]


def names(text: str) -> list[str]:
    found = [name.strip() for name in text.split(",")]
    if not all(found):
        raise argparse.ArgumentTypeError("an empty name in the list")
    if len(set(found)) < len(found):
        raise argparse.ArgumentTypeError("a name stands twice in the list")
    return found


def pairs(text: str) -> dict[str, str]:
    """`time=pre,group=control` as a mapping."""
    parts = [part.partition("=") for part in text.split(",")]
    found = {name.strip(): value.strip() for name, _, value in parts}
    if len(found) < len(parts) or not all(name.strip() and value.strip() for name, _, value in parts):
        raise argparse.ArgumentTypeError("wants COLUMN=VALUE, with commas between, each column once")
    return found


def numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def whole(text: str) -> int:
    number = float(text)
    if not number.is_integer():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number")
    return int(number)


def add_data(options: argparse.ArgumentParser) -> None:
    options.add_argument("--data", required=True, type=Path, metavar="FILE.csv", help="UTF-8 CSV with a header")


def add_columns(options: argparse.ArgumentParser, *roles: str) -> None:
    """The file, and one required option for each column that the command needs."""
    add_data(options)
    for role in roles:
        options.add_argument(f"--{role}", required=True, metavar="COLUMN")


def add_items(options: argparse.ArgumentParser) -> None:
    add_data(options)
    options.add_argument("--items", required=True, type=names, metavar="A,B,C")


def add_range(options: argparse.ArgumentParser, number: Callable[[str], float], *, required: bool) -> None:
    options.add_argument("--min", type=number, required=required, help="lowest answer; a lower one is refused")
    options.add_argument("--max", type=number, required=required, help="highest answer; a higher one is refused")


def add_reverse(options: argparse.ArgumentParser) -> None:
    options.add_argument("--reverse", type=names, default=[], metavar="B", help="x becomes min + max - x")


def add_reference(options: argparse.ArgumentParser) -> None:
    options.add_argument(
        "--reference", type=pairs, default={}, metavar="GROUP=LEVEL", help="first level of each factor"
    )


def add_factor(options: argparse.ArgumentParser) -> None:
    options.add_argument("--factor", type=names, default=[], metavar="A,B", help="columns that are categorical")
    add_reference(options)


def add_satterthwaite(options: argparse.ArgumentParser) -> None:
    options.add_argument("--df", choices=("satterthwaite",), help="t tests, needed below about 30 groups")


def check_items(options: argparse.Namespace, reverse: Sequence[str]) -> None:
    """What is wrong whatever the data are, said before the file is opened."""
    if options.min is not None and options.max is not None and not options.min < options.max:
        raise Misuse("--max must be above --min")
    if reverse and (options.min is None or options.max is None):
        raise Misuse("--reverse needs --min and --max")
    if not set(reverse) <= set(options.items):
        raise Misuse("--reverse names a column that is not among --items")


# The numerical libraries are loaded by the command that runs, so that a wrong option answers at once.
def read(options: argparse.Namespace, number_names: Sequence[str], text_names: Sequence[str] = ()) -> dict[str, Any]:
    """The named columns of --data. A column that is asked for as both is text."""
    from analysis.table import read_table

    texts = list(dict.fromkeys(text_names))
    found = read_table(
        options.data, numbers=[name for name in dict.fromkeys(number_names) if name not in texts], texts=texts
    )
    return {**found.numbers, **found.texts}
