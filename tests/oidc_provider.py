"""An OpenID Connect provider on a free port of this machine, which can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "dogwatch", "a secret between the two, with %&+ in it"
Json = dict[str, Any]


@cache
def rsa(kid: str, _which: str = "") -> RSAKey:
    """Return a key, which takes a while to make, once."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@dataclass
class Provider:
    """What the provider says and does; tests change it between two requests.

    `user` is who is logged in there: the claims of the ID token. `spoil` changes these, `answer` replaces an answer by
    its path. `asked` are the paths that were asked for, `granted` the tokens that were given out.
    """

    url: str = ""
    user: Json = field(default_factory=lambda: {"sub": "u1", "preferred_username": "ann", "groups": ["family"]})
    info: Json = field(default_factory=dict)
    spoil: Callable[[Json], None] = lambda claims: None
    answer: dict[str, Response] = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    algorithm: str = "RS256"
    refuse: str = ""
    delay: Callable[[], float] = lambda: 0.0
    secret: str | None = SECRET
    asked: list[str] = field(default_factory=list)
    granted: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey | ECKey = field(default_factory=lambda: rsa("first"))

    def rotate(self, kid: str = "second") -> None:
        """Sign with another key from now on."""
        self.key = rsa(kid, "another")

    async def discovery(self, request: Request) -> Response:
        endpoints = {
            name: f"{self.url}/{path}"
            for name, path in (
                ("authorization_endpoint", "authorize"),
                ("token_endpoint", "token"),
                ("jwks_uri", "jwks"),
                ("userinfo_endpoint", "userinfo"),
                ("end_session_endpoint", "logout?a=b"),
            )
        }
        methods = ["client_secret_basic", "client_secret_post"]
        said = {"issuer": self.url, **endpoints, "token_endpoint_auth_methods_supported": methods}
        return JSONResponse(said | self.metadata)

    async def jwks(self, request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """Log in without asking, and send the browser back."""
        asked = dict(request.query_params)
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        back = {"state": asked["state"]}
        if self.refuse:
            back["error"] = self.refuse
        else:
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 303)

    async def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        client, secret = form.get("client_id"), form.get("client_secret")
        if given := request.headers.get("authorization", "").removeprefix("Basic "):
            client, _, secret = base64.b64decode(given).decode().partition(":")
        if (client, secret) != (CLIENT, self.secret):
            return JSONResponse({"error": "invalid_client", "error_description": f"not {secret}"}, 401)
        began = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if began is None or began["code_challenge"] != challenge or began["redirect_uri"] != form["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant", "error_description": f"the code {form['code']}"}, 400)
        access = secrets.token_urlsafe(16)
        now = int(time.time() + self.delay())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": began["nonce"], **self.user}
        self.spoil(claims)
        id_token = jwt.encode(
            {"alg": self.algorithm, "kid": self.key.kid}, claims, self.key, algorithms=[self.algorithm]
        )
        self.granted += [access, id_token]
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": id_token, "expires_in": 300})

    async def userinfo(self, request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.granted:
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse({"sub": self.user["sub"], **self.info})

    def app(self) -> Starlette:
        def route(path: str, answer: Callable[[Request], Any], method: str = "GET") -> Route:
            async def noted(request: Request) -> Response:
                self.asked.append(path)
                other = self.answer.get(path)
                found: Response = other if other is not None else await answer(request)
                return found

            return Route(path, noted, methods=[method])

        async def bye(request: Request) -> Response:
            return PlainTextResponse("bye")

        return Starlette(
            routes=[
                route("/.well-known/openid-configuration", self.discovery),
                route("/jwks", self.jwks),
                route("/authorize", self.authorize),
                route("/token", self.token, "POST"),
                route("/userinfo", self.userinfo),
                route("/logout", bye),
            ]
        )


@contextmanager
def serving() -> Iterator[Provider]:
    """Run a provider in a thread of its own."""
    provider = Provider()
    config = uvicorn.Config(provider.app(), port=0, log_config=None, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    sockets = [config.bind_socket()]
    provider.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=server.run, args=(sockets,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)
        for one in sockets:
            one.close()
