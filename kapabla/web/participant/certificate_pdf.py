"""The certificate as a tagged PDF (PDF/UA-1), made by typst. Values go in as inputs, never as markup.

It is written in the language of the page that it is saved from.
"""

import io
import tempfile
from datetime import date
from pathlib import Path

import segno
import typst

from kapabla.web import language
from kapabla.web.context import long_date
from kapabla.web.language import translated


class NoLetters(Exception):
    """No font of ours, nor of this machine, has the letters of the name: a tagged PDF is whole or not made."""


TEMPLATE = Path(__file__).with_name("certificate.typ")


def make_pdf(*, name: str, day: date, minutes: int, address: str, organisation: str, project: str) -> bytes:
    qr = io.BytesIO()
    segno.make(address, micro=False, error="m").save(qr, kind="svg", scale=4)
    completed = (
        translated("har gått utbildningen %(project)s.")
        if name
        else translated("Den som visar det här intyget har gått utbildningen %(project)s.")
    )
    inputs = {
        "lang": language.TAGS[language.current()],
        "title": translated("Intyg"),
        "name": name,
        "completed": completed % {"project": project},
        "given_by": translated("Utbildningen ges av %(organisation)s.") % {"organisation": organisation},
        "day_and_length": translated("%(day)s. Omfattning: ungefär %(minutes)s minuter.")
        % {"day": long_date(day), "minutes": minutes},
        "qr_alt": translated("QR-kod som leder till sidan där intyget kan kontrolleras"),
        "check": translated("Rikta kameran mot rutan för att kontrollera intyget."),
    }
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "qr.svg").write_bytes(qr.getvalue())
        (Path(folder) / "certificate.typ").write_bytes(TEMPLATE.read_bytes())
        try:
            compiled = typst.compile(
                str(Path(folder) / "certificate.typ"), root=folder, format="pdf", sys_inputs=inputs,
                pdf_standards="ua-1",
            )  # fmt: skip
        except typst.TypstError as error:
            if "could not be displayed with font" in str(error):
                # Not chained: typst's words hold the letters.
                raise NoLetters() from None
            raise
    return bytes(compiled)
