"""Counts and shares of people: the flow, response rates, histograms, and shares before and after."""

from collections.abc import Sequence
from typing import Any

from kapabla.web.drawing.svg import LINE, Drawing, box, dot, line, lines_of, paragraph, square, words

_BAR = 60.0  # where the widest bar ends
_RATES = 46.0  # the same, before a share with both its counts
_STEP = 90.0  # a step of the flow: its longest line fits on a narrow telephone
_ARMS = 36.0  # where the bars begin that have the name of an arm before them


def flow(rows: Sequence[Sequence[Any]], headers: Sequence[str]) -> Drawing:
    """A box a step, and between two what became of the others: the table's own sums (R04)."""
    drawn, top = list[str](), 0.1
    for place, (label, people, not_asked, lost) in enumerate(rows):
        if place:
            told = [f"{header}: {n}" for header, n in zip(headers[2:4], (not_asked, lost), strict=True) if n]
            high = LINE * max(len(told), 1) + 1.2
            drawn.append(line(6, top, 6, top + high))
            drawn.append(line(4.5, top + high - 0.5, 6, top + high))
            drawn.append(line(7.5, top + high - 0.5, 6, top + high))
            if told:
                drawn.append(line(6, top + high / 2, 14, top + high / 2))
                drawn.append(box(14, top + 0.3, 85.5, high - 0.6, "var(--sunken)", outline="line"))
                drawn += [
                    words(text, 16, top + 1.6 + LINE * n, ink="muted") for n, text in enumerate(told)
                ]  # fmt: skip
            top += high
        many = lines_of(f"{label}")
        high = LINE * (len(many) + 1) + 0.8
        drawn.append(box(0.3, top, _STEP, high, "var(--surface)"))
        drawn.append(paragraph(label, 2.5, top + 1.4, bold=True))
        drawn.append(words(f"n = {people}", 2.5, top + 1.4 + LINE * len(many)))
        top += high
    return Drawing(top + 0.2, "".join(drawn))


def rates(rows: Sequence[Sequence[Any]], *, hidden: str, of: str) -> Drawing:
    """Label, asked, answered, share. `of`: "{} av {}" in the language of the page."""
    drawn, top = list[str](), 0.0
    for label, asked, answered, share, *_ in rows:
        drawn.append(paragraph(label, 0, top + 1.2, bold=True))
        top += LINE * len(lines_of(label))
        if asked is None:
            drawn.append(words(hidden, 0, top + 1.35, ink="muted"))
        else:
            drawn.append(box(0.3, top + 0.4, _RATES, 1.2, "var(--sunken)"))
            drawn.append(box(0.3, top + 0.4, _RATES * answered / asked, 1.2, "var(--c1)"))
            drawn.append(words(f"{share} ({of.format(answered, asked)})", 100, top + 1.35, anchor="end"))
        top += 2.4
    return Drawing(top, "".join(drawn))


def bars(rows: Sequence[Sequence[Any]], *, hidden: str) -> Drawing:
    """Group, wave, category, people: horizontal bars, longest the most people of any group."""
    most = max((row[3] for row in rows if row[3] is not None), default=1)
    drawn, top, group = list[str](), 0.0, ""
    for name, wave, label, people in rows:
        told = f"{name}, {wave}"
        if told != group:
            top += 0.4 if group else 0
            drawn.append(paragraph(told, 0, top + 1.3, bold=True))
            top, group = top + LINE * len(lines_of(told)) + 0.3, told
        if people is None:
            drawn.append(words(hidden, 0, top + 1.1, ink="muted"))
        else:
            drawn.append(words(str(label), 20, top + 1.1, ink="muted", anchor="end"))
            drawn.append(box(22, top, _BAR * people / most, 1.4, "var(--c3)"))
            drawn.append(words(str(people), 24 + _BAR * people / most, top + 1.1))
        top += 1.7
    return Drawing(top + 0.3, "".join(drawn))


def arms(rows: Sequence[Sequence[Any]], names: Sequence[str], *, hidden: str) -> Drawing:
    """Label, then people and share of each arm: a bar an arm under each label, named, longest the most people."""
    most = max((people for row in rows for people in row[1::2] if people is not None), default=1)
    drawn, top = list[str](), 0.0
    for label, *cells in rows:
        drawn.append(paragraph(label, 0, top + 1.3, bold=True))
        top += LINE * len(lines_of(label)) + 0.3
        if not any(people is not None for people in cells[::2]):
            drawn.append(words(hidden, 0, top + 1.1, ink="muted"))
            top += 2.1
            continue
        for place, name in enumerate(names):
            people, share = cells[2 * place : 2 * place + 2]
            drawn.append(words(name, 0, top + 1.1, ink="muted"))
            if people is None:
                drawn.append(words(hidden, _ARMS, top + 1.1, ink="muted"))
            else:
                wide = (_BAR - _ARMS + 15) * people / most
                drawn.append(box(_ARMS, top, wide, 1.4, f"var(--{('c1', 'c3', 'c2')[place % 3]})"))
                told = f"{people}" if share is None else f"{people} ({share})"
                drawn.append(words(told, _ARMS + wide + 2, top + 1.1))
            top += 1.7
        top += 0.4
    return Drawing(top, "".join(drawn))


def shares(rows: Sequence[Sequence[Any]], waves: Sequence[str], *, hidden: str) -> Drawing:
    """Item, wave, people, share as "63 %": a square before and a dot after, from nobody to everybody."""
    drawn, top = [square(2, 0.9, "c2"), words(waves[0], 5, 1.25), dot(42, 0.9, "c1"), words(waves[1], 45, 1.25)], 2.4
    items = dict.fromkeys(str(row[0]) for row in rows)
    for item in items:
        told = {str(row[1]): row[3] for row in rows if row[0] == item and row[3] is not None}
        drawn.append(paragraph(item, 0, top + 1.3))
        top += LINE * len(lines_of(item)) + 1.1
        drawn.append(line(0.5, top, _BAR, top, ink="line", width=1))
        for wave, mark, ink in zip(waves, (square, dot), ("c2", "c1"), strict=True):
            if wave in told:
                drawn.append(mark(0.5 + (_BAR - 0.5) * _share(told[wave]), top, ink))
        text = " → ".join(str(told.get(wave, "–")) for wave in waves) if told else hidden
        drawn.append(words(text, 100, top + 0.35, anchor="end"))
        top += 1.3
    return Drawing(top, "".join(drawn))


def _share(told: str) -> float:
    return int("".join(character for character in told if character.isdigit())) / 100
