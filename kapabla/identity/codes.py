"""Links and typed codes: derived from a person's secret and a generation, never stored (`architecture.md`).

A code is nine characters and a check character, from 24 that have no vowels and no look-alikes (about 41 bits). The
check is Luhn mod 24, so a slip of the finger is told apart from an unknown code before anything is looked up.
"""

import base64
import hashlib
from collections.abc import Iterator

from kapabla.errors import KapablaError
from kapabla.keys import keyed_hash

ALPHABET = "2346789BCDFGHJKMPQRTVWXY"
LENGTH = 10
# A meeting's code stands on a screen for a day and is typed by a whole room.
MEETING_LENGTH = 6
TOKEN_BYTES = 16
# Of a text message's link (docs/decisions/0076): 62 to the eleventh is 65 bits, and no sign that a telephone cuts off.
SHORT_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SHORT_LENGTH = 11
# Hyphen, its non-breaking twin, the dashes that word processors put in its place, and the minus sign.
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212"


class CodeEmpty(KapablaError):
    code = "code_empty"


class CodeMistyped(KapablaError):
    """Wrong length, a character that no code has, or a check character that does not fit."""

    code = "code_mistyped"


def derive_token(invitation_key: bytes, secret: bytes, generation: int) -> str:
    """The token of a person's link: 128 bits, the same in every reminder of this generation."""
    mac = keyed_hash(invitation_key, b"link", secret, generation.to_bytes(4, "big"))
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode().rstrip("=")


def token_hash(token: str) -> bytes:
    """What the vault keeps for look-up."""
    return hashlib.sha256(token.encode()).digest()


def derive_short_token(invitation_key: bytes, secret: bytes, generation: int) -> str:
    """The eleven characters of a person's link in text messages. They tell nothing of the code or the longer link."""
    mac = keyed_hash(invitation_key, b"short", secret, generation.to_bytes(4, "big"))
    return "".join(_characters_of(mac, SHORT_ALPHABET, SHORT_LENGTH))


def short_lookup(invitation_key: bytes, token: str) -> bytes:
    """What the vault keeps for look-up: keyed like that of a code, since 65 bits can be tried on a stolen copy."""
    return keyed_hash(invitation_key, b"short look-up", token.encode())


def derive_code(invitation_key: bytes, secret: bytes, generation: int) -> str:
    """The ten characters of a person's code, without a hyphen."""
    return _code_of(keyed_hash(invitation_key, b"code", secret, generation.to_bytes(4, "big")), LENGTH)


def derive_meeting_code(invitation_key: bytes, meeting_id: str) -> str:
    """The six characters of a meeting's code, without a hyphen."""
    return _code_of(keyed_hash(invitation_key, b"meeting code", meeting_id.encode()), MEETING_LENGTH)


def _code_of(mac: bytes, length: int) -> str:
    body = "".join(_characters_of(mac, ALPHABET, length - 1))
    return body + check_character(body)


def _characters_of(mac: bytes, alphabet: str, count: int) -> Iterator[str]:
    number = int.from_bytes(mac[:16], "big")
    for _ in range(count):
        number, digit = divmod(number, len(alphabet))
        yield alphabet[digit]


def check_character(body: str) -> str:
    """Luhn mod N over the 24 characters (ISO/IEC 7812-1, annex B, with 24 in place of 10).

    Every single wrong character is told, and every swap of two neighbours but 2Y for Y2, the first and the last.

    >>> check_character("KB47RT9MX")
    'V'
    """
    total, factor, base = 0, 2, len(ALPHABET)
    for character in reversed(body):
        addend = factor * ALPHABET.index(character)
        total += addend // base + addend % base
        factor = 3 - factor
    return ALPHABET[-total % base]


def parse_code(typed: str) -> str:
    """The code behind what somebody typed: case, spaces and hyphens do not matter.

    >>> parse_code(" kb47r t9mxv")
    'KB47RT9MXV'
    """
    return _parsed(typed, LENGTH)


def parse_meeting_code(typed: str) -> str:
    """The same of a meeting's code.

    >>> parse_meeting_code("kb4 7rm")
    'KB47RM'
    """
    return _parsed(typed, MEETING_LENGTH)


def find_meeting_code(typed: str) -> str | None:
    """The meeting's code that somebody typed where their own was asked for, if it is one."""
    try:
        return parse_meeting_code(typed)
    except (CodeEmpty, CodeMistyped):
        return None


def _parsed(typed: str, length: int) -> str:
    code = "".join(character for character in typed.upper() if not character.isspace() and character not in _HYPHENS)
    if not code:
        raise CodeEmpty()
    if len(code) != length or any(character not in ALPHABET for character in code):
        raise CodeMistyped()
    if check_character(code[:-1]) != code[-1]:
        raise CodeMistyped()
    return code


def format_code(code: str) -> str:
    """As it is printed: in two halves.

    >>> format_code("KB47RT9MXV"), format_code("KB47RM")
    ('KB47R-T9MXV', 'KB4-7RM')
    """
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def code_lookup(invitation_key: bytes, code: str) -> bytes:
    """What the vault keeps for look-up: a keyed hash, since a code is short enough to try all of them."""
    return keyed_hash(invitation_key, b"code look-up", code.encode())
