"""Street addresses, properties, postcodes, and the registration of vehicles."""

import re
from collections.abc import Iterator

from kapabla.guard.findings import Finding, Kind

_UPPER = "A-ZÅÄÖÁÉ"
_STREET = "gatan|gata|vägen|väg|gränden|gränd|stigen|stig|torget|torg|allén|backen|esplanaden|slingan|svängen"
# Endings of many other words: with a capital letter alone.
_VILLAGE = (
    "platsen|leden|stranden|kajen|ringen|byn|liden|berget|sjön|selet|träsk|näset|viken|forsen|heden|udden|gården"
    "|torpet|bäcken|åsen|holmen|lund|vik|näs|berg|fors|hed"
)
_BEFORE = rf"(?:(?:[{_UPPER}][\wåäö]*\.?|gamla|norra|södra|östra|västra|nya|lilla|stora)\s+){{0,2}}"
_NUMBER = r"\s+\d{1,4}(?!\d)\s?(?:[A-Za-z](?!\w))?"
_FLAT = r"(?:,?\s*(?:lgh|lägenhet)\s?\d+|,?\s*\d+\s?tr\b)?"
_TOWN = rf"(?:,?\s*\d{{3}}\s?\d{{2}}\s+[{_UPPER}][\wåäö]+)?"
_ADDRESSES = (
    re.compile(rf"\b{_BEFORE}(?:\w+(?i:{_STREET})){_NUMBER}{_FLAT}{_TOWN}"),
    re.compile(rf"\bTorget{_NUMBER}{_FLAT}{_TOWN}"),
    re.compile(rf"\b[{_UPPER}]\w+(?:{_VILLAGE}){_NUMBER}{_TOWN}"),
    re.compile(
        rf"(?:\bbor\s+(?:numera\s+)?(?:på|i|vid)?|\badress(?:en)?:?(?:\s+är)?)\s+([{_UPPER}]\w+{_NUMBER}{_TOWN})"
    ),
    re.compile(rf"\b[Bb]ox\s?\d{{1,6}}{_TOWN}"),
    # The county's postcodes, by themselves.
    re.compile(r"(?<!\d)9[0-3]\d\s\d\d(?!\s?\d)"),
    # A property as the land register has it.
    re.compile(rf"\b[{_UPPER}][\wåäö]+\s\d{{1,3}}:\d{{1,4}}\b"),
    # A street by itself: in a place with few houses, that is enough.
    re.compile(rf"(?<=[a-zåäö,]\s)[{_UPPER}]\w+(?:gatan|gränd|gränden)\b"),
    re.compile(rf"(?<!\d)(?!114\s?14)\d{{3}}\s?\d{{2}}\s+[{_UPPER}][\wåäö]+"),
)
# I, Q, V, Å, Ä and Ö are on no plate. In small letters only where it is written as one word.
_PLATE = re.compile(r"(?<!\w)(?:[A-HJ-PR-UW-Z]{3}[\s\-–]?\d{2}[\dA-HJ-PR-UW-Z]|[A-Za-z]{3}\d{2}[\dA-Za-z])(?!\w)")
_TOLD_PLATE = re.compile(
    r"\b(?:reg(?:nr|nummer|istreringsnummer)?|skylt(?:en)?)\.?:?\s+([A-Za-z]{3}[\s\-–]?\d{2}[\dA-Za-z])(?!\w)",
    re.IGNORECASE,
)


def find_addresses(text: str) -> Iterator[Finding]:
    """Finds: a street or road with a number, with staircase, flat, postcode and town where they follow; a village and a
    number (Mellanbyn 48), also after "bor i"; boxes; properties (Björkliden 2:14); postcode and town; the county's
    postcodes by themselves; a street by itself in the midst of a sentence.

    Does not find: a number in words, an unknown village and a number that begin a sentence, the way to a house ("tredje
    gården efter bron"), or a farm's name alone.
    """
    for pattern in _ADDRESSES:
        for match in pattern.finditer(text):
            group = 1 if pattern.groups else 0
            yield Finding(match.start(group), match.end(group), Kind.ADDRESS)


def find_vehicles(text: str) -> Iterator[Finding]:
    """Finds: three letters and three digits, or two and a letter, as plates have them (ABC 123, ABC12D); in small
    letters only as one word or after "reg" or "skylt".

    Does not find: plates of one's own choice, and foreign ones.
    """
    for match in _PLATE.finditer(text):
        yield Finding(match.start(), match.end(), Kind.VEHICLE)
    for match in _TOLD_PLATE.finditer(text):
        yield Finding(match.start(1), match.end(1), Kind.VEHICLE)
