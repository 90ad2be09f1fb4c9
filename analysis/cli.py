"""The command line: a thin layer that holds no formulas. A command is one row in COMMANDS."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from analysis.envelope import Misuse, Outcome, Refused, dump, envelope, refusal

EXIT_OK, EXIT_MISUSE, EXIT_REFUSED = 0, 2, 3


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


def main(argv: Sequence[str]) -> int:
    """Run one command, print one JSON object, and return the exit code: 0 ok, 2 misuse, 3 refused."""
    try:
        options = _parser().parse_args(argv)
        try:
            if not 0 < options.conf < 1:
                raise Misuse("--conf must lie between 0 and 1")
            result, code = envelope(options.command, COMMANDS[options.command].run(options)), EXIT_OK
        except Refused as refused:
            result, code = refusal(options.command, refused), EXIT_REFUSED
    except Misuse as misuse:
        print(f"analysis: {misuse}", file=sys.stderr)
        return EXIT_MISUSE
    print(dump(result, pretty=not options.json))
    return code


def _parser() -> Parser:
    parser = Parser(prog="python -m analysis", description="Evaluation statistics with named methods and intervals.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for name, command in COMMANDS.items():
        options = commands.add_parser(name, help=command.help, description=command.help)
        options.add_argument("--json", action="store_true", help="one line of strict JSON")
        options.add_argument("--conf", type=float, default=0.95, help="coverage of intervals (default 0.95)")
        command.add_options(options)
    return parser


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError("an empty name in the list")
    if len(set(names)) < len(names):
        raise argparse.ArgumentTypeError("a name stands twice in the list")
    return names


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _whole(text: str) -> int:
    number = float(text)
    if not number.is_integer():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number")
    return int(number)


def _data_option(options: argparse.ArgumentParser) -> None:
    options.add_argument("--data", required=True, type=Path, metavar="FILE.csv", help="UTF-8 CSV with a header")


def _item_options(options: argparse.ArgumentParser, number: Callable[[str], float], *, required: bool) -> None:
    _data_option(options)
    options.add_argument("--items", required=True, type=_names, metavar="A,B,C")
    options.add_argument("--min", type=number, required=required, help="lowest answer; a lower one is refused")
    options.add_argument("--max", type=number, required=required, help="highest answer; a higher one is refused")


def _pair_options(options: argparse.ArgumentParser) -> None:
    _data_option(options)
    options.add_argument("--pre", required=True, metavar="COLUMN")
    options.add_argument("--post", required=True, metavar="COLUMN")


def _describe_options(options: argparse.ArgumentParser) -> None:
    _item_options(options, _whole, required=True)
    options.add_argument("--suppress-below", type=_whole, default=0, metavar="K", help="hide counts below K")


def _reliability_options(options: argparse.ArgumentParser) -> None:
    _item_options(options, float, required=False)
    options.add_argument("--reverse", type=_names, default=[], metavar="B", help="x becomes min + max - x")
    options.add_argument("--missing", choices=("listwise", "pairwise"), default="listwise")


def _score_options(options: argparse.ArgumentParser) -> None:
    _item_options(options, float, required=False)
    options.add_argument("--reverse", type=_names, default=[], metavar="B", help="x becomes min + max - x")
    options.add_argument("--min-answered", type=_whole, metavar="N", help="default: half of the items, rounded up")
    options.add_argument("--no-scores", action="store_true", help="leave the scores row by row out")


def _proportion_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("--x", type=_whole, required=True, help="how many")
    options.add_argument("--n", type=_whole, required=True, help="of how many")


def _adjust_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("--p", type=_numbers, required=True, metavar="0.01,0.2")


def _check_items(options: argparse.Namespace, reverse: Sequence[str]) -> None:
    """What is wrong whatever the data are, said before the file is opened."""
    if options.min is not None and options.max is not None and not options.min < options.max:
        raise Misuse("--max must be above --min")
    if reverse and (options.min is None or options.max is None):
        raise Misuse("--reverse needs --min and --max")
    if not set(reverse) <= set(options.items):
        raise Misuse("--reverse names a column that is not among --items")


def _columns(options: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    from analysis.table import read_numbers

    return dict(read_numbers(options.data, list(dict.fromkeys(names))))


# The numerical libraries are loaded by the command that runs, so that a wrong option answers at once.
def _describe(options: argparse.Namespace) -> Outcome:
    _check_items(options, [])
    if options.suppress_below < 0:
        raise Misuse("--suppress-below is 0 or more")
    from analysis.describe import describe

    return describe(
        _columns(options, options.items), minimum=options.min, maximum=options.max,
        suppress_below=options.suppress_below,
    )  # fmt: skip


def _reliability(options: argparse.Namespace) -> Outcome:
    _check_items(options, options.reverse)
    from analysis.reliability import reliability

    return reliability(
        _columns(options, options.items), reverse=options.reverse, minimum=options.min, maximum=options.max,
        missing=options.missing, conf=options.conf,
    )  # fmt: skip


def _score(options: argparse.Namespace) -> Outcome:
    _check_items(options, options.reverse)
    if options.min_answered is not None and not 1 <= options.min_answered <= len(options.items):
        raise Misuse("--min-answered must be from 1 to the number of items")
    from analysis.score import score

    return score(
        _columns(options, options.items), reverse=options.reverse, minimum=options.min, maximum=options.max,
        min_answered=options.min_answered, with_scores=not options.no_scores,
    )  # fmt: skip


def _paired(options: argparse.Namespace) -> Outcome:
    from analysis.paired import paired

    columns = _columns(options, [options.pre, options.post])
    return paired(columns[options.pre], columns[options.post], conf=options.conf)


def _mcnemar(options: argparse.Namespace) -> Outcome:
    from analysis.mcnemar import mcnemar

    columns = _columns(options, [options.pre, options.post])
    return mcnemar(columns[options.pre], columns[options.post], conf=options.conf)


def _proportion(options: argparse.Namespace) -> Outcome:
    from analysis.proportion import proportion

    return proportion(options.x, options.n, conf=options.conf)


def _adjust(options: argparse.Namespace) -> Outcome:
    from analysis.adjust import adjust

    return adjust(options.p)


COMMANDS = {
    "describe": Command("distributions of items", _describe_options, _describe),
    "reliability": Command("alpha, omega and item statistics of a scale", _reliability_options, _reliability),
    "score": Command("scale scores, person by person", _score_options, _score),
    "paired": Command("paired change from before to after", _pair_options, _paired),
    "mcnemar": Command("paired right and wrong answers", _pair_options, _mcnemar),
    "proportion": Command("a proportion with its intervals", _proportion_options, _proportion),
    "adjust": Command("p values adjusted for multiplicity", _adjust_options, _adjust),
}
