"""What a figure is: its texts in both languages, its table, what is drawn of it, the command that counts it again."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Figure = dict[str, Any]


class Told(NamedTuple):
    """The same in Swedish and in English. Numbers are written the Swedish way; the page turns them."""

    sv: str
    en: str


def figure(
    id: str, *, title: Told, subtitle: Told, sentence: Told, method: Told, headers: Mapping[str, str],
    rows: Sequence[Sequence[Any]], code: str = "", plot: dict[str, Any] | None = None, **more: Any,
) -> Figure:  # fmt: skip
    """`headers`: Swedish to English, in their order. `plot`: nothing but what stands in the table."""
    texts = {"title": title, "subtitle": subtitle, "sentence": sentence, "method": method}
    return {
        "id": id,
        **{name: text.sv for name, text in texts.items()},
        "en": {**{name: text.en for name, text in texts.items()}, "headers": list(headers.values())},
        "code": code,
        "table": {"headers": list(headers), "rows": [list(row) for row in rows]},
        "plot": plot,
        **more,
    }


def counted(*names: str, among: str = "") -> str:
    """The same for what `recompute.py` alone gives: counts of answers, checks, and what is told of a group.

    >>> print(counted("change.se_mean.t0.t1", among="role=vet"))
    python3 recompute.py --among role=vet change.se_mean.t0.t1
    """
    return " ".join(["python3 recompute.py", *(["--among", among] if among else []), *names])


def again(*names: str) -> str:
    """What gives these numbers of the evaluation again, in the folder of the release: with our statistics, and without
    a line of ours.

    >>> print(again("change.se_mean.t0.t1"))
    python3 recompute.py change.se_mean.t0.t1
    Rscript recompute.R change.se_mean.t0.t1
    """
    asked = " ".join(names)
    return f"python3 recompute.py {asked}\nRscript recompute.R {asked}"
