"""TOML that its author has mistyped: each mistake is told once, with its line, and what stands below is read."""

# ruff: noqa: E501 - a case a line is easier to compare than a case over six

import pytest

from kapabla.material.toml import MOST_MISTAKES, read_toml
from kapabla.material.unread import UNREAD

SAID = {
    "value": "the value cannot be read; write texts in quotation marks, numbers without, lists in brackets.",
    "list": "the list is not closed; write ] at its end, and a comma between its parts.",
    "text": "the text is not closed; write a quotation mark at its end.",
    "line": "the text is not closed on its line; end it there, or write it between three quotation marks.",
    "name": "the key is not a name; write a-z, digits and _, or remove the comma before it.",
    "twice": "the key or heading stands twice; remove one of them.",
    "bare": "the key has no value; write = and the value after it.",
    "neither": "the line is neither a key nor a heading; write key = value, or [name].",
}


def unread_keys(table):
    """Where something could not be read, and all else as it was written."""
    if isinstance(table, dict):
        return {key: unread_keys(value) for key, value in table.items()}
    return "?" if table is UNREAD else table


@pytest.mark.parametrize(
    ("text", "table", "place", "said"),
    [
        ('a = 1\nb = [\n  "x",\n  y,\n]\nc = 2\n[t]\nd = 3\n', {"a": 1, "b": "?", "c": 2, "t": {"d": 3}}, "line 4, column 3", "value"),
        ('b = [\n  "x",\n  "y"\nc = 2\n', {"b": "?", "c": 2}, "line 4, column 1", "list"),
        ('b = [\n  "x",\n[[t]]\nd = 3\n', {"b": "?", "t": ({"d": 3},)}, "line 3, column 3", "value"),
        ('b = {\n  sv = "x",\n  en = "y"\n}\nc = 2\n', {"b": "?", "c": 2}, "line 1, column 6", "name"),
        ('b = "x\nand more"\nc = 2\n', {"b": "?", "c": 2}, "line 1, column 7", "line"),
        ('a = """\nb = [\n"""\nb = """x\nand more\nc = 2\n', {"a": "b = [\n", "b": "?", "c": 2}, "line 4", "text"),
        ('[n.t]\n  b = [\n    x\n  ]\n  c = 2\n', {"n": {"t": {"b": "?", "c": 2}}}, "line 3, column 5", "value"),
        ('a = 1\na = [\n  2,\n]\nc = 2\n', {"a": 1, "c": 2}, "line 4, column 2", "twice"),
        ('[t]\na = 1\n[t]\na = 2\nb = [\n 3]\n[u]\nc = 2\n', {"t": {"a": 1}, "u": {"c": 2}}, "line 3, column 3", "twice"),
        ('a = 1\nb "x"\nc = 2\n', {"a": 1, "b": "?", "c": 2}, "line 2, column 3", "bare"),
        ('a = 1\na "x"\nc = 2\n', {"a": 1, "c": 2}, "line 2, column 3", "bare"),
        ('a = [1]\n],\nc = 2\n', {"a": (1,), "c": 2}, "line 2, column 1", "neither"),
        ('a = 1\nb =', {"a": 1, "b": "?"}, "line 2", "value"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_once_and_what_stands_below_is_read(text, table, place, said):
    found, mistakes = read_toml(text)
    assert unread_keys(found) == table
    assert mistakes == [(place, SAID[said])]


def test_lines_are_those_of_the_file_though_what_is_read_begins_further_down():
    text = "a = [\n x,\n]\nb = y\n"
    assert [place for place, _ in read_toml(text, first_line=3)[1]] == ["line 4, column 2", "line 6, column 5"]


@pytest.mark.parametrize(("line", "said"), [('"x",', "bare"), ("scales", "bare"), ("= 1", "neither")])
def test_where_nobody_can_tell_what_follows_the_mistake_is_told_alone(line, said):
    table, ((place, sentence),) = read_toml(f"a = 1\n{line}\nb = x\n")
    assert (table, place.split(",")[0], sentence) == (None, "line 2", SAID[said])


def test_a_file_of_nothing_but_mistakes_is_given_up():
    table, mistakes = read_toml("".join(f"k{number} = x\n" for number in range(2 * MOST_MISTAKES)))
    assert (table, len(mistakes)) == (None, MOST_MISTAKES)
