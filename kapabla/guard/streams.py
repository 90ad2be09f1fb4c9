"""Numbers as people write them: groups of digits with separators between, of which some may be one long number."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_ONE = (
    r"(?:nolla?|ett|en|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|tretton|fjorton|femton|sexton|sjutton|arton"
    r"|nitton)"
)
_TENS = r"(?:tjugo|tretti(?:o)?|fyrti(?:o)?|femti(?:o)?|sexti(?:o)?|sjutti(?:o)?|åtti(?:o)?|nitti(?:o)?)"
# A number below a thousand, spelt.
NUMBER_WORD = rf"(?:(?:{_ONE}?hundra)?(?:{_TENS}{_ONE}?|{_ONE})|{_ONE}?hundra)"
_GROUP = re.compile(r"\d+")


@dataclass(frozen=True)
class Window:
    """Whole groups in a row: their digits without what stands between, how they are grouped, and where they stand."""

    digits: str
    sizes: tuple[int, ...]
    start: int
    end: int


def windows(text: str, stream: re.Pattern[str], wanted: Collection[int]) -> Iterator[Window]:
    """Every row of whole groups in a stream of the text whose number of digits is wanted: a number that was written
    with separators begins and ends with a group, whatever stands beside it.
    """
    for match in stream.finditer(text):
        groups = list(_GROUP.finditer(text, match.start(), match.end()))
        for first in range(len(groups)):
            digits, sizes = "", list[int]()
            for group in groups[first:]:
                digits += group.group()
                sizes.append(len(group.group()))
                if len(digits) > max(wanted):
                    break
                if len(digits) in wanted:
                    yield Window(digits, tuple(sizes), groups[first].start(), group.end())
