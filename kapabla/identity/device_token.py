"""What somebody's own telephone sends answers with. It can only write, it tells its reader nothing, and no row is kept:
the person and the generation of the link, sealed. A new code kills it as it kills the link (docs/decisions/0020)."""

import base64
import binascii

from kapabla.identity.entry import Entrant
from kapabla.keys import Keyring, keyed_hash, seal, unseal

_SEALED_AS = "device token"


def make_token(keys: Keyring, entrant: Entrant) -> str:
    sealed = seal(keys.get("sealing"), f"{entrant.person_id}.{entrant.generation}", _SEALED_AS)
    return base64.urlsafe_b64encode(sealed).decode()


def owner_word(keys: Keyring, entrant: Entrant) -> str:
    """The same for one person on every telephone and through every new link, and nothing to anybody else: by it a
    telephone that two people use keeps apart what each of them has written."""
    return keyed_hash(keys.get("sealing"), b"telephone", entrant.person_id.encode()).hex()[:16]


def read_token(keys: Keyring, token: str) -> tuple[str, int] | None:
    """The person and the generation, or None for what is no token of ours."""
    from cryptography.exceptions import InvalidTag

    try:
        text = unseal(keys.get("sealing"), base64.urlsafe_b64decode(token.encode()), _SEALED_AS)
    except (InvalidTag, binascii.Error, ValueError):
        return None
    person_id, _, generation = text.rpartition(".")
    return person_id, int(generation)
