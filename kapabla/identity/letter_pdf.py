"""Letters and sheets of labels as tagged PDF (PDF/UA-1), made by typst. Values go in as data, never as markup."""

import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kapabla.errors import Refused
from kapabla.identity.letters import PaperLetter

# So wide is the square that a camera reads, without the white around it (D07: at least 25 mm).
QR_MM = 27
_QUIET_MODULES = 4
_TEMPLATES = Path(__file__).parent
_UNPRINTABLE = ("could not be displayed with font", "does not fit its window")
_TAGS = {"sv_easy": "sv"}


class Unprintable(Refused):
    """Somebody's name or address has letters that no font has, or does not fit its window."""

    code = "letters_unprintable"


def letters_pdf(letters: Sequence[PaperLetter], *, alt: str) -> bytes:
    """A page for each."""
    try:
        return _compile("letter.typ", [_letter(letter, alt) for letter in letters], [one.link for one in letters])
    except Unprintable as error:
        raise Unprintable(numbers=", ".join(_unprintable(letters, alt))) from error


def labels_pdf(rows: Sequence[tuple[str, str, str]], *, address: str, alt: str) -> bytes:
    """(number, link, code), three by eight on a sheet: 70 by 37 mm."""
    told = [{"number": number, "code": code, "address": address, "alt": alt} for number, _, code in rows]
    return _compile("labels.typ", told, [link for _, link, _ in rows])


def _letter(letter: PaperLetter, alt: str) -> dict[str, Any]:
    blocks = letter.text.text.strip().split("\n\n")
    return {
        "lang": _TAGS.get(letter.language, letter.language), "title": letter.text.subject, "address": letter.address,
        "blocks": blocks, "code": letter.code, "alt": alt,
    }  # fmt: skip


def _compile(template: str, told: list[dict[str, Any]], links: Sequence[str]) -> bytes:
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for place, (one, link) in enumerate(zip(told, links, strict=True)):
            one |= {"qr": f"{place}.svg", "qr_mm": _draw(link, folder / f"{place}.svg")}
        (folder / "told.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        (folder / template).write_bytes((_TEMPLATES / template).read_bytes())
        try:
            made = typst.compile(str(folder / template), root=name, format="pdf", pdf_standards="ua-1")
        except typst.TypstError as error:
            if any(sign in str(error) for sign in _UNPRINTABLE):
                # Not chained: typst's words hold the letters.
                raise Unprintable() from None
            raise
    return bytes(made)


def _draw(link: str, path: Path) -> float:
    """Error level M. Returns how wide it is with the white around it, in mm."""
    import segno

    code, out = segno.make(link, micro=False, error="m", boost_error=False), io.BytesIO()
    code.save(out, kind="svg", border=_QUIET_MODULES)
    path.write_bytes(out.getvalue())
    modules = code.symbol_size(border=0)[0]
    return QR_MM * (modules + 2 * _QUIET_MODULES) / modules


def _unprintable(letters: Sequence[PaperLetter], alt: str) -> list[str]:
    """Each on its own, to tell which."""
    found = []
    for letter in letters:
        try:
            _compile("letter.typ", [_letter(letter, alt)], [letter.link])
        except Unprintable:
            found.append(letter.number)
    return found
