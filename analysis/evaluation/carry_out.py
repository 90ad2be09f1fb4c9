"""Carrying out a call on a release: columns are put together, people counted, and the command of the contract run."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from analysis.envelope import Outcome, Refused, strict
from analysis.evaluation.call import PERSON, TIME, Call
from analysis.evaluation.figure import Figure, Wanted, figure_of
from analysis.evaluation.release import Release

Frame = dict[str, Any]


def frame_of(release: Release, call: Call) -> Frame:
    """The columns of the call, a row a person (or a person and level of `time`), those left out who are not in it."""
    keep = np.ones(len(release.people), dtype=bool)
    for without in call.without:
        keep &= np.array([text != without.value for text in release.texts(without.source)], dtype=bool)
    for source in call.only:
        keep &= np.array([text is not None for text in release.texts(source)], dtype=bool)
    chosen = np.flatnonzero(keep)
    blocks = []
    for level, columns in call.parts or (("", {}),):
        block: Frame = {PERSON: [release.people[number] for number in chosen.tolist()]}
        block |= {TIME: [level] * len(chosen)} if call.parts else {}
        for name, source in {**call.columns, **columns}.items():
            block[name] = _chosen(release.values(source), chosen)
        blocks.append(block)
    return {name: _joined([block[name] for block in blocks]) for name in blocks[0]}


def _chosen(values: Any, chosen: Any) -> Any:
    return values[chosen] if isinstance(values, np.ndarray) else [values[number] for number in chosen.tolist()]


def _joined(parts: list[Any]) -> Any:
    return np.concatenate(parts) if isinstance(parts[0], np.ndarray) else [value for part in parts for value in part]


def people_of(frame: Frame, call: Call) -> frozenset[str]:
    """Who has a row of which no column that is needed is blank: each counts once, however many rows."""
    whole = np.ones(len(frame[PERSON]), dtype=bool)
    for name, values in frame.items():
        if name not in call.optional:
            known = ~np.isnan(values) if isinstance(values, np.ndarray) else [value is not None for value in values]
            whole &= np.array(known, dtype=bool)
    return frozenset(person for person, is_whole in zip(frame[PERSON], whole.tolist(), strict=True) if is_whole)


def run(call: Call, frame: Frame) -> Outcome:
    """The command on the frame. Raises Refused as the command does."""
    own = _OWN.get(call.command)
    if own is not None:
        return own(frame, call.options)
    found: Outcome = _command(call.command)(frame, **call.options)
    return found


def _command(name: str) -> Callable[..., Outcome]:
    command: Callable[..., Outcome] = getattr(import_module(f"analysis.{name}"), name)
    return command


def _pair(name: str) -> Callable[[Frame, Mapping[str, Any]], Outcome]:
    return lambda frame, options: _command(name)(frame["pre"], frame["post"], **options)


def _proportion(frame: Frame, options: Mapping[str, Any]) -> Outcome:
    known = frame["yes"][~np.isnan(frame["yes"])]
    if not len(known):
        raise Refused("no_rows", "nobody has an answer")
    return _command("proportion")(int(known.sum()), len(known), **options)


_OWN: Mapping[str, Callable[[Frame, Mapping[str, Any]], Outcome]] = {
    "paired": _pair("paired"), "mcnemar": _pair("mcnemar"), "proportion": _proportion,
}  # fmt: skip


class Evaluator:
    """Carries out calls on one release, each once. An adjustment takes the p of figures that were found before it."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self._found: dict[str, Figure] = {}
        self._done: dict[str, tuple[int, dict[str, Any] | None, str, list[str]]] = {}

    def figures(self, wanted: Iterable[Wanted]) -> list[Figure]:
        found = []
        for one in wanted:
            self._found[one.name] = figure_of(one, *self._carried_out(one.call))
            found.append(self._found[one.name])
        return found

    def _carried_out(self, call: Call) -> tuple[int, dict[str, Any] | None, str, list[str]]:
        if call.text not in self._done:
            self._done[call.text] = self._fresh(call)
        return self._done[call.text]

    def _adjusted(self, names: list[str]) -> tuple[int, dict[str, Any] | None, str, list[str]]:
        """Which p values, and the people that each is of; one that is not there counts as 1 and is of nobody."""
        figures = [self._found.get(name) for name in names]
        p = [1.0 if figure is None or figure.p is None else figure.p for figure in figures]
        counted = [0 if figure is None or figure.p is None else figure.n for figure in figures]
        outcome = _command("adjust")(p)
        return 0, {**strict(outcome.result), "p": p, "n": counted}, "", outcome.warnings

    def _fresh(self, call: Call) -> tuple[int, dict[str, Any] | None, str, list[str]]:
        if call.command == "adjust":
            return self._adjusted(call.options["p"])
        frame = frame_of(self.release, call)
        people = len(people_of(frame, call))
        try:
            outcome = run(call, frame)
        except Refused as refused:
            return people, None, refused.reason, []
        return people, strict(outcome.result), "", outcome.warnings
