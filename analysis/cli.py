"""The command line: a thin layer that holds no formulas. A command is one row in COMMANDS."""

import sys
from collections.abc import Sequence

from analysis.commands_groups import GROUPS
from analysis.commands_items import ITEMS
from analysis.commands_models import MODELS
from analysis.commands_numbers import NUMBERS
from analysis.commands_surveys import SURVEYS
from analysis.envelope import Misuse, Refused, dump, envelope, refusal
from analysis.options import Parser

EXIT_OK, EXIT_MISUSE, EXIT_REFUSED = 0, 2, 3
COMMANDS = ITEMS | GROUPS | MODELS | NUMBERS | SURVEYS


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
