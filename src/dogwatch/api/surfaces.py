"""All surfaces of the program: a new one is one more line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dogwatch.api.files import surface as files
from dogwatch.api.files.services import FileServices
from dogwatch.api.guard import Guard
from dogwatch.api.nvr import surface as nvr

if TYPE_CHECKING:
    from dogwatch.api.services import Services
    from dogwatch.api.surface import Surface


def all_surfaces(services: Services) -> tuple[Surface[Any], ...]:
    """Return the surfaces of a program with these services."""
    guard = Guard(services)
    found: list[Surface[Any]] = [nvr.surface(services, guard)]
    if services.files is not None:
        found.append(files.surface(FileServices(services.files, services.file_access, services), guard))
    if services.edge is not None:
        from dogwatch.api.edge import surface as edge  # here: who has no edge camera need not load it
        from dogwatch.api.edge.page_surface import page_surface

        found += [edge.surface(services.edge), page_surface(services.edge, guard)]
    return tuple(found)
