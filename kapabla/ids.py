"""Random keys. Never counters: row order and rank would link the vaults (`privacy.md` C2.3)."""

import secrets

# No vowels and no look-alikes: an id can be read aloud and never spells a word.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
_LENGTH = 16


def new_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def new_secret() -> bytes:
    return secrets.token_bytes(32)
