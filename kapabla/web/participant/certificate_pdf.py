"""The certificate as a tagged PDF (PDF/UA-1), made by typst. Values go in as inputs, never as markup."""

import io
import tempfile
from datetime import date
from pathlib import Path

import segno
import typst

from kapabla.web.context import long_date

TEMPLATE = Path(__file__).with_name("certificate.typ")


def make_pdf(*, name: str, day: date, minutes: int, address: str, organisation: str, project: str) -> bytes:
    qr = io.BytesIO()
    segno.make(address, micro=False, error="m").save(qr, kind="svg", scale=4)
    inputs = {
        "name": name, "day": long_date(day), "minutes": str(minutes), "organisation": organisation, "project": project,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "qr.svg").write_bytes(qr.getvalue())
        (Path(folder) / "certificate.typ").write_bytes(TEMPLATE.read_bytes())
        compiled = typst.compile(
            str(Path(folder) / "certificate.typ"), root=folder, format="pdf", sys_inputs=inputs, pdf_standards="ua-1"
        )
    return bytes(compiled)
