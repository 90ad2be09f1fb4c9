"""Answers that waited on a telephone: the pair of keys that they are locked with, and the opening of one.

RSA-OAEP (3072 bits, SHA-256) wraps a fresh AES-256-GCM key for each record; the record's id is authenticated with it.
A page carries the public part. The private part is read by the participant's process alone, and only here. Why it is
so, and what happens when a key is rotated or lost: docs/decisions/0020.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from kapabla.errors import KapablaError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

PURPOSE = "offline"


class Unreadable(KapablaError):
    """The record was not sealed with this key, or not as it came here."""

    code = "record_unreadable"


@dataclass(frozen=True)
class SealedRecord:
    """As it lies on the telephone and as it is sent (`/ko`)."""

    id: str
    key_id: str
    wrapped: bytes
    iv: bytes
    data: bytes


@lru_cache(maxsize=8)
def _open(private: bytes) -> "RSAPrivateKey":
    """Without the slow check of what we have made ourselves."""
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    key = load_der_private_key(private, None, unsafe_skip_rsa_key_validation=True)
    return cast("RSAPrivateKey", key)


@lru_cache(maxsize=8)
def public_part(private: bytes) -> str:
    """As the browser reads it: SPKI in base64."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = _open(private).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def read_record(record_id: str, fields: Mapping[str, object]) -> SealedRecord:
    """Raises `Unreadable` for what is no record at all."""
    try:
        wrapped, iv, data = (base64.b64decode(str(fields[name]), validate=True) for name in ("wrapped", "iv", "data"))
        return SealedRecord(record_id, str(fields["keyId"]), wrapped, iv, data)
    except (KeyError, binascii.Error, ValueError) as error:
        raise Unreadable() from error


def unseal_record(private: bytes, record: SealedRecord) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        fresh = _open(private).decrypt(record.wrapped, padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
        return AESGCM(fresh).decrypt(record.iv, record.data, record.id.encode())
    except (ValueError, InvalidTag) as error:
        raise Unreadable() from error
