"""evaluation.csv: every figure of the evaluation by its call, one a row, for programs that are not this one.

Which command on which columns, and where in its result the numbers stand; no number is in it. `recompute.R` carries the
rows out by itself, with no code of ours. `estimate_key` and its neighbours are the path of a number in the result:
`coefficients/arm[direct]/estimate`.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from analysis.evaluation.call import Call
from analysis.evaluation.figure import Wanted
from analysis.evaluation.source import Source

HEAD = (
    "name", "section", "command", "columns", "parts", "without", "only", "options", "estimate_key", "interval_key",
    "p_key", "n_key", "optional", "method", "source", "planned", "column", "wave", "before", "group", "unit", "release",
)  # fmt: skip


def as_csv(wanted: Iterable[Wanted], release: str) -> str:
    """`columns` are NAME=SOURCE with semicolons between; `parts` are LEVEL{NAME=SOURCE,…}, the blocks of long data.

    release: what the release is called; it stands in every row, as its marks do.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    for one in wanted:
        writer.writerow([*_row(one), release])
    return out.getvalue()


def _row(one: Wanted) -> list[str]:
    call: Call = one.call
    paths = ["/".join(path) for path in (one.estimate, one.interval, one.p, one.n)]
    return [
        one.name, one.section, call.command, _named(call.columns, ";"),
        ";".join(f"{level}{{{_named(columns, ',')}}}" for level, columns in call.parts),
        ";".join(map(str, call.without)), ";".join(map(str, call.only)), _options(call.options), *paths,
        ",".join(call.optional), one.method, one.source, one.planned, one.column,
        one.wave, one.before, one.group, one.unit,
    ]  # fmt: skip


def _named(columns: Mapping[str, Source], between: str) -> str:
    return between.join(f"{name}={source}" for name, source in columns.items())


def _options(options: Mapping[str, Any]) -> str:
    """NAME=VALUE; a list has commas between, a mapping KEY:VALUE."""
    return ";".join(f"{name}={_value(value)}" for name, value in options.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{key}:{inner}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)
