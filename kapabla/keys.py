"""Keys as files, one a key: `<purpose>-<id>.key` in a folder that only this process may read. Never logged."""

import base64
import hashlib
import hmac
import os
import secrets
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kapabla.errors import KapablaError

KEY_BYTES = 32
RSA_BITS = 3072
PURPOSES = (
    "study", "invitation", "certificate", "audit", "release", "sealing", "offline", "backup", "session", "tombstone",
)  # fmt: skip


class KeyMissing(KapablaError):
    code = "key_missing"

    def __str__(self) -> str:
        return (
            f"The key {self.context['name']} is missing in KAPABLA_KEY_DIR. "
            "Run `kapabla init` for a new installation, or put the sealed copy back for an old one."
        )


class KeyUnsound(KapablaError):
    code = "key_unsound"

    def __str__(self) -> str:
        return f"The key {self.context['name']} is too short or cannot be read. Put the sealed copy back."


@dataclass(frozen=True)
class KeyFile:
    purpose: str
    id: str
    made_on: date


class Keyring:
    """Reads keys on demand, each once. A process is given only the files that it needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[tuple[str, str], bytes] = {}

    def get(self, purpose: str, key_id: str = "1") -> bytes:
        if (purpose, key_id) not in self._read:
            self._read[purpose, key_id] = self._load(purpose, key_id)
        return self._read[purpose, key_id]

    def has(self, purpose: str, key_id: str = "1") -> bool:
        return self._path(purpose, key_id).exists()

    def latest(self, purpose: str) -> str:
        """The id in use where a purpose has several: they are numbered as they are made."""
        return str(max(self._numbers(purpose, "key"), default=1))

    def rotate(self, purpose: str, on: date) -> str:
        """A new key beside the old, which goes on reading what was sealed with it. Returns the new id."""
        key_id = str(max(self._numbers(purpose, "key") + self._numbers(purpose, "lost"), default=0) + 1)
        self.make(purpose, key_id, on)
        return key_id

    def give_up(self, purpose: str, key_id: str, on: date) -> None:
        """Write down that a key is lost for good: what was sealed with it can be told so instead of waiting."""
        text = f'purpose = "{purpose}"\nid = "{key_id}"\ngiven_up_on = {on.isoformat()}\n'
        self._path(purpose, key_id).with_suffix(".lost").write_text(text, encoding="utf-8")

    def is_given_up(self, purpose: str, key_id: str) -> bool:
        return self._path(purpose, key_id).with_suffix(".lost").exists()

    def make(self, purpose: str, key_id: str, on: date) -> None:
        """Make a key once. An existing one is left as it is: making it anew would cut every link that it holds."""
        if purpose not in PURPOSES:
            raise KeyUnsound(name=purpose)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fields = {"purpose": f'"{purpose}"', "id": f'"{key_id}"', "made_on": on.isoformat()}
        fields["key"] = f'"{_encode(_fresh(purpose))}"'
        text = "".join(f"{name} = {value}\n" for name, value in fields.items())
        try:
            handle = os.open(self._path(purpose, key_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)

    def _numbers(self, purpose: str, ending: str) -> list[int]:
        ids = [path.stem.removeprefix(f"{purpose}-") for path in self._folder.glob(f"{purpose}-*.{ending}")]
        return [int(key_id) for key_id in ids if key_id.isdecimal()]

    def destroy(self, purpose: str, key_id: str) -> None:
        """What a key held together can never be joined again (E7, end of study)."""
        self._path(purpose, key_id).unlink(missing_ok=True)
        self._read.pop((purpose, key_id), None)

    def list(self) -> list[KeyFile]:
        found = []
        for path in sorted(self._folder.glob("*.key")):
            try:
                data = tomllib.loads(path.read_text(encoding="utf-8"))
                found.append(KeyFile(data["purpose"], data["id"], data["made_on"]))
            except (KeyError, ValueError) as error:
                raise KeyUnsound(name=path.name) from error
        return found

    def _path(self, purpose: str, key_id: str) -> Path:
        return self._folder / f"{purpose}-{key_id}.key"

    def _load(self, purpose: str, key_id: str) -> bytes:
        path = self._path(purpose, key_id)
        if not path.exists():
            raise KeyMissing(name=path.name)
        try:
            key = base64.urlsafe_b64decode(tomllib.loads(path.read_text(encoding="utf-8"))["key"])
        except (KeyError, TypeError, ValueError) as error:
            raise KeyUnsound(name=path.name) from error
        if len(key) < KEY_BYTES or len(set(key)) < 8:
            raise KeyUnsound(name=path.name)
        return key


def _fresh(purpose: str) -> bytes:
    """Random bytes; for what telephones seal (`unsealing.py`) the private part of a pair."""
    if purpose != "offline":
        return secrets.token_bytes(KEY_BYTES)
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pair = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def keyed_hash(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA-256 over the parts, each with its length, so that no two lists of parts read the same."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        mac.update(len(part).to_bytes(4, "big") + part)
    return mac.digest()


def seal(key: bytes, text: str, context: str) -> bytes:
    """AES-256-GCM. The context (table, column, row) is authenticated, so a sealed field cannot be moved elsewhere."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).decrypt(sealed[:12], sealed[12:], context.encode()).decode()


def _encode(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()
