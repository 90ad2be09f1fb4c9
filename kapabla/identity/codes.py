"""Links and typed codes: derived from a person's secret and a generation, never stored (`architecture.md`).

A code is nine characters and a check character, from 24 that have no vowels and no look-alikes (about 41 bits). The
check is Luhn mod 24, so a slip of the finger is told apart from an unknown code before anything is looked up.
"""

import base64
import hashlib

from kapabla.errors import KapablaError
from kapabla.keys import keyed_hash

ALPHABET = "2346789BCDFGHJKMPQRTVWXY"
LENGTH = 10
TOKEN_BYTES = 16
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


def derive_code(invitation_key: bytes, secret: bytes, generation: int) -> str:
    """The ten characters of a person's code, without a hyphen."""
    number = int.from_bytes(keyed_hash(invitation_key, b"code", secret, generation.to_bytes(4, "big"))[:16], "big")
    characters = []
    for _ in range(LENGTH - 1):
        number, digit = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[digit])
    body = "".join(characters)
    return body + check_character(body)


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
    code = "".join(character for character in typed.upper() if not character.isspace() and character not in _HYPHENS)
    if not code:
        raise CodeEmpty()
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        raise CodeMistyped()
    if check_character(code[:-1]) != code[-1]:
        raise CodeMistyped()
    return code


def format_code(code: str) -> str:
    """As it is printed: two fives.

    >>> format_code("KB47RT9MXV")
    'KB47R-T9MXV'
    """
    return f"{code[:5]}-{code[5:]}"


def code_lookup(invitation_key: bytes, code: str) -> bytes:
    """What the vault keeps for look-up: a keyed hash, since a code is short enough to try all of them."""
    return keyed_hash(invitation_key, b"code look-up", code.encode())
