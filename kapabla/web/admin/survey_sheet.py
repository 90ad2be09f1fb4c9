"""The sheet of an open survey as tagged PDF: first to put up, with link and QR; then the questions on paper."""

import io
import json
import tempfile
from pathlib import Path

from kapabla.material import Material
from kapabla.material.instruments import Item, Questionnaire
from kapabla.material.surveys import OpenSurvey
from kapabla.web.context import long_date
from kapabla.web.safety import ShownBox

_TEMPLATE = Path(__file__).with_name("survey_sheet.typ")


def sheet_pdf(
    survey: OpenSurvey, questionnaire: Questionnaire, material: Material, *, link: str, notice: ShownBox
) -> io.BytesIO:  # fmt: skip
    """In Swedish, as paper is handed out where people meet. Values go in as data, never as markup.

    notice: stands where crime is asked about, that this is no report."""
    import segno
    import typst

    organisation, lines = material.organisation, [line.sv for line in notice.lines]
    told = {
        "place": material.municipality(survey.municipality).name, "link": link.partition("://")[2],
        "until": long_date(survey.closes_on), "who": organisation.name, "telephone": organisation.telephone,
        "minutes": questionnaire.minutes,
        "pages": [
            {
                "heading": page.heading.sv if page.heading else "", "intro": page.intro.sv if page.intro else "",
                "stem": page.stem.sv if page.stem else "", "notice": lines if "not_a_report" in page.boxes else [],
                "items": [_item(item) for item in page.items],
            }
            for page in questionnaire.pages
        ],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        segno.make(link, micro=False, error="m").save(str(folder / "qr.svg"), border=4)
        (folder / "told.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        (folder / _TEMPLATE.name).write_bytes(_TEMPLATE.read_bytes())
        made = typst.compile(str(folder / _TEMPLATE.name), root=name, format="pdf", pdf_standards="ua-1")
    return io.BytesIO(bytes(made))


def _item(item: Item) -> dict[str, object]:
    decline = ["Vill inte svara"] if item.may_decline else []
    note = "Kryssa i alla som stämmer." if item.kind == "multi" else ""
    if item.show_if is not None:
        note = "Svara bara om något av det här har hänt dig."
    return {"text": item.text.sv, "note": note, "options": [*(option.text.sv for option in item.options), *decline]}
