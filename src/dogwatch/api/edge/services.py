"""What the handlers of the edge API work with."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from dogwatch.edge.camera import EdgeCamera


async def get_edge(connection: HTTPConnection) -> EdgeCamera:
    """Return the edge camera; a FastAPI dependency."""
    edge: EdgeCamera = connection.app.state.services
    return edge


TheEdge = Annotated[EdgeCamera, Depends(get_edge)]
