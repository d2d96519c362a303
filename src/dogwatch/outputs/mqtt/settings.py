"""Which broker to use, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dogwatch.config import Config


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """The section `mqtt` of the configuration, while it is enabled.

    `discovery_prefix` is the first part of the topics that Home Assistant reads, None if it is told nothing.
    """

    host: str
    port: int = 1883
    prefix: str = "frigate"
    client_id: str = "frigate"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_certs: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    insecure: bool = False
    stats_interval_s: int = 60
    qos: int = 0
    discovery_prefix: str | None = None

    @property
    def uses_tls(self) -> bool:
        """Whether the connection is encrypted: any of the TLS keys is set."""
        return bool(self.ca_certs or self.client_cert or self.client_key or self.insecure)

    @property
    def broker(self) -> str:
        """The broker's name in texts and files."""
        return f"{self.host}:{self.port}"

    @property
    def place(self) -> tuple[str, str]:
        """Where messages go: another place has none of the messages that were retained here."""
        return self.broker, self.prefix


def broker_of(config: Config) -> BrokerSettings | None:
    """Return the broker to use; None for none."""
    mqtt = config.mqtt
    if not mqtt.enabled:
        return None
    return BrokerSettings(
        host=mqtt.host,
        port=mqtt.port,
        prefix=mqtt.topic_prefix,
        client_id=mqtt.client_id,
        user=mqtt.user,
        password=mqtt.password,
        ca_certs=mqtt.tls_ca_certs,
        client_cert=mqtt.tls_client_cert,
        client_key=mqtt.tls_client_key,
        insecure=mqtt.tls_insecure,
        stats_interval_s=mqtt.stats_interval,
        qos=mqtt.qos,
        discovery_prefix=mqtt.discovery.prefix if mqtt.discovery.enabled else None,
    )
