"""The report as one HTML file that stands alone: for screen readers, for print, in light and dark."""

from collections.abc import Sequence
from html import escape

from kapabla.release.report.blocks import Block, Bullets, Heading, Paragraph, Report, Table

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f1d; --paper: #ffffff; --line: #767b78; --head: #eef2ef; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9eeeb; --paper: #141816; --line: #8b938f; --head: #232a26; } }
body { color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 60rem; padding: 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
.scroll { overflow-x: auto; position: relative; } table { border-collapse: collapse; margin: 1rem 0; }
caption { font-weight: bold; text-align: left; padding: 0.5rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: 0.35rem 0.6rem; text-align: left; vertical-align: top; }
.unseen { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
thead th { background: var(--head); } th[scope=row] { font-weight: normal; }
.num { text-align: right; white-space: nowrap; }
li { overflow-wrap: anywhere; }
@media print { :root { --ink: #000; --paper: #fff; --head: #fff; } body { max-width: none; font-size: 10pt; }
  h2 { break-after: avoid; } tr { break-inside: avoid; } .scroll { overflow: visible; } }
"""


def as_html(report: Report) -> bytes:
    """Nothing is fetched from anywhere, and nothing runs."""
    body = "\n".join(_block(block, report.blocks[:place]) for place, block in enumerate(report.blocks))
    return f"""<!doctype html>
<html lang="{report.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(report.title)}</title><style>{_STYLE}</style></head>
<body><main>
<h1>{escape(report.title)}</h1>
{body}
</main></body></html>
""".encode()


def _block(block: Block, before: Sequence[Block]) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
        case Paragraph():
            return f"<p>{escape(block.text)}</p>"
        case Bullets():
            return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
        case Table():
            heading = next((one.text for one in reversed(before) if isinstance(one, Heading)), "")
            return _table(block, ' class="unseen"' if block.caption == heading else "")


def _table(table: Table, look: str) -> str:
    """`look`: of the caption; what the heading has said already is for screen readers alone."""
    heads = "".join(
        f'<th scope="col"{_number(place, table)}>{escape(head)}</th>' for place, head in enumerate(table.heads)
    )
    rows = "\n".join(f"<tr>{_row(row, table)}</tr>" for row in table.rows)
    caption = escape(table.caption)
    return f"""<div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table>
<caption{look}>{caption}</caption>
<thead><tr>{heads}</tr></thead><tbody>
{rows}
</tbody></table></div>"""


def _row(row: tuple[str, ...], table: Table) -> str:
    first, *rest = row
    cells = "".join(f"<td{_number(place, table)}>{escape(cell)}</td>" for place, cell in enumerate(rest, start=1))
    return f'<th scope="row">{escape(first)}</th>{cells}'


def _number(place: int, table: Table) -> str:
    return ' class="num"' if place in table.numeric else ""
