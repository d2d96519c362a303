"""Checks the ID token of an OpenID Connect provider (OpenID Connect Core 1.0, section 3.1.3.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
"""Signatures with a key of the provider. Not those with a shared secret, nor none at all."""
LEEWAY_S = 120
"""By how much the provider's clock may be wrong."""
MOST_KEYS = 100
LONGEST_SUBJECT = 255


class IdTokenError(DogwatchError):
    """An ID token or the keys for it are not valid. The message holds nothing of the token but names of claims."""

    status = 502


class UnknownKeyError(IdTokenError):
    """No known key has signed the token; the provider may have new ones."""


def key_set(found: Any) -> KeySet:
    """Return the keys in the provider's key document.

    Raises:
        IdTokenError: It holds none.
    """
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise IdTokenError("the provider has no keys: choose a key with which it signs (RS256 or ES256)")
    signing = [one for one in keys if isinstance(one, dict) and one.get("use") != "enc" and one.get("kty") != "oct"]
    try:
        return KeySet.import_key_set({"keys": signing})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise IdTokenError(f"the provider's keys cannot be read: {type(error).__name__}") from None


def claims_of(
    text: str,
    keys: KeySet,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str | None,
    now: float,
) -> dict[str, Any]:
    """Return the claims of an ID token that `issuer` has made for `client_id` and this login, and just now.

    Raises:
        UnknownKeyError: None of `keys` has signed it.
        IdTokenError: It is forged, expired, or for somebody else.
    """
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError

    try:
        token = jwt.decode(text, keys, algorithms=ALGORITHMS)
    except (BadSignatureError, InvalidKeyIdError):
        raise UnknownKeyError("the ID token is signed with none of the provider's keys") from None
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise IdTokenError(f"the ID token cannot be read: {type(error).__name__}") from None
    options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
    params = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
    claims = CodeIDToken(token.claims, token.header, options, params)
    try:
        claims.validate(int(now), LEEWAY_S)
    except ExpiredTokenError:
        off = f"{int(now - token.claims['exp'])} s" if isinstance(token.claims.get("exp"), int | float) else "long"
        raise IdTokenError(f"the ID token expired {off} ago; are the clocks of both machines right?") from None
    except ClaimError as error:
        hint = "; are the clocks of both machines right?" if error.claim in ("iat", "nbf") else ""
        raise IdTokenError(f"the claim {error.claim!r} of the ID token is missing or wrong{hint}") from None
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise IdTokenError(f"the ID token is not valid: {type(error).__name__}") from None
    subject = token.claims["sub"]
    if not subject or not subject.isascii() or len(subject) > LONGEST_SUBJECT:
        raise IdTokenError("the claim 'sub' of the ID token is missing or wrong")
    return dict(token.claims)
