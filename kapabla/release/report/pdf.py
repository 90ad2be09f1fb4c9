"""The report as a tagged PDF (PDF/UA-1), made by typst. The same report gives the same bytes."""

import json
import tempfile
from pathlib import Path
from typing import Any

from kapabla.release.report.blocks import Block, Bullets, Heading, Paragraph, Report, Table

TEMPLATE = Path(__file__).with_name("report.typ")


def as_pdf(report: Report) -> bytes:
    import typst

    told = {"title": report.title, "lang": report.lang, "blocks": [_block(block) for block in report.blocks]}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        (Path(folder) / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        compiled = typst.compile(
            str(Path(folder) / TEMPLATE.name), root=folder, format="pdf", pdf_standards="ua-1"
        )  # fmt: skip
    return bytes(compiled)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": block.text}
        case Paragraph():
            return {"kind": "paragraph", "text": block.text}
        case Bullets():
            return {"kind": "bullets", "items": block.items}
        case Table():
            return {
                "kind": "table", "caption": block.caption, "heads": block.heads, "rows": block.rows,
                "numeric": sorted(block.numeric),
            }  # fmt: skip
