"""What two configurations differ in: by camera and section, and whether a running core can follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dogwatch.config.camera import CameraConfig

if TYPE_CHECKING:
    from dogwatch.config.base import Section
    from dogwatch.config.root import Config

AT_START: Mapping[str, Callable[[Config], object]] = {
    "database": lambda config: config.database,
    "edge": lambda config: config.edge,
    "files.enabled": lambda config: config.files.enabled,
    "environment_vars": lambda config: config.environment_vars,
    "networking.ipv6": lambda config: config.networking.ipv6,
    "networking.listen.internal": lambda config: config.networking.listen.internal_address,
    "networking.listen.external": lambda config: config.networking.listen.external_address,
    "tls": lambda config: config.tls,
}
"""What a core reads at its start only: sockets, the database, and the environment that workers inherit."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What has changed; `restart` are the keys that a running core cannot follow."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The sections that have changed, by camera."""
    sections: tuple[str, ...] = ()
    """The sections at the top of the file that have changed."""
    restart: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything has changed."""
        return bool(self.added or self.removed or self.changed or self.sections)

    def lines(self) -> Iterator[str]:
        """Tell it in words, a line each."""
        yield from (f"camera {name}: added" for name in self.added)
        yield from (f"camera {name}: removed" for name in self.removed)
        yield from (f"camera {name}: {', '.join(sections)} changed" for name, sections in self.changed.items())
        yield from (f"{name} changed" for name in self.sections)
        if self.restart:
            yield f"the core starts anew because of {', '.join(self.restart)}; cameras are recorded meanwhile"


def difference(old: Config, new: Config) -> Difference:
    """Compare two configurations."""
    both = [name for name in new.cameras if name in old.cameras]
    pairs = {name: _sections(old.cameras[name], new.cameras[name]) for name in both}
    return Difference(
        added=tuple(name for name in new.cameras if name not in old.cameras),
        removed=tuple(name for name in old.cameras if name not in new.cameras),
        changed={name: sections for name, sections in pairs.items() if sections},
        sections=tuple(name for name in _sections(old, new) if name != "cameras"),
        restart=tuple(name for name, part in AT_START.items() if part(old) != part(new)),
    )


def followed(old: Config, new: Config) -> Config:
    """Return `new` as far as a core that was started with `old` can follow."""
    if all(part(old) == part(new) for part in AT_START.values()):
        return new
    before, listen = old.networking, new.networking.listen
    addresses = {"internal": before.listen.internal, "external": before.listen.external}
    networking = new.networking.model_copy(
        update={"ipv6": before.ipv6, "listen": listen.model_copy(update=addresses)},
    )
    kept = {"database": old.database, "edge": old.edge, "environment_vars": old.environment_vars, "tls": old.tls}
    return new.model_copy(update={**kept, "networking": networking})


def _sections(old: Section, new: Section) -> tuple[str, ...]:
    return tuple(name for name in type(new).model_fields if name != "name" and _part(old, name) != _part(new, name))


def _part(section: Section, name: str) -> object:
    """Return a key's value; of the profiles of a camera what they themselves give."""
    value = getattr(section, name)
    if name == "profiles" and isinstance(section, CameraConfig):
        return {profile: camera.given for profile, camera in section.profiles.items()}
    return value
