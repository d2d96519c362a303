"""Everything that happens, as it happens (docs/api/websocket.md)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.concurrency import run_in_threadpool

from dogwatch.api.late_route import LateRoute
from dogwatch.api.nvr.health import visible_health
from dogwatch.api.nvr.stats import visible
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.api.sockets import SocketClient, accepted
from dogwatch.auth.caller import Caller
from dogwatch.auth.present_role import kind_of
from dogwatch.config import ConfigErrors
from dogwatch.errors import DogwatchError, NotFoundError, RefusedError
from dogwatch.jobs.bodies import job_body
from dogwatch.live.birdseye import composer
from dogwatch.outputs import commands, profiles
from dogwatch.outputs.broadcast import Publication, Subscription
from dogwatch.recordings import camera_removal, exports, media_sync, motion_search_job
from dogwatch.stats import problems
from dogwatch.store.jobs import Job

router = APIRouter(route_class=LateRoute)
log = logging.getLogger(__name__)

BY_CAMERA = frozenset({"events", "reviews", "tracked_object_update", "triggers"})
JOBS = (exports.KIND, media_sync.KIND, camera_removal.KIND, motion_search_job.KIND)
KEPT_STATES = ("audio_detections", "camera_monitoring", "embeddings_reindex_progress")
"""States that somebody who has just come is told, if there are any: who publishes them has them retained."""


@router.websocket("/ws")
async def websocket(socket: WebSocket, caller: TheCaller, services: TheServices) -> None:
    """Send what is published, as far as the caller may see it, and obey the caller's messages."""
    async with accepted(socket) as client:
        with services.broadcast.subscribe() as subscription:
            client.start(_send(client, subscription, services, caller))
            while True:
                await _obey(await client.receive(), services, caller, subscription, client)


async def _send(client: SocketClient, subscription: Subscription, services: Services, caller: Caller) -> None:
    async for publication in subscription:
        if isinstance(publication.payload, bytes):  # a picture
            continue
        rights = (caller.is_admin, caller.cameras)
        if rights not in publication.views:  # else another client with the same rights has been before
            publication.views[rights] = for_caller(
                publication, caller, list(services.config.cameras), services.config.edge.camera
            )
        seen = publication.views[rights]
        if seen is not None:
            await client.send(seen.frame)


async def _obey(
    message: dict[str, Any], services: Services, caller: Caller, subscription: Subscription, client: SocketClient
) -> None:
    """Do what a client's message says, or drop it silently."""
    topic, payload = message.get("topic"), message.get("payload", message.get("message"))
    if not isinstance(topic, str):
        return
    try:
        command = commands.parse(topic, payload)
        if isinstance(command, commands.TellStates):
            await _tell_states(services, caller, subscription)
        elif isinstance(command, commands.TryNotifications):
            client.start(_test_notifications(services, caller))  # a push service may take long to answer
        elif caller.is_admin or (isinstance(command, commands.MovePtz) and caller.may_see(command.camera)):
            await run_in_threadpool(services.commands.do, command)
    except ConfigErrors as errors:  # there is no restart; who asked is told why
        log.error("not restarted, because the configuration file is wrong:\n%s", errors)
        subscription.offer(Publication("restart", {"success": False, "message": str(errors)}))
    except (NotFoundError, RefusedError) as error:
        log.info("a message of %s is ignored: %s", caller.username, error)


async def _test_notifications(services: Services, caller: Caller) -> None:
    try:
        await services.push.test((caller.username, kind_of(caller)))
    except DogwatchError as error:
        log.info("%s gets no test notification: %s", caller.username, error)


async def _tell_states(services: Services, caller: Caller, subscription: Subscription) -> None:
    """Answer a client that has just connected, and only this one: asking must not fill the queues of others."""
    activity = await run_in_threadpool(services.activity.snapshot)
    subscription.offer(Publication("camera_activity", activity))
    subscription.offer(Publication("model_state", {}))
    subscription.offer(Publication(profiles.TOPIC, services.profiles.state, retain=True))
    if services.birdseye.offered:
        subscription.offer(Publication(composer.TOPIC, services.birdseye.layout()))
    subscription.offer(Publication(problems.TOPIC, services.problems.health()))
    for job in await run_in_threadpool(_jobs, services, caller):
        subscription.offer(Publication("job_state", {job.kind: job_body(job)}))
    for topic in KEPT_STATES:
        if (kept := services.broadcast.newest(topic)) is not None:
            subscription.offer(kept)


def _jobs(services: Services, caller: Caller) -> list[Job]:
    """Return of each kind the newest job that waits or runs, as far as the caller may see it."""
    return [job for kind in JOBS for job in services.jobs.listed(kind, caller.cameras, live=True)[:1]]


def for_caller(
    publication: Publication, caller: Caller, cameras: Sequence[str], edge: str | None = None
) -> Publication | None:
    """Return what `caller` may see of a publication, None if nothing; `edge` is the edge camera."""
    topic, payload = publication.topic, publication.payload
    if topic == "stats" and isinstance(payload, dict):
        return Publication(topic, visible(payload, caller))
    if topic == problems.TOPIC and isinstance(payload, dict):
        return Publication(topic, visible_health(payload, caller), publication.retain)
    if caller.cameras is None:
        return publication
    if topic in ("camera_activity", "camera_monitoring", "audio_detections") and isinstance(payload, dict):
        return Publication(topic, {name: seen for name, seen in payload.items() if caller.may_see(name)})
    if topic in ("model_state", profiles.TOPIC):
        return publication
    if topic == "job_state" and isinstance(payload, dict):
        return publication if all(caller.may_see(str(job.get("camera"))) for job in payload.values()) else None
    camera = _camera_of(payload) if topic in BY_CAMERA else topic.partition("/")[0]
    if commands.is_edge(topic):
        camera = edge
    return publication if camera in cameras and caller.may_see(str(camera)) else None


def _camera_of(payload: Any) -> object:
    if not isinstance(payload, dict):
        return None
    after = payload.get("after")
    return after.get("camera") if isinstance(after, dict) else payload.get("camera")
