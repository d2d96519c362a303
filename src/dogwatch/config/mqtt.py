"""`mqtt`: the broker, and what a camera sends to it."""

from __future__ import annotations

from dogwatch.config.base import Section, Strings, key, section


class MqttDiscoveryConfig(Section):
    """Messages by which Home Assistant finds all entities without its integration."""

    enabled: bool = key(False, "Publish them; leave it off if Home Assistant has the integration.")
    prefix: str = key("homeassistant", "First part of their topics, as in Home Assistant.", pattern=r"^[^#+]+$")


class MqttConfig(Section):
    """The connection to an MQTT broker."""

    enabled: bool = key(True, "Connect to the broker; by default only if the file has an `mqtt` section.")
    host: str = key("", "Host name or address; needed while enabled. Takes `{FRIGATE_*}` and `{DOGWATCH_*}`.")
    port: int = key(1883, "TCP port.", ge=1, le=65535)
    topic_prefix: str = key("frigate", "First part of every topic.", pattern=r"^[^#+]+$")
    client_id: str = key("frigate", "Client id; unique per broker.", min_length=1)
    user: str | None = key(None, "User name; needs `password`.", secret=True)
    password: str | None = key(None, "Password; needs `user`.", secret=True)
    tls_ca_certs: str | None = key(None, "File with CA certificates; turns TLS on.")
    tls_client_cert: str | None = key(None, "File with the client certificate; turns TLS on.")
    tls_client_key: str | None = key(None, "File with the client's key.")
    tls_insecure: bool = key(False, "Do not compare the broker's certificate with the host name; turns TLS on.")
    stats_interval: int = key(60, "Seconds between two `stats` messages.", ge=15)
    qos: int = key(0, "Quality of service of what is published and subscribed.", ge=0, le=2)
    discovery: MqttDiscoveryConfig = section(
        MqttDiscoveryConfig, "Messages by which Home Assistant finds all entities without its integration."
    )


class CameraMqttConfig(Section):
    """The snapshot pictures of one camera on MQTT."""

    enabled: bool = key(True, "Publish snapshots.")
    timestamp: bool = key(True, "Draw the time.")
    bounding_box: bool = key(True, "Draw the object's box.")
    crop: bool = key(True, "Crop to the object.")
    height: int = key(270, "Height in pixels.", ge=1)
    required_zones: Strings = key([], "Publish only objects that have entered one of these zones.")
    quality: int = key(70, "JPEG quality.", ge=0, le=100)
