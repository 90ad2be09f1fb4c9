"""The knowledge test: its items in each form, its two forms against each other, and the change with form accounted for.

Forms are compared between the groups that the lot gave them, at the first wave. A change from one form to the other is
told as it is, and from a model with the form as a term: what one form is harder than the other is then no change.
"""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.call import PERSON, TIME, Call
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import left_out
from analysis.evaluation.release import Release
from analysis.evaluation.scales import tests
from analysis.evaluation.source import Place, Source, at, known

SECTION = "knowledge"
FORMS = "forms"
TEST = "knowledge_test"


def knowledge(release: Release) -> Iterator[Wanted]:
    for form in tests(release):
        for wave in release.asked(form):
            yield from _items(release, form, wave)
    forms = tests(release)
    waves = [wave for wave in release.waves if all(wave in release.asked(form) for form in forms)]
    if len(forms) == 2:
        for wave in waves[1:]:
            yield from _change(release, forms, waves[0], wave)


def forms(release: Release) -> Iterator[Wanted]:
    """Mean and spread of each form in groups that are alike, and, from fifty people a form, where each score of the
    second stands on the scale of the first. With fewer the form is a term in the model of the change."""
    both = tests(release)
    if len(both) != 2 or not all(release.waves[0] in release.asked(form) for form in both):
        return
    first = release.waves[0]
    options = {"y": "score", "group": "form", "reference": "1"}
    call = Call("independent", {"score": _either(both, first), "form": known(both[0], first)}, options)
    about: dict[str, Any] = {"wave": first, "column": both[0], "unit": "correct answers"}
    yield Wanted(
        f"{FORMS}.difference", FORMS, call, ("mean_diff",), "second form less first, Welch", "Welch 1947",
        interval=("welch", "ci"), p=("welch", "p"), **about,
    )  # fmt: skip
    for form, level in zip(both, ("1", "0"), strict=True):
        for key in ("mean", "sd"):
            yield Wanted(
                f"{FORMS}.{form}.{key}", FORMS, call, ("groups", level, key), f"{key} of the form",
                "independent: groups", n=("groups", level, "n"), **about | {"column": form},
            )  # fmt: skip

    if _are_enough(release, both, first):
        yield from _equated(release, both, first)


def _are_enough(release: Release, forms: list[str], wave: str) -> bool:
    from analysis.equate import ENOUGH

    return all(sum(text is not None for text in release.texts(at(form, wave))) >= ENOUGH for form in forms)


def _equated(release: Release, forms: list[str], wave: str) -> Iterator[Wanted]:
    highest = min(int(release.book[form]["maximum"]) for form in forms)
    options = {"score": "score", "form": "form", "reference": "1", "minimum": 0, "maximum": highest}
    call = Call("equate", {"score": _either(forms, wave), "form": known(forms[0], wave)}, options)
    about: dict[str, Any] = {"wave": wave, "column": forms[1], "unit": "correct answers"}
    for key in ("slope", "intercept"):
        yield Wanted(
            f"{FORMS}.linear.{key}", FORMS, call, ("linear", key), f"linear equating, {key}", "Kolen & Brennan 2014",
            **about,
        )  # fmt: skip
    for score in range(highest + 1):
        path = ("scores", str(score))
        yield Wanted(
            f"{FORMS}.linear.score.{score}", FORMS, call, (*path, "linear"), "score of the second form on the first",
            "Kolen & Brennan 2014", interval=(*path, "linear_ci"), group=str(score), **about,
        )  # fmt: skip


def _either(forms: list[str], wave: str) -> Source:
    """Whichever form somebody had."""
    return Source(tuple(Place(form, wave) for form in forms))


def _items(release: Release, form: str, wave: str) -> Iterator[Wanted]:
    """Of those with a score by the rule of the test; what they left blank is wrong."""
    key = release.book[form]["scoring"]["key"]
    items = list(release.book[form]["scoring"]["items"])
    call = Call(
        "items", {item: at(item, wave) for item in items}, {"items": items, "key": {item: key[item] for item in items}},
        only=(at(form, wave),), optional=tuple(items),
    )  # fmt: skip
    about: dict[str, Any] = {"column": form, "wave": wave}
    name = f"{SECTION}.{form}.{wave}"
    yield Wanted(
        f"{name}.kr20", SECTION, call, ("kr20",), "KR-20", "Kuder & Richardson 1937", unit="share", **about
    )  # fmt: skip
    yield Wanted(
        f"{name}.mean", SECTION, call, ("mean_total",), "mean number right", "items: mean_total",
        unit="correct answers", **about,
    )  # fmt: skip
    for item in items:
        for key_, method in (
            ("difficulty", "share who were right"), ("item_rest_r", "corrected point-biserial correlation"),
            ("discrimination", "share right, upper less lower 27 %"),
        ):  # fmt: skip
            yield Wanted(
                f"{name}.{item}.{key_}", SECTION, call, ("items", item, key_), method, f"items: {key_}", group=item,
                unit="share", **about,
            )  # fmt: skip


def _change(release: Release, forms: list[str], before: str, wave: str) -> Iterator[Wanted]:
    without = left_out(release, before, wave)
    about: dict[str, Any] = {"column": TEST, "wave": wave, "before": before, "unit": "correct answers"}
    raw = Call("paired", {"pre": _either(forms, before), "post": _either(forms, wave)}, without=without)
    yield Wanted(
        f"{SECTION}.change.{before}.{wave}", SECTION, raw, ("mean_diff",), "mean of the differences, forms as they are",
        "paired: mean_diff", interval=("ci",), p=("p",), **about,
    )  # fmt: skip
    parts = tuple((when, {"y": _either(forms, when), "form": known(forms[0], when)}) for when in (before, wave))
    options = {
        "outcome": "y", "fixed": f"{TIME}+form", "factors": [TIME], "reference": {TIME: before}, "id": PERSON,
        "satterthwaite": True,
    }  # fmt: skip
    path = ("coefficients", f"{TIME}[{wave}]")
    yield Wanted(
        f"{SECTION}.change.{before}.{wave}.form_adjusted", SECTION, Call("mixed", {}, options, parts, without),
        (*path, "estimate"), "mixed model with the form as a term, REML, Satterthwaite", "Fai & Cornelius 1996",
        interval=(*path, "ci_satterthwaite"), p=(*path, "p_satterthwaite"), **about,
    )  # fmt: skip
