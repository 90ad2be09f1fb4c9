"""The review list: every authored text and every message of the interface, a row for each language it is written in.

CSV with a byte order mark and semicolons, since it is read and commented on in Excel by people who approve words.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape

from kapabla.jobs import staff_mail
from kapabla.material import Material
from kapabla.material.readability import ENOUGH_WORDS, lix, words_of
from kapabla.material.texts import LANGUAGES, Text, texts_in
from kapabla.web import language
from kapabla.web.interface_messages import all_messages
from kapabla.web.public.processing import processing

HEADINGS = ("fil", "plats", "språk", "text", "ord", "LIX", "anmärkning")
_SAID_OF_DRAWING = re.compile(r'<svg role="img" aria-label="([^"]*)"|<figcaption>(.*?)</figcaption>', re.S)
_EXCEL_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    file: str
    place: str
    language: str
    text: str

    @property
    def words(self) -> int:
        return len(words_of(self.text))

    @property
    def lix(self) -> int | None:
        """Of Swedish alone, and of what is long enough to be measured."""
        measured = self.language in ("sv", "sv_easy") and self.words >= ENOUGH_WORDS
        return round(lix(self.text)) if measured else None


def text_rows(material: Material) -> Iterator[Row]:
    for file, part in _authored(material):
        for place, text in texts_in(part):
            # A page is listed as it was written; of the markup made from it, what is said of its drawing is new.
            if place.endswith(", html"):
                yield from _of_drawing(file, place, text)
            else:
                yield from _in_each_language(file, place, text)
    yield from _interface()
    yield from _in_code()


def _authored(material: Material) -> Iterator[tuple[str, object]]:
    for course in material.courses.values():
        folder = f"courses/{course.id}/v{course.version}"
        yield f"{folder}/course.toml", {"title": course.title, "summary": course.summary}
        for module in course.modules:
            yield f"{folder}/modules/{module.number:02d}-{module.id}", module
    for instrument in material.instruments.values():
        yield f"instruments/{instrument.id}/v{instrument.version}.toml", instrument
    for consent in material.consents.values():
        yield f"consents/{consent.id}/v{consent.version}.toml", consent
    for study in material.studies.values():
        yield f"studies/{study.id}.toml", study
    yield "safety.toml", (tuple(material.safety.values()), material.scenario_first_lines)
    yield "support_contacts.toml", material.contacts
    yield "roles.toml", material.roles
    yield "organisation.toml", material.organisation
    yield "messages.toml", material.messages
    for cycle in material.promises:
        yield f"promises/{cycle.municipality}-{cycle.from_year}-{cycle.to_year}", cycle


def _in_each_language(file: str, place: str, text: Text) -> Iterator[Row]:
    for tongue in LANGUAGES:
        written: str | None = getattr(text, tongue)
        if written is not None:
            yield Row(file, place.strip(" ,"), tongue, written)


def _of_drawing(file: str, place: str, text: Text) -> Iterator[Row]:
    for row in _in_each_language(file, place.removesuffix("html") + "drawing", text):
        for said in _SAID_OF_DRAWING.findall(row.text):
            yield replace(row, text=unescape("".join(said)))


def _interface() -> Iterator[Row]:
    for message in all_messages():
        yield Row("kapabla/web", message.place, "sv", message.text)
        for tongue in LANGUAGES:
            translation = language.catalogue(tongue).get(message.text)
            if translation is not None:
                yield Row("kapabla/web", message.place, tongue, translation)


def _in_code() -> Iterator[Row]:
    """What stands beside the code that it belongs to."""
    for place, text in (("ämne", staff_mail.SUBJECT), ("text", staff_mail.TEXT.strip()), ("prov", staff_mail.TRIAL)):
        yield Row("kapabla/jobs/staff_mail.py", place, "sv", text)
    for place, told in texts_in(processing()):
        yield from _in_each_language("kapabla/web/public/processing.toml", place, told)


def as_csv(rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in rows:
        lix_ = "" if row.lix is None else row.lix
        writer.writerow([_plain(row.file), _plain(row.place), row.language, _plain(row.text), row.words, lix_, ""])
    return ("\ufeff" + out.getvalue()).encode()


def _plain(text: str) -> str:
    """A text that begins like a formula is not one."""
    return f"'{text}" if text.startswith(_EXCEL_FORMULA) else text
