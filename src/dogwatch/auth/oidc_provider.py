"""Asks an OpenID Connect provider: what it says of itself, its keys, and the claims that a code stands for.

Of a provider that is slow, away or talks too much, a login learns within `ANSWER_S`, and nothing else notices.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from dogwatch.auth.id_tokens import IdTokenError, UnknownKeyError, claims_of, key_set
from dogwatch.auth.login_state import LoginState
from dogwatch.auth.provider_transport import AnswerTooLargeError, LimitedTransport
from dogwatch.config.oidc import is_safe
from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

    from dogwatch.config.oidc import OidcConfig

ANSWER_S = 10.0
VALID_S = 3600.0  # of what the provider says of itself, and of its keys
AGAIN_S = 10.0  # after a failure, or after keys that did not fit: not every login asks anew
AT_ONCE = 8
SAID = 200  # characters of what a provider says that are logged


class ProviderError(DogwatchError):
    """The provider does not answer, or not as it should. The message is for the log."""

    status = 502


class ProviderMetadata(msgspec.Struct, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool = False


@dataclass(slots=True)
class Remembered:
    """Something that was asked for at `at`, in monotonic seconds; `why` is what went wrong, if it did."""

    at: float
    value: Any = None
    why: str = ""


class OidcProvider:
    """One provider; for one event loop."""

    def __init__(
        self, config: OidcConfig, clock: Callable[[], float], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Ask the provider that `config` names; `clock` gives epoch seconds."""
        self.config, self._clock, self._monotonic = config, clock, monotonic
        self._metadata: Remembered | None = None
        self._keys: Remembered | None = None
        self._lock = asyncio.Lock()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._ssl: Any = None

    async def authorization_url(self, state: LoginState) -> str:
        """Return where the browser logs in.

        Raises:
            ProviderError: The provider cannot be asked what it is.
        """
        async with self._session() as client:
            metadata = await self._described(client)
        client.redirect_uri, client.code_challenge_method = state.redirect_uri, "S256"
        url, _ = client.create_authorization_url(
            metadata.authorization_endpoint, state=state.state, nonce=state.nonce, code_verifier=state.verifier
        )
        return str(url)

    async def claims(self, code: str, issuer: str | None, state: LoginState, wanted: list[str]) -> dict[str, Any]:
        """Exchange `code` for what the provider says of the user.

        Args:
            code: What the browser has brought.
            issuer: The `iss` parameter that came with it (RFC 9207).
            state: With what the login began.
            wanted: Claims; if the ID token lacks one, the provider is asked for more.

        Raises:
            ProviderError: The provider does not answer, refuses the code, or its ID token is not valid.
        """
        async with self._session() as client:
            metadata = await self._described(client)
            if issuer is None and metadata.authorization_response_iss_parameter_supported:
                raise ProviderError("the answer does not say of which provider it is")
            if issuer not in (None, metadata.issuer):
                raise ProviderError(f"the answer is of another provider: {_quoted(issuer)}")
            token = await self._exchange(client, metadata, code, state)
            id_token, access_token = token.get("id_token"), token.get("access_token")
            if not isinstance(id_token, str):
                raise ProviderError("the provider has sent no ID token; is 'openid' among the scopes that it allows?")
            access = access_token if isinstance(access_token, str) else None
            claims = await self._checked(client, metadata, id_token, access, state.nonce)
            if metadata.userinfo_endpoint and access and any(name not in claims for name in wanted):
                more = await self._get(client, metadata.userinfo_endpoint, {"Authorization": f"Bearer {access}"})
                if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
                    raise ProviderError("the user information is of another user than the ID token")
                claims = more | claims
            return claims

    async def end_session_url(self, after: str) -> str | None:
        """Return where a browser logs out of the provider and then goes to `after`; None if there is no such place."""
        from authlib.common.urls import add_params_to_uri

        try:
            async with self._session() as client:
                endpoint = (await self._described(client)).end_session_endpoint
        except ProviderError:
            return None
        asked = [("client_id", self.config.client_id), ("post_logout_redirect_uri", after)]
        return str(add_params_to_uri(endpoint, asked)) if endpoint else None

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Any]:
        """Give a client for a few requests that together take at most `ANSWER_S`.

        Raises:
            ProviderError: The provider does not answer, or says too much.
        """
        try:
            async with asyncio.timeout(ANSWER_S), self._turn, await asyncio.to_thread(self._client) as client:
                yield client
        except TimeoutError:
            raise ProviderError(f"the provider has not answered within {ANSWER_S:.0f} s") from None
        except AnswerTooLargeError as error:
            raise ProviderError(str(error)) from None
        except OSError as error:
            raise ProviderError(f"the provider cannot be reached: {error}") from None

    def _client(self) -> Any:
        """Make a client; in a thread, because what it needs takes a second to import."""
        try:
            from authlib.integrations.httpx_client import AsyncOAuth2Client
        except ImportError as error:
            raise ProviderError("auth.oidc needs a package that is missing: pip install 'dogwatch[oidc]'") from error
        return AsyncOAuth2Client(
            client_id=self.config.client_id,
            client_secret=self.config.client_secret,
            scope=" ".join(dict.fromkeys(("openid", *self.config.scopes))),
            transport=LimitedTransport(),
            trust_env=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    async def _described(self, client: Any) -> ProviderMetadata:
        async with self._lock:
            self._metadata = await self._remember(self._metadata, lambda: self._discover(client))
        metadata: ProviderMetadata = _value(self._metadata)
        return metadata

    async def _discover(self, client: Any) -> ProviderMetadata:
        issuer = self.config.issuer or ""
        found = await self._get(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            metadata = msgspec.convert(found, ProviderMetadata)
        except msgspec.ValidationError as error:
            raise ProviderError(f"what the provider says of itself is incomplete: {error}") from None
        if metadata.issuer != issuer:
            raise ProviderError(f"the provider calls itself {_quoted(metadata.issuer)}; write that as auth.oidc.issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint",
                     "end_session_endpoint"):  # fmt: skip
            url = getattr(metadata, name)
            if url is not None and not is_safe(url):
                raise ProviderError(f"the provider's {name} is not reached over HTTPS: {_quoted(url)}")
            if url is not None and url.startswith("http:") and issuer.startswith("https:"):
                raise ProviderError(f"the provider's {name} is an address of this machine: {_quoted(url)}")
        return metadata

    async def _remember(self, known: Remembered | None, ask: Callable[[], Any]) -> Remembered:
        """Return `known` while it is valid, else what `ask` returns; a failure is remembered for a moment."""
        now = self._monotonic()
        if known and now - known.at < (AGAIN_S if known.why else VALID_S):
            return known
        try:
            return Remembered(now, await ask())
        except ProviderError as error:
            return Remembered(self._monotonic(), why=str(error))

    async def _key_set(self, client: Any, metadata: ProviderMetadata, *, newer: bool = False) -> KeySet:
        async def ask() -> KeySet:
            try:
                return key_set(await self._get(client, metadata.jwks_uri))
            except IdTokenError as error:
                raise ProviderError(str(error)) from None

        async with self._lock:
            if newer and self._keys and self._monotonic() - self._keys.at >= AGAIN_S:
                self._keys = None
            self._keys = await self._remember(self._keys, ask)
        keys: KeySet = _value(self._keys)
        return keys

    async def _checked(
        self, client: Any, metadata: ProviderMetadata, id_token: str, access_token: str | None, nonce: str
    ) -> dict[str, Any]:
        """Return the claims of an ID token; asks for the keys again if its own is not among those known."""

        def check(keys: KeySet) -> dict[str, Any]:
            return claims_of(
                id_token, keys, issuer=metadata.issuer, client_id=self.config.client_id, nonce=nonce,
                access_token=access_token, now=self._clock(),
            )  # fmt: skip

        try:
            try:
                return check(await self._key_set(client, metadata))
            except UnknownKeyError:
                return check(await self._key_set(client, metadata, newer=True))
        except IdTokenError as error:
            raise ProviderError(str(error)) from None

    async def _exchange(
        self, client: Any, metadata: ProviderMetadata, code: str, state: LoginState
    ) -> Mapping[str, Any]:
        from authlib.integrations.base_client import OAuthError

        methods = metadata.token_endpoint_auth_methods_supported or ["client_secret_basic"]
        if self.config.client_secret:  # the body says the same to every provider, whatever characters a secret has
            posted = "client_secret_post" in methods
            client.token_endpoint_auth_method = "client_secret_post" if posted else "client_secret_basic"
        try:
            token = await client.fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=state.verifier,
                redirect_uri=state.redirect_uri,
            )
        except OAuthError as error:
            secrets = (code, state.verifier, self.config.client_secret or "")
            raise ProviderError(f"the provider refuses the code: {_without(secrets, str(error))}") from None
        except _failures() as error:
            raise _failed(metadata.token_endpoint, error) from None
        if not isinstance(token, Mapping):
            raise ProviderError("the provider's answer to the code is no JSON object")
        return token

    async def _get(self, client: Any, url: str, headers: Mapping[str, str] | None = None) -> Any:
        try:
            answer = await client.get(url, headers=headers, auth=None)
        except _failures() as error:
            raise _failed(url, error) from None
        if answer.status_code != 200:
            raise ProviderError(f"{url} answers {answer.status_code}")
        try:
            return msgspec.json.decode(answer.content)
        except (msgspec.DecodeError, RecursionError):
            raise ProviderError(f"{url} answers something that is no JSON") from None


def _value(found: Remembered) -> Any:
    if found.why:
        raise ProviderError(found.why)
    return found.value


def _failures() -> tuple[type[Exception], ...]:
    """Return what a request raises when the provider is away, or answers what nobody can read."""
    import httpx2
    from authlib.common.errors import AuthlibBaseError

    unreadable = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
    return (httpx2.HTTPError, httpx2.InvalidURL, AuthlibBaseError, *unreadable)


def _failed(url: str, error: Exception) -> ProviderError:
    """Return what a failed request means; what the client says of it may hold tokens, so that only its kind is told."""
    return ProviderError(f"{url} cannot be asked: {type(error).__name__}")


def _quoted(text: str | None) -> str:
    return repr((text or "")[:SAID])


def _without(secrets: tuple[str, ...], text: str) -> str:
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return _quoted(text)
