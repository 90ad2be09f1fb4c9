"""The words that may not stand where a history, a tab, an inbox or somebody over the shoulder shows them (S10)."""

import re

WORDS = (
    "våld", "misshand", "slag", "slagen", "hot", "övergrepp", "utsatt", "offer", "brott", "kvinnofrid", "skydd",
    "partner", "relation", "jour", "trygg", "förövare", "stalk",
)  # fmt: skip
ENGLISH = (
    "violen", "abus", "assault", "beat", "threat", "victim", "crim", "shelter", "partner", "relation", "perpetrat",
    "stalk", "exposed", "safe",
)  # fmt: skip
_PLAIN = str.maketrans("åäö", "aao")


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})(?:\w*)", re.IGNORECASE)


WORD_LIST = _any_of(WORDS)
IN_ENGLISH = _any_of(ENGLISH)
# Addresses and file names are written without rings and dots; "valda" and "val" are words of their own.
_IN_ADDRESSES = re.compile(
    rf"\b(?!(?:vald[ae])\b)(?:{'|'.join(word.translate(_PLAIN) for word in WORDS)})(?:\w*)", re.IGNORECASE
)


def telling(text: str) -> list[str]:
    """Words of a title, a subject or a description that tell the topic, in Swedish or English."""
    return [*WORD_LIST.findall(text), *IN_ENGLISH.findall(text)]


def telling_address(address: str) -> list[str]:
    return [
        *_IN_ADDRESSES.findall(re.sub(r"[-_./]", " ", address)),
        *IN_ENGLISH.findall(re.sub(r"[-_./]", " ", address)),
    ]
