"""`auth`, `proxy`, `tls` and `networking`: who may log in, and on which listeners."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, field_validator

from dogwatch.config.base import Section, Strings, key, listed, section
from dogwatch.config.oidc import OidcConfig

BUILT_IN_ROLES = ("admin", "viewer")
PROXY_HEADERS = frozenset(
    {
        "remote-user",
        "remote-groups",
        "remote-email",
        "remote-name",
        "x-forwarded-user",
        "x-forwarded-groups",
        "x-forwarded-email",
        "x-forwarded-preferred-username",
        "x-auth-request-user",
        "x-auth-request-groups",
        "x-auth-request-email",
        "x-auth-request-preferred-username",
        "x-authentik-username",
        "x-authentik-groups",
        "x-authentik-email",
        "x-authentik-name",
        "x-authentik-uid",
    }
)
"""The headers that may say who somebody is (docs/authentication.md)."""

_RATE = re.compile(r"^\s*\d+\s*(/|per)\s*(\d+\s*)?(second|minute|hour|day|month|year)s?\s*$", re.IGNORECASE)


def _rate_limit(value: str) -> str:
    if all(_RATE.match(part) for part in value.split(";")):
        return value
    raise ValueError("expected limits such as '1/second;5/minute;20/hour'")


def _network(value: str) -> str:
    ipaddress.ip_network(value, strict=False)
    return value


def _header(value: str) -> str:
    if value.lower() not in PROXY_HEADERS:
        raise ValueError("this header may not be mapped; expected one such as 'Remote-User' or 'X-Forwarded-Groups'")
    return value


def _role(name: str) -> str:
    if name in BUILT_IN_ROLES or not re.fullmatch(r"[A-Za-z0-9_]+", name):
        raise ValueError("a role's name has letters, digits and underscores, and is not 'admin' or 'viewer'")
    return name


def _host(name: str) -> str:
    if name != "*" and not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", name):
        raise ValueError("expected a host name without scheme and port, such as 'nvr.example.org'")
    return name.lower()


def _listener(value: object) -> object:
    """Accept a port or `ip:port`."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError("expected a port or 'ip:port'")
    text = str(value)
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise ValueError("expected a port from 0 (any free one) to 65535, or 'ip:port'")
    if host:
        ipaddress.ip_address(host.strip("[]"))
    return text if host else int(port)


Hosts = Annotated[
    list[Annotated[str, AfterValidator(_host)]], BeforeValidator(listed, json_schema_input_type=str | list[str])
]
Header = Annotated[str, AfterValidator(_header)]
Listener = Annotated[int | str, BeforeValidator(_listener, json_schema_input_type=int | str)]


class AuthConfig(Section):
    """Log-in on the external port."""

    enabled: bool = key(True, "Require a login on the external port.")
    reset_admin_password: bool = key(False, "Give `admin` a new password at start and print it.")
    cookie_name: str = key("frigate_token", "Name of the session cookie.", pattern=r"^[a-z_]+$")
    cookie_secure: bool = key(False, "Set `Secure` on the cookie also after a login over HTTP.")
    session_length: int = key(86400, "Seconds after which an unused session ends.", ge=60)
    refresh_time: int = key(1800, "A session that would end in fewer seconds is renewed.", ge=30)
    failed_login_rate_limit: Annotated[str, AfterValidator(_rate_limit)] | None = key(
        None,
        "Limits for log-in attempts per address, such as `1/second;5/minute;20/hour`, which count every attempt; "
        "without them, an address may fail 10 times a minute and 60 times an hour.",
    )
    trusted_proxies: list[Annotated[str, AfterValidator(_network)]] = key(
        [], "Networks whose `X-Forwarded-For` is trusted."
    )
    most_live_streams: int = key(
        64,
        "How many live streams one user who has logged in may watch at once, by WebRTC, MSE and jsmpeg together.",
        ge=1,
    )
    hash_iterations: int = key(600_000, "Iterations of PBKDF2 for new passwords.", ge=1)
    roles: dict[Annotated[str, AfterValidator(_role)], Strings] = key({}, "Limited roles: name to list of cameras.")
    admin_first_time_login: bool = key(False, "Explain on the login page where to find the first password.")
    oidc: OidcConfig = section(OidcConfig, "Login at an OpenID Connect provider.")

    @field_validator("roles", mode="after")
    @classmethod
    def _cameras_given(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for name, cameras in value.items():
            if not cameras:
                raise ValueError(f"role '{name}' needs at least one camera")
        return value


class HeaderMapConfig(Section):
    """Which request headers carry the user and the groups."""

    user: Header | None = key(None, "Header with the user's name.")
    role: Header | None = key(None, "Header with the user's groups or role.")
    role_map: dict[str, Strings] | None = key(None, "Role to list of groups.")


class ProxyConfig(Section):
    """A proxy in front that has logged people in."""

    header_map: HeaderMapConfig = section(HeaderMapConfig, "Headers that the proxy sets.")
    logout_url: str | None = key(None, "Address that the logout button opens.", pattern=r"^(https?://|/)")
    auth_secret: str | None = key(None, "Value that every request must have in `X-Proxy-Secret`.", secret=True)
    default_role: str = key("viewer", "Role of users whose groups map to none.")
    separator: str = key(",", "Separator of groups in the header.", min_length=1, max_length=1)


class TlsConfig(Section):
    """HTTPS on the external port."""

    enabled: bool = key(True, "Serve HTTPS, with a self-signed certificate if there is no other.")


class Ipv6Config(Section):
    """IPv6."""

    enabled: bool = key(False, "Listen on IPv6 too.")


class ListenConfig(Section):
    """Ports and addresses."""

    internal: Listener = key(
        5000, "Port without login, on 127.0.0.1; write `ip:port` for another address, such as `0.0.0.0:5000`."
    )
    external: Listener = key(8971, "Port with login, on all addresses; or `ip:port`.")
    internal_hosts: Hosts = key(
        [],
        "Host names with a dot by which programs ask the port without log-in, and whose pages may open its WebSockets; "
        "`*` for all.",
    )

    @property
    def internal_address(self) -> tuple[str, int]:
        """Host and port of the internal listener; 127.0.0.1 unless the file names an address."""
        return address(self.internal, "127.0.0.1")

    @property
    def external_address(self) -> tuple[str, int]:
        """Host and port of the external listener; all addresses unless the file names one."""
        return address(self.external, "0.0.0.0")  # noqa: S104 - the port with log-in is for everybody


class NetworkingConfig(Section):
    """Listeners."""

    ipv6: Ipv6Config = section(Ipv6Config, "IPv6.")
    listen: ListenConfig = section(ListenConfig, "Ports and addresses.")


def address(value: int | str, default_host: str) -> tuple[str, int]:
    """Split a port or `ip:port` into host and port."""
    host, _, port = str(value).rpartition(":")
    return host.strip("[]") or default_host, int(port)
