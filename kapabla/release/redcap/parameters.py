"""The parameters of a call as its clients spell them: four spellings of a list, many of yes and no, names by the dozen.

A name that is not known is passed over (redcapAPI sends some); a value that is not known of a known name is refused.
"""

import re
from collections.abc import Iterable

from kapabla.release.redcap.refusals import CONTENT_TYPES, not_valid

_LISTS = ("records", "fields", "forms", "events", "arms")
_TEXTS = (
    "content", "format", "returnFormat", "type", "rawOrLabel", "rawOrLabelHeaders", "exportCheckboxLabel",
    "exportSurveyFields", "exportDataAccessGroups", "exportBlankForGrayFormStatus", "filterLogic", "dateRangeBegin",
    "dateRangeEnd", "csvDelimiter", "decimalCharacter", "field", "report_id", "eventName", "action", "data",
)  # fmt: skip
# fields[0], fields[1] and so on (from 0 or 1, with gaps), fields[], and fields with commas.
_NAME = re.compile(r"(?P<name>[A-Za-z_]+)(?P<list>\[(?P<index>\d{0,6})\])?")
_YES, _NO = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no", ""})


class Parameters:
    """Read by name; of a text that is given twice the last one holds."""

    def __init__(self, given: Iterable[tuple[str, str]]) -> None:
        self._texts: dict[str, str] = {}
        self._listed: dict[str, list[tuple[int, int, str]]] = {}
        for place, (name, value) in enumerate(given):
            found = _NAME.fullmatch(name)
            if found and found["name"] in _LISTS:
                self._add(found["name"], found["list"], found["index"], place, value)
            elif found and not found["list"]:
                self._texts[name] = value

    def _add(self, name: str, is_listed: str | None, index: str | None, place: int, value: str) -> None:
        items = [value] if is_listed else value.split(",")
        order = int(index) if index else place
        self._listed.setdefault(name, []).extend((order, place, item.strip()) for item in items)

    def items(self, name: str) -> list[str]:
        """In the order of the indexes, each once; empty ones are none."""
        ordered = sorted(self._listed.get(name, ()), key=lambda item: item[:2])
        return list(dict.fromkeys(item for _, _, item in ordered if item))

    def text(self, name: str) -> str:
        return self.whole(name).strip()

    def whole(self, name: str) -> str:
        """With the spaces around it: nothing but spaces is a value too."""
        return self._texts.get(name, "")

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        given = self.text(name) or default
        if given not in allowed:
            raise not_valid(name)
        return given

    def flag(self, name: str) -> bool:
        given = self.text(name).lower()
        if given not in _YES | _NO:
            raise not_valid(name)
        return given in _YES

    @property
    def form(self) -> str:
        """csv, json or xml."""
        return self.choice("format", CONTENT_TYPES, "xml")

    @property
    def refusal_form(self) -> str:
        """What a refusal is written in; it is needed also where the format itself is what is refused."""
        wanted = (self.text("returnFormat"), self.text("format"))
        return next((form for form in wanted if form in CONTENT_TYPES), "xml")

    def check_refusal_form(self) -> None:
        """An unknown value of a known name is refused, also where nothing else is (A1.10)."""
        self.choice("returnFormat", CONTENT_TYPES, "xml")


def known_names(given: Iterable[str]) -> list[str]:
    """The known parameters among the names of a request, in our order: a name of somebody's own making may hold
    anything, and does not belong in a log."""
    found = {match["name"] for name in given if (match := _NAME.fullmatch(name))}
    return [name for name in (*_TEXTS, *_LISTS) if name in found]
