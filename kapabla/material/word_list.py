"""The words that may not stand where a history, a tab, an inbox or somebody over the shoulder shows them (S10)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kapabla.material.faults import Fault, say
from kapabla.material.messages import KINDS, MESSAGES, SMS_KINDS, Messages
from kapabla.material.studies.definition import Study
from kapabla.material.texts import Text
from kapabla.material.unread import as_far_as_read

if TYPE_CHECKING:
    from kapabla.material.material import Material

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


def telling_names(material: "Material") -> list[Fault]:
    """What is authored and comes to stand where others see it. A module has its number there, never its title."""
    return [
        Fault(file, place, say("{words} tells what it is about; write a neutral name.", words=", ".join(words)))
        for file, place, words in _shown(material)
        if words
    ]


def _shown(material: "Material") -> Iterator[tuple[str, str, list[str]]]:
    for (name, version), instrument in material.instruments.items():
        yield from _in_address(f"instruments/{name}/v{version}.toml", "form_name", instrument.form_name)
    for study_id, study in material.studies.items():
        yield from _in_waves(f"studies/{study_id}.toml", study)
    for kind in KINDS:
        yield from _in_subject(kind, material.messages)
    for kind in SMS_KINDS:
        yield from _in_sms(kind, material.messages)


@as_far_as_read
def _in_address(file: str, place: str, address: str) -> Iterator[tuple[str, str, list[str]]]:
    if address:
        yield file, place, telling_address(address)


@as_far_as_read
def _in_waves(file: str, study: Study) -> Iterator[tuple[str, str, list[str]]]:
    for wave in study.waves:
        yield from _in_address(file, f"wave {wave.code}, slug", wave.slug)
        yield from ((file, f"wave {wave.code}, label, {language}", words) for language, words in _told(wave.label))


@as_far_as_read
def _in_subject(kind: str, messages: Messages) -> Iterator[tuple[str, str, list[str]]]:
    subject: Text = getattr(messages, kind).subject
    yield from ((MESSAGES, f"{kind}, subject, {language}", words) for language, words in _told(subject))


@as_far_as_read
def _in_sms(kind: str, messages: Messages) -> Iterator[tuple[str, str, list[str]]]:
    """All of it stands on a locked screen."""
    text: Text = getattr(messages.sms, kind)
    yield from ((MESSAGES, f"sms, {kind}, {language}", words) for language, words in _told(text))


@as_far_as_read
def _told(text: Text) -> Iterator[tuple[str, list[str]]]:
    for language in text.languages():
        written: str = getattr(text, language)
        if written:
            yield language, telling(written)
