"""From bytes to text, in whichever encoding a spreadsheet on Windows, a Mac or the web has saved it."""

import codecs

from kapabla.identity.list_reading.shapes import ListRefused

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# The letters of Swedish names, é and ü included, as the two eight-bit alphabets write them. Each set of bytes is
# punctuation, capitals of other languages or nothing at all in the other alphabet.
_LETTERS = "åäöÅÄÖéÉüÜ"
_MAC, _WINDOWS = _LETTERS.encode("mac-roman"), _LETTERS.encode("cp1252")


def decode(data: bytes) -> tuple[str, str]:
    """The text without a byte order mark and with `\\n` for every line end; and the name of the encoding."""
    encoding = _encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ListRefused("unreadable") from error
    # No text has it in its first line; further down the cell's own row is told.
    if "\0" in text.partition("\n")[0]:
        raise ListRefused("wrong_type")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), encoding


def _encoding_of(data: bytes) -> str:
    if data.startswith(_UTF_16_MARKS):
        return "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return _utf_16_without_mark(data) or _eight_bits(data)


def _utf_16_without_mark(data: bytes) -> str | None:
    """Every other byte of Swedish text in UTF-16 is zero; other text has no zeros."""
    sample = data[:4096]
    if len(data) % 2 or sample.count(0) <= len(sample) // 4:
        return None
    return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"


def _eight_bits(data: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "mac-roman" if encoding == "cp1252" and _looks_like_mac(data) else encoding
    return "mac-roman"


def _looks_like_mac(data: bytes) -> bool:
    """Mac Roman and Windows-1252 both read nearly all bytes, so the letters decide."""
    return _count(data, _MAC) > _count(data, _WINDOWS)


def _count(data: bytes, letters: bytes) -> int:
    return sum(data.count(letter) for letter in letters)
