"""Sign-in by the organisation's own accounts (OpenID Connect): the code flow with PKCE, state and nonce.

What the provider says is believed when its ID token is signed with one of its own keys, made for us, for this very
question, and still good. Nothing else is asked of it, and no token of its is kept.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kapabla.clock import epoch
from kapabla.config import Oidc
from kapabla.errors import KapablaError
from kapabla.keys import keyed_hash

TIMEOUT_SECONDS = 10
# Signed by the provider alone: a secret that both know, and no signature at all, are left out.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_SECONDS = 60


class ProviderAway(KapablaError):
    """The organisation's service does not answer, or not as the standard says."""

    code = "provider_away"


class TokenRefused(KapablaError):
    """What came back is not an answer to this question. The reason is for whoever runs the installation."""

    code = "token_refused"


@dataclass(frozen=True)
class Client:
    """One question to the provider and its answer. `secret` is the session key: what is kept from the browser follows
    from it and the state, so that nothing about the question has to be stored."""

    settings: Oidc
    redirect_uri: str
    secret: bytes

    def address(self, state: str, *, anew: bool = False) -> str:
        """Where the browser is sent. `anew` asks the provider to have the person show who she is once more."""
        more = {"prompt": "login", "max_age": "0"} if anew else {}
        url, _ = self._session(state).create_authorization_url(
            self._metadata()["authorization_endpoint"], state=state, nonce=self._derived("nonce", state),
            code_verifier=self._derived("verifier", state), **more,
        )  # fmt: skip
        return str(url)

    def claims(self, state: str, code: str, *, at: datetime) -> dict[str, Any]:
        """Who came back with the code, as the provider says."""
        metadata = self._metadata()
        try:
            token = self._session(state).fetch_token(
                metadata["token_endpoint"], code=code, code_verifier=self._derived("verifier", state),
                grant_type="authorization_code", timeout=TIMEOUT_SECONDS,
            )  # fmt: skip
        except AuthlibBaseError as error:
            raise TokenRefused(reason=error.error) from None
        except (requests.RequestException, ValueError):
            raise ProviderAway() from None
        return self._checked(str(token.get("id_token", "")), _get(metadata["jwks_uri"]), state, at)

    def _checked(self, token: str, keys: Mapping[str, Any], state: str, at: datetime) -> dict[str, Any]:
        wanted = jwt.JWTClaimsRegistry(
            now=epoch(at), leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            sub={"essential": True}, exp={"essential": True}, iat={"essential": True},
            nonce={"essential": True, "value": self._derived("nonce", state)},
        )  # fmt: skip
        try:
            decoded = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=_ALGORITHMS)  # type: ignore[arg-type]  # what a provider sends
            wanted.validate(decoded.claims)
        except JoseError as error:
            raise TokenRefused(reason=error.error) from None
        except (ValueError, KeyError, TypeError):
            raise TokenRefused(reason="malformed") from None
        claims: dict[str, Any] = decoded.claims
        others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if others and claims.get("azp") != self.settings.client_id:
            raise TokenRefused(reason="made for somebody else too")
        return claims

    def _metadata(self) -> Mapping[str, Any]:
        found = _get(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self.settings.issuer or not all(name in found for name in needed):
            raise ProviderAway()
        return found

    def _session(self, state: str) -> OAuth2Session:
        return OAuth2Session(
            self.settings.client_id, self.settings.client_secret, scope=self.settings.scope, state=state,
            redirect_uri=self.redirect_uri, code_challenge_method="S256",
        )  # fmt: skip

    def _derived(self, purpose: str, state: str) -> str:
        mac = keyed_hash(self.secret, b"oidc", purpose.encode(), state.encode())
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _get(url: str) -> Mapping[str, Any]:
    try:
        reply = requests.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        found = reply.json() if reply.status_code == 200 else None
    except (requests.RequestException, ValueError):
        raise ProviderAway() from None
    if not isinstance(found, dict):
        raise ProviderAway()
    return found
