"""How a text message is counted: in the alphabet of the networks (GSM 03.38) 160 characters, in any other writing 70.

A longer one is cut by the networks into parts that a telephone puts together again; each is paid for.
"""

_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each is sent as two.
_EXTENDED = frozenset("^{}\\[~]|€\f")
ONE, OF_MANY = 160, 153
ONE_UNICODE, OF_MANY_UNICODE = 70, 67


def parts_of(text: str) -> int:
    """In how many parts it leaves.

    >>> parts_of("å" * 160), parts_of("å" * 161), parts_of("á" * 70), parts_of("á" * 71)
    (1, 2, 1, 2)
    """
    if is_plain(text):
        return _parts(sum(2 if character in _EXTENDED else 1 for character in text), ONE, OF_MANY)
    return _parts(len(text.encode("utf-16-le")) // 2, ONE_UNICODE, OF_MANY_UNICODE)


def is_plain(text: str) -> bool:
    """Whether the alphabet of the networks has all of it."""
    return all(character in _ALPHABET or character in _EXTENDED for character in text)


def _parts(length: int, one: int, of_many: int) -> int:
    return 1 if length <= one else -(-length // of_many)
