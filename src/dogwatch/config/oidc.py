"""`auth.oidc`: login at an OpenID Connect provider (docs/oidc.md)."""

from __future__ import annotations

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, model_validator

from dogwatch.config.base import Section, Strings, key


def is_safe(url: str) -> bool:
    """Whether secrets may go to `url`: over HTTPS, or to this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.fragment or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _issuer(value: str) -> str:
    if not is_safe(value) or urlsplit(value).query:
        raise ValueError("expected an address such as 'https://sso.example.org/realms/home'")
    return value


def _external(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("expected an address such as 'https://nvr.example.org'")
    return value.rstrip("/")


class OidcConfig(Section):
    """Login at an OpenID Connect provider, beside passwords."""

    issuer: Annotated[str, AfterValidator(_issuer)] | None = key(
        None, "Address of the provider, as it calls itself; without it, nobody logs in there."
    )
    client_id: str = key("", "Id under which the provider knows Dogwatch.")
    client_secret: str | None = key(None, "Secret that belongs to the id; omit it for a public client.", secret=True)
    scopes: Strings = key(["openid", "profile"], "Scopes that are requested; `openid` always is.")
    label: str = key("Single sign-on", "Text of the button on the login page.", min_length=1, max_length=60)
    username_claim: str = key("preferred_username", "Claim with the user's name.", min_length=1)
    role_claim: str | None = key(
        None, "Claim with the user's groups or roles; dots lead into objects: `realm_access.roles`.", min_length=1
    )
    role_map: dict[str, Strings] | None = key(None, "Role to list of groups; without it, groups are names of roles.")
    default_role: str | None = key(
        None, "Role of users whose groups map to none; without it, they cannot log in.", min_length=1
    )
    external_url: Annotated[str, AfterValidator(_external)] | None = key(
        None, "Address of Dogwatch in browsers, if requests do not show it: `https://nvr.example.org`."
    )
    session_limit: int = key(
        604_800, "Seconds after which users must log in at the provider again, even if they were active.", ge=60
    )
    sign_out: bool = key(True, "Log users out at the provider too when they log out.")

    @model_validator(mode="after")
    def _complete(self) -> OidcConfig:
        if self.issuer is None:
            return self
        if not self.client_id:
            raise ValueError("auth.oidc needs a client_id")
        if self.role_claim is None and self.default_role is None:
            raise ValueError("auth.oidc needs a role_claim or a default_role")
        return self
