"""Every message of the interface as it stands in templates and code, for the review list and for the translations.

Read by commands and tests: a page looks its messages up in `language` and never comes here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract
from jinja2.ext import babel_extract

WEB = Path(__file__).parent
# What a participant, the public or a researcher can meet. The other pages of staff are Swedish and are not translated.
TRANSLATED = ("base", "components", "errors", "participant", "public", "research")
_OPTIONS = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true"}


@dataclass(frozen=True)
class Message:
    text: str
    place: str  # the file that has it first, beneath `kapabla/web`

    @property
    def is_for_all(self) -> bool:
        """For others than the county's staff, hence in every catalogue."""
        path = Path(self.place)
        return path.parts[0] in ("participant", "research", "language.py") or (
            path.parts[0] == "templates" and path.parts[1] in TRANSLATED
        )


def all_messages() -> list[Message]:
    """Each once, by the first file that has it: those for participants and the public first."""
    found: dict[str, str] = {}
    for place, text in sorted(_written(), key=lambda one: (not Message("", one[0]).is_for_all, one[0])):
        found.setdefault(text, place)
    return [Message(text, place) for text, place in found.items()]


def translated_messages() -> list[Message]:
    return [message for message in all_messages() if message.is_for_all]


def _written() -> Iterator[tuple[str, str]]:
    for path in sorted((WEB / "templates").rglob("*.html")):
        with path.open("rb") as source:
            for _, _, message, _ in babel_extract(source, ("_", "gettext"), (), _OPTIONS):
                yield path.relative_to(WEB).as_posix(), _first(message)
    for path in sorted(WEB.rglob("*.py")):
        with path.open("rb") as source:
            for _, message, _, _ in extract("python", source, {"translated": None}):
                yield path.relative_to(WEB).as_posix(), _first(message)


def _first(message: str | tuple[str | None, ...] | None) -> str:
    """What stands first in the call; the values of its placeholders come after."""
    return str(message[0]) if isinstance(message, tuple) else str(message)
