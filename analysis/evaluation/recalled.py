"""The then-test: what people say afterwards of the time before, always beside what they said then."""

from collections.abc import Iterator

from analysis.evaluation.call import Call
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import left_out
from analysis.evaluation.release import Release
from analysis.evaluation.source import at

SECTION = "then"
KINDS = {
    "unadjusted": "after less before", "then_adjusted": "after less what is recalled",
    "response_shift": "recalled less before",
}  # fmt: skip


def recalled(release: Release) -> Iterator[Wanted]:
    first = release.waves[0]
    for name, column in release.book.items():
        if column["kind"] != "score" or not column["then_of"]:
            continue
        now = column["then_of"]
        for wave in release.asked(name):
            call = Call(
                "responseshift", {"pre": at(now, first), "post": at(now, wave), "then": at(name, wave)},
                {"pre": "pre", "post": "post", "then": "then"}, without=left_out(release, first, wave),
            )  # fmt: skip
            for key, told in KINDS.items():
                yield Wanted(
                    f"{SECTION}.{now}.{wave}.{key}", SECTION, call, (key, "mean_diff"), f"{told}, t interval",
                    "Howard 1980", interval=(key, "ci"), p=(key, "p"), column=now, wave=wave, before=first,
                )  # fmt: skip
