"""A sealed stream: what is written to it is encrypted in pieces, and a copy that lacks its end cannot be read.

The file is a magic line, a random salt, and pieces of AES-256-GCM, each after its length. The key of a file is derived
from the key of the vault and the salt; the nonce of a piece is its number and whether it is the last, so pieces can
neither be moved, left out, nor cut off at the end. What it is of (`label`) is authenticated with every piece.
"""

import io
import secrets
from pathlib import Path
from typing import Any, BinaryIO

from kapabla.errors import KapablaError
from kapabla.keys import keyed_hash

MAGIC = b"kapabla backup 1\n"
PIECE = 1024 * 1024
_SALT, _LENGTH, _TAG = 16, 4, 16


class BackupUnsound(KapablaError):
    """Cut short, changed, of something else, or sealed with another key. Nothing of it is used."""

    code = "backup_unsound"


def _cipher(key: bytes, salt: bytes) -> Any:
    # Loaded here: a server that starts reads this module, and seals nothing.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(keyed_hash(key, b"backup file", salt))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class SealedWriter(io.RawIOBase):
    """Closing it writes the last piece: a file that nobody closed has no end."""

    def __init__(self, file: BinaryIO, key: bytes, label: str) -> None:
        self._file, self._label = file, label.encode()
        salt = secrets.token_bytes(_SALT)
        self._cipher, self._number, self._held = _cipher(key, salt), 0, bytearray()
        file.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, body: Any) -> int:
        self._held += body
        while len(self._held) > PIECE:
            self._seal(bytes(self._held[:PIECE]), is_last=False)
            del self._held[:PIECE]
        return len(body)

    def finish(self) -> None:
        self._seal(bytes(self._held), is_last=True)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last), piece, self._label)
        self._file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._number += 1


class SealedReader(io.RawIOBase):
    """Gives out only what has been authenticated, and raises `BackupUnsound` at the first piece that does not fit."""

    def __init__(self, path: Path, key: bytes, label: str) -> None:
        self._path, self._label = path, label.encode()
        self._file = path.open("rb")
        if self._file.read(len(MAGIC)) != MAGIC:
            raise BackupUnsound(file=str(path))
        self._cipher, self._number = _cipher(key, self._file.read(_SALT)), 0
        self._held, self._ended = memoryview(b""), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held and not self._ended:
            self._held = memoryview(self._open_piece())
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def close(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()
        super().close()

    def _open_piece(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        length = int.from_bytes(self._file.read(_LENGTH), "big")
        if not _TAG <= length <= PIECE + _TAG:
            raise BackupUnsound(file=str(self._path))
        sealed = self._file.read(length)
        self._ended = not self._file.peek(1)
        try:
            piece: bytes = self._cipher.decrypt(_nonce(self._number, self._ended), sealed, self._label)
        except InvalidTag as error:
            raise BackupUnsound(file=str(self._path)) from error
        self._number += 1
        return piece
