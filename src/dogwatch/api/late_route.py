"""Routes that FastAPI analyses when they are first asked, not when the core starts."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from dogwatch.api.json_bodies import StorableRequest
from dogwatch.api.plain_route import plain


class _StorableRoute(APIRoute):
    """A route whose handler gets a `StorableRequest`, if it is not plain."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Make what FastAPI would make, but for `app`."""
        super().__init__(*args, **settings)
        self.app = plain(self, self.app)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(StorableRequest(request.scope, request.receive, request._send))

        return handle


class LateRoute(APIRoute):
    """A route of which only path and methods are there at once; everything else is made when it is first used.

    FastAPI analyses the parameters of a handler when its route is made, in 2 to 3 ms. For all routes of the NVR that
    takes as long as a fifth of the core's start, and after a crash nobody is served meanwhile.
    """

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, methods: Iterable[str] | None = None, **settings: Any
    ) -> None:
        """Store what FastAPI passes to the routes of a router."""
        self.path, self.endpoint = path, endpoint
        self.methods = {method.upper() for method in methods or ["GET"]}
        self._methods, self._settings = sorted(self.methods), settings

    def below(self, prefix: str) -> LateRoute:
        """Return a route for the same handler whose path begins with `prefix`."""
        return LateRoute(prefix + self.path, self.endpoint, methods=self._methods, **self._settings)

    def __getattr__(self, name: str) -> Any:
        """Make the rest when something of it is missing. Two threads that do so at once make the same."""
        if name.startswith("__") or "_settings" not in self.__dict__:
            raise AttributeError(name)
        made = _StorableRoute(self.path, self.endpoint, methods=self._methods, **self._settings)
        self.__dict__.update(made.__dict__)
        if name not in self.__dict__:
            raise AttributeError(name)
        return self.__dict__[name]
