"""Random keys. Never counters: row order and rank would link the vaults (`privacy.md` C2.3)."""

import secrets

# No vowels and no look-alikes: an id can be read aloud and never spells a word.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
ID_LENGTH = 16


def new_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(ID_LENGTH))


def new_secret() -> bytes:
    return secrets.token_bytes(32)


def id_from(mac: bytes) -> str:
    """An id that follows from a keyed hash: what a form makes is made once, however often it is sent."""
    number, characters = int.from_bytes(mac, "big"), []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[digit])
    return "".join(characters)
