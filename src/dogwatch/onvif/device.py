"""One camera, asked over SOAP: a wrapper of the library onvif-zeep-async with limits of time, for one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from dogwatch.errors import DogwatchError
from dogwatch.onvif.ptz_features import PtzInfo, choose, named, presets_of, spaces_of
from dogwatch.onvif.settings import OnvifAddress
from dogwatch.redact import redact_text

log = logging.getLogger(__name__)

CONNECT_S, ASK_S = 10.0, 10.0
TURN_S = 30.0
"""How long a camera turns at most after one order, if nobody can tell it to stop any more."""


class OnvifError(DogwatchError):
    """A camera cannot be asked, or refuses."""

    status = 502


class OnvifDevice:
    """A camera. Its methods wait for one another."""

    def __init__(self, address: OnvifAddress) -> None:
        """Ask nothing yet."""
        self._address = address
        self._lock = asyncio.Lock()
        self._library: Any = None
        self.info: PtzInfo | None = None

    async def __aenter__(self) -> OnvifDevice:
        """Return this."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections; what comes next opens them again."""
        library, self._library, self.info = self._library, None, None
        if library is not None:
            with contextlib.suppress(Exception):  # what a dead connection says at its end helps nobody
                async with asyncio.timeout(2):
                    await library.close()

    async def learn(self, *, again: bool = False) -> PtzInfo:
        """Return what the camera can do; it is asked once, presets with `again`.

        Raises:
            OnvifError: It cannot be reached, refuses, or does not turn.
        """
        async with self._lock:
            if self.info is None or again:
                self.info = await self._learnt()
            return self.info

    async def turn(self, pan: float, tilt: float, zoom: float) -> None:
        """Move with a speed from -1 to 1 in each direction, until `halt`."""
        async with self._lock:
            info = await self._known()
            velocity: dict[str, Any] = {}
            if pan or tilt:
                _need(info.spaces.pan_tilt_speed, "turn")
                velocity["PanTilt"] = {"x": pan, "y": tilt}
            if zoom:
                _need(info.spaces.zoom_speed, "zoom")
                velocity["Zoom"] = {"x": zoom}
            await self._ask(
                "ptz", "ContinuousMove",
                {"ProfileToken": info.profile, "Velocity": velocity, "Timeout": timedelta(seconds=TURN_S)},
            )  # fmt: skip

    async def turn_by(self, pan: float, tilt: float, zoom: float) -> None:
        """Move by parts of the picture, 1 from its middle to its edge, or else by the camera's own measure."""
        async with self._lock:
            info = await self._known()
            spaces, by = info.spaces, dict[str, Any]()
            if pan or tilt:
                _need(spaces.fov or spaces.pan_tilt_by, "turn by a part")
                by["PanTilt"] = {"x": pan, "y": tilt, "space": spaces.fov or spaces.pan_tilt_by}
            if zoom:
                _need(spaces.zoom_by, "zoom by a part")
                by["Zoom"] = {"x": zoom, "space": spaces.zoom_by}
            if by:
                await self._ask("ptz", "RelativeMove", {"ProfileToken": info.profile, "Translation": by})

    async def zoom_to(self, zoom: float) -> None:
        """Zoom to a part of the whole range, from 0 (wide) to 1."""
        async with self._lock:
            info = await self._known()
            _need(info.spaces.zoom_to, "zoom to a position")
            position = {"Zoom": {"x": zoom, "space": info.spaces.zoom_to}}
            await self._ask("ptz", "AbsoluteMove", {"ProfileToken": info.profile, "Position": position})

    async def focus(self, direction: float) -> None:
        """Move the focus with a speed from -1 (far) to 1 (near), until `halt`."""
        async with self._lock:
            info = await self._known()
            _need(info.focus, "focus")
            move = {"Continuous": {"Speed": direction}}
            await self._ask("imaging", "Move", {"VideoSourceToken": info.video_source, "Focus": move})

    async def go_to(self, preset: str) -> None:
        """Move to a stored position.

        Raises:
            OnvifError: There is none of this name.
        """
        async with self._lock:
            info = await self._known()
            if preset not in info.presets:  # somebody may have stored it since
                info = self.info = await self._learnt()
            if preset not in info.presets:
                raise OnvifError(f"the camera has no preset '{preset[:60]}'")
            wanted = {"ProfileToken": info.profile, "PresetToken": info.presets[preset]}
            await self._ask("ptz", "GotoPreset", wanted)

    async def halt(self) -> None:
        """Stop all movement."""
        async with self._lock:
            info = await self._known()
            await self._ask("ptz", "Stop", {"ProfileToken": info.profile, "PanTilt": True, "Zoom": True})
            if info.focus:
                await self._ask("imaging", "Stop", {"VideoSourceToken": info.video_source})

    async def moving(self) -> tuple[bool | None, float | None]:
        """Return whether the camera moves and its zoom from 0 to 1; None each if it does not tell."""
        async with self._lock:
            info = await self._known()
            status = await self._ask("ptz", "GetStatus", {"ProfileToken": info.profile}) or {}
        with understood(self._address.host):
            state = status.get("MoveStatus") or {}
            words = {str(word).upper() for word in (state.get("PanTilt"), state.get("Zoom")) if word}
            zoom = ((status.get("Position") or {}).get("Zoom") or {}).get("x")
            moves = None if not words or words == {"UNKNOWN"} else "MOVING" in words
            place = math.nan if zoom is None else float(zoom)
            return moves, place if 0 <= place <= 1 else None

    async def ask(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Ask for something else; return the answer as dictionaries and lists."""
        async with self._lock:
            return await self._ask(service, operation, parameters)

    @property
    def services(self) -> frozenset[str]:
        """The namespaces of what the camera offers, once it was asked."""
        return frozenset(self._library.xaddrs) if self._library is not None else frozenset()

    async def _known(self) -> PtzInfo:
        if self.info is None:
            self.info = await self._learnt()
        return self.info

    async def _learnt(self) -> PtzInfo:
        with understood(self._address.host):
            return await self._read()

    async def _read(self) -> PtzInfo:
        profiles = await self._ask("media", "GetProfiles") or []
        chosen = choose(profiles, self._address.profile)
        if chosen is None or not chosen.get("PTZConfiguration"):
            raise OnvifError("the camera has no profile that turns it")
        token, configuration = str(chosen["token"]), chosen["PTZConfiguration"]
        options = await self._optional("ptz", "GetConfigurationOptions", {"ConfigurationToken": configuration["token"]})
        presets = await self._optional("ptz", "GetPresets", {"ProfileToken": token})
        source = str((chosen.get("VideoSourceConfiguration") or {}).get("SourceToken") or "")
        moves = await self._optional("imaging", "GetMoveOptions", {"VideoSourceToken": source}) if source else None
        return PtzInfo(
            profile=token,
            spaces=spaces_of(configuration, options),
            presets=presets_of(presets),
            profiles=named([one for one in profiles if one.get("VideoEncoderConfiguration")] or profiles),
            focus=bool((moves or {}).get("Continuous")),
            video_source=source,
        )

    async def _optional(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Ask for what a camera need not have."""
        try:
            return await self._ask(service, operation, parameters)
        except OnvifError as error:
            log.debug("%s has no %s: %s", self._address.host, operation, error)
            return None

    async def _ask(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None) -> Any:
        library = await self._connected()
        async with self._errors(operation):
            client = await getattr(library, f"create_{service}_service")()
            answer = await getattr(client, operation)(dict(parameters or {}))
            return _plain(answer)

    async def _connected(self) -> Any:
        if self._library is not None:
            return self._library
        address = self._address
        make = await _library()
        library = make(address)
        try:
            async with self._errors("connect", CONNECT_S):
                await library.update_xaddrs()
        except BaseException:
            await asyncio.shield(_closed(library))
            raise
        self._library = library
        return library

    @contextlib.asynccontextmanager
    async def _errors(self, what: str, limit_s: float = ASK_S) -> AsyncIterator[None]:
        """Turn whatever the library raises into an error that may be shown, and limit the time."""
        try:
            async with asyncio.timeout(limit_s):
                yield
        except OnvifError:
            raise
        except TimeoutError:
            await self.close()
            raise OnvifError(f"{self._address.host} does not answer within {limit_s:.0f} s ({what})") from None
        except Exception as error:  # the library, zeep, lxml and aiohttp have a tree of errors each
            raise OnvifError(f"{self._address.host}: {_said(error)} ({what})") from error


@contextlib.contextmanager
def understood(host: str) -> Iterator[None]:
    """Raise `OnvifError` where an answer has another form than the standard says: any device may answer anything."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise OnvifError(f"{host} answers what cannot be understood: {_said(error)}") from error


def _need(there: object, what: str) -> None:
    if not there:
        raise OnvifError(f"the camera cannot {what}")


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return redact_text(text)[:200]


async def _closed(library: Any) -> None:
    with contextlib.suppress(Exception):
        async with asyncio.timeout(2):
            await library.close()


def _plain(answer: Any) -> Any:
    """Return an answer as dictionaries and lists."""
    from zeep.helpers import serialize_object

    plain: Any = serialize_object
    return plain(answer, dict)


def _check_certificates(camera: Any) -> None:
    """Have the library check certificates, which it never does itself; it offers no way to ask for that."""
    create = camera.create_onvif_service

    async def create_checked(*args: Any, **options: Any) -> Any:
        service = await create(*args, **options)
        service._connector._ssl = True
        return service

    camera.create_onvif_service = create_checked


async def _library() -> Callable[[OnvifAddress], Any]:
    """Return what makes the library's camera. The first call loads it, in a thread: that takes a second."""
    return await asyncio.to_thread(_load)


def _load() -> Callable[[OnvifAddress], Any]:
    before = logging.getLogger().handlers[:]
    proxies = {name: os.environ[name] for name in ("http_proxy", "https_proxy") if name in os.environ}
    from onvif import ONVIFCamera

    from dogwatch.onvif.soap_answers import bound  # loads aiohttp, as the library does

    for handler in logging.getLogger().handlers[:]:
        if handler not in before:  # the library configures the root logger when it is imported
            logging.getLogger().removeHandler(handler)
    logging.getLogger("zeep").setLevel(logging.WARNING)  # at DEBUG it logs whole requests, with digests of passwords
    logging.getLogger("zeep.xsd").setLevel(logging.CRITICAL)  # else a traceback for each wrong value in an answer

    def make(address: OnvifAddress) -> Any:
        try:
            camera = ONVIFCamera(
                address.host,
                address.port,
                address.user or None,
                address.password or None,
                no_cache=True,  # the library's cache is a file in the home directory
                adjust_time=address.adjust_time,
            )
        finally:
            os.environ.update(proxies)  # the library takes these away
        if not address.tls_insecure:
            _check_certificates(camera)
        bound(camera)
        return camera

    return make
