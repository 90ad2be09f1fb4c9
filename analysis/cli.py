"""The command line: a thin layer that holds no formulas."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from analysis.envelope import Misuse, Outcome, Refused, dump, envelope, refusal

EXIT_OK, EXIT_MISUSE, EXIT_REFUSED = 0, 2, 3


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Misuse(message)


def main(argv: Sequence[str]) -> int:
    command = argv[0] if argv else ""
    try:
        options = _parser().parse_args(argv)
        command = options.command
        result = envelope(command, _run(options))
        status = EXIT_OK
    except Misuse as misuse:
        print(f"analysis: {misuse}", file=sys.stderr)
        return EXIT_MISUSE
    except Refused as refused:
        result, status, options = refusal(command, refused), EXIT_REFUSED, options
    print(dump(result, indent=None if options.json else 1))
    return status


def _parser() -> Parser:
    parser = Parser(prog="python -m analysis", description="Evaluation statistics with named methods and intervals.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    for name, text in (
        ("describe", "distributions of items"),
        ("reliability", "alpha, omega and item statistics"),
        ("score", "scale scores"),
        ("paired", "paired change"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--data", required=True, type=Path)
        command.add_argument("--json", action="store_true")
        command.add_argument("--conf", type=float, default=0.95)
        _options(name, command)
    return parser


def _options(name: str, command: argparse.ArgumentParser) -> None:
    if name == "paired":
        command.add_argument("--pre", required=True)
        command.add_argument("--post", required=True)
        return
    command.add_argument("--items", required=True, type=_names)
    number = int if name == "describe" else float
    command.add_argument("--min", type=number, required=name == "describe")
    command.add_argument("--max", type=number, required=name == "describe")
    if name == "describe":
        command.add_argument("--suppress-below", type=int, default=0)
        return
    command.add_argument("--reverse", type=_names, default=[])
    if name == "reliability":
        command.add_argument("--missing", default="listwise")
    else:
        command.add_argument("--min-answered", type=int)
        command.add_argument("--no-scores", action="store_true")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _run(options: argparse.Namespace) -> Outcome:
    if not 0 < options.conf < 1:
        raise Misuse("--conf must lie between 0 and 1")
    # The numerical libraries are loaded here, so that a wrong option answers at once.
    from analysis.table import numbers, read_csv

    names = [options.pre, options.post] if options.command == "paired" else options.items
    if not names:
        raise Misuse("--items names no column")
    columns = numbers(read_csv(options.data, names), list(dict.fromkeys(names)))
    return _COMMANDS[options.command](columns, options)


def _describe(columns: dict[str, Any], options: argparse.Namespace) -> Outcome:
    from analysis.describe import describe

    return describe(columns, minimum=options.min, maximum=options.max, suppress_below=options.suppress_below)


def _reliability(columns: dict[str, Any], options: argparse.Namespace) -> Outcome:
    from analysis.reliability import reliability

    return reliability(
        columns, reverse=options.reverse, minimum=options.min, maximum=options.max, missing=options.missing,
        conf=options.conf,
    )  # fmt: skip


def _score(columns: dict[str, Any], options: argparse.Namespace) -> Outcome:
    from analysis.score import score

    return score(
        columns, reverse=options.reverse, minimum=options.min, maximum=options.max,
        min_answered=options.min_answered, with_scores=not options.no_scores,
    )  # fmt: skip


def _paired(columns: dict[str, Any], options: argparse.Namespace) -> Outcome:
    from analysis.paired import paired

    return paired(columns[options.pre], columns[options.post], conf=options.conf)


_COMMANDS = {"describe": _describe, "reliability": _reliability, "score": _score, "paired": _paired}
