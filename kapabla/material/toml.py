"""TOML as an author may have mistyped it: each mistake with its place, and the rest, which is read past it.

A statement that cannot be read, over however many lines, stands as `UNREAD` under its key. It ends where the next key
or heading begins that stands no further in.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from kapabla.material.faults import Sentence, say
from kapabla.material.unread import UNREAD

# Each is read past by reading the file once more; who has made so many mistakes has handed in something else.
MOST_MISTAKES = 50

_AT_LINE = re.compile(r"^(?P<what>.*?) \((?:at )?(?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_KEY = re.compile(r"""^(?P<inset>\s*)(?P<key>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|"[^"]*"|'[^']*')\s*=""")
_HEADING = re.compile(r"^(?P<inset>\s*)(?P<opens>\[\[?)\s*(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*\]{0,2}\s*(?:#.*)?$")
# A key whose = is missing; a word that stands alone may be a heading without its brackets.
_WORD = re.compile(r"^\s*(?P<key>[A-Za-z0-9_-]+)\s+\S")
_ENDS = re.compile(r"^[\s\]},]+$")  # of a list that was closed before
# What opens and closes over lines; a text in one quotation mark ends on its line.
_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|\'{3}.*?\'{3}|"""|\'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[\[\]{}\n]''', re.DOTALL
)
_MARK, _MARK_IN_TOML = "\0unread", r'"\u0000unread"'

# How the parser begins what it says, and what an author can do.
_TOLD = {
    "Invalid value": "the value cannot be read; write texts in quotation marks, numbers without, lists in brackets.",
    "Invalid statement": "the line is neither a key nor a heading; write key = value, or [name].",
    "Expected '=' after": "the key has no value; write = and the value after it.",
    "Expected newline": "the line goes on after its value; put a text in quotation marks, or remove the rest.",
    "Expected ']": "the heading is not closed; write ] at its end, and ]] where it begins with [[.",
    "Unterminated string": "the text is not closed; write a quotation mark at its end.",
    "Illegal character": "the text is not closed on its line; end it there, or write it between three quotation marks.",
    "Unclosed array": "the list is not closed; write ] at its end, and a comma between its parts.",
    "Unclosed inline table": "the braces are not closed; write }} at their end, and a comma between the parts.",
    "Unescaped": "a backslash stands alone; write two of them.",
    "Invalid date": "there is no such date; write it like 2026-09-12.",
    "Invalid initial character": "the key is not a name; write a-z, digits and _, or remove the comma before it.",
    "Cannot": "the key or heading stands twice; remove one of them.",
    "Duplicate": "the key stands twice; remove one of them.",
}
_TWICE = ("Cannot", "Duplicate")

Mistake = tuple[str, Sentence]


def read_toml(text: str, first_line: int = 1) -> tuple[dict[str, Any] | None, list[Mistake]]:
    """The table, or None where nobody can tell what follows a mistake; and the mistakes, as place and sentence."""
    lines = text.split("\n")
    mistakes: list[Mistake] = []
    while len(mistakes) < MOST_MISTAKES:
        try:
            return _frozen(tomllib.loads("\n".join(lines))), mistakes
        except tomllib.TOMLDecodeError as error:
            match = _AT_LINE.match(str(error))
            what = match["what"] if match else str(error)
            at = _beginning(lines, int(match["line"]) - 1 if match and match["line"] else len(lines))
            # A word that was taken for a key may be one that is there.
            if not (what.startswith(_TWICE) and _MARK_IN_TOML in lines[at]):
                mistakes.append((_place(match, at, first_line), _sentence(what)))
            if not _read_past(lines, at, what):
                break
    return None, mistakes


def _place(match: re.Match[str] | None, at: int, first_line: int) -> str:
    if match is None or not match["line"]:
        return f"line {at + first_line}"  # the end of the file says nothing of where a text begins
    return f"line {int(match['line']) + first_line - 1}, column {match['column']}"


def _sentence(what: str) -> Sentence:
    known = next((advice for begins, advice in _TOLD.items() if what.startswith(begins)), None)
    return say(known) if known else say("the file is not TOML: {what}; mend the line.", what=what)


def _read_past(lines: list[str], at: int, what: str) -> bool:
    """Whether the statement that begins there could be replaced by one that says no more than what is sure of it."""
    line = lines[at]
    value, heading, word = _KEY.match(line), _HEADING.match(line), _WORD.match(line)
    is_twice = what.startswith(_TWICE)
    if heading and what.startswith("Expected ']"):
        new, end = f"{heading['opens']}{heading['name']}{']' * len(heading['opens'])}", at + 1
    elif heading and is_twice:
        new, end = "", _next(lines, at, (_HEADING,), heading["inset"])
    elif value:
        new = "" if is_twice else f"{value['inset']}{value['key']} = {_MARK_IN_TOML}"
        end = _next(lines, at, (_KEY, _HEADING), value["inset"])
    elif word and not heading:
        new, end = f"{word['key']} = {_MARK_IN_TOML}", at + 1
    elif _ENDS.match(line):
        new, end = "", at + 1
    else:
        return False
    if lines[at:end] == [new]:
        return False
    lines[at:end] = [new, *[""] * (end - at - 1)]  # the lines below keep their numbers
    return True


def _beginning(lines: list[str], last: int) -> int:
    """Number of the line where the faulty statement begins: the mistake may be found far below."""
    return max(number for number in _beginnings("\n".join(lines)) if number <= last)


def _beginnings(text: str) -> Iterator[int]:
    """Numbers of the lines that begin outside every list and text; beneath one that is not closed there is none."""
    line, deep = 0, 0
    yield 0
    for token in _TOKEN.finditer(text):
        found = token[0]
        if found in ('"""', "'''"):
            return
        deep += (found in "[{") - (found in "]}")
        line += found.count("\n")
        if found == "\n" and deep <= 0:
            yield line


def _next(lines: list[str], at: int, begin: tuple[re.Pattern[str], ...], inset: str) -> int:
    """The line below `at` where something begins that stands no further in."""
    below = ((number, pattern.match(lines[number])) for number in range(at + 1, len(lines)) for pattern in begin)
    return next((number for number, match in below if match and len(match["inset"]) <= len(inset)), len(lines))


def _frozen(value: object) -> Any:
    """Strict models take tuples where TOML has arrays; what is read may not be changed afterwards."""
    if isinstance(value, Mapping):
        return {key: _frozen(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(entry) for entry in value)
    return UNREAD if value == _MARK else value
