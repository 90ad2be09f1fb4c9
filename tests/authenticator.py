"""A device that keeps passkeys, in software: it answers the pages' own questions as a browser with a real one does."""

import hashlib
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from html import unescape

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
_QUESTION = re.compile(r'<script type="application/json">(.*?)</script>', re.S)


def question_on(page):
    return json.loads(unescape(_QUESTION.search(page)[1]))


def encode(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """`flags`, `origin` and `uses` may be set to what an honest device would never say."""

    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    uses: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    handle: bytes = b""

    def __post_init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, question):
        self.handle = decode(question["user"]["id"])
        point = self._key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        said = self._said(question["rp"]["id"], ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
        heard = self._heard("webauthn.create", question)
        return self._answer(clientDataJSON=encode(heard), attestationObject=encode(statement))

    def get(self, question):
        self.uses += 1
        said, heard = self._said(question["rpId"]), self._heard("webauthn.get", question)
        signature = self._key.sign(said + hashlib.sha256(heard).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=encode(heard), authenticatorData=encode(said), signature=encode(signature),
            userHandle=encode(self.handle),
        )  # fmt: skip

    def _said(self, site, more=0):
        return hashlib.sha256(site.encode()).digest() + bytes([self.flags | more]) + self.uses.to_bytes(4, "big")

    def _heard(self, kind, question):
        return json.dumps({"type": kind, "challenge": question["challenge"], "origin": self.origin}).encode()

    def _answer(self, **response):
        return json.dumps({"id": encode(self.id), "rawId": encode(self.id), "type": "public-key", "response": response})
