"""What the API's handlers may use of the parts of a core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.api.services import Services
from dogwatch.stats.disk_usage import FileUsageMeter

if TYPE_CHECKING:
    from dogwatch.api.services import ServicePaths
    from dogwatch.config import Keeper
    from dogwatch.config.file import ConfigFile
    from dogwatch.runtime.parts import CoreParts, PartsContext


def services_of(
    parts: CoreParts,
    context: PartsContext,
    keeper: Keeper,
    paths: ServicePaths,
    config_file: ConfigFile,
) -> Services:
    """Return what the API's handlers may use of the parts."""
    parts.models.config_file = lambda: config_file
    return Services(
        keeper=keeper,
        paths=paths,
        db=context.db,
        catalogue=parts.catalogue,
        events=parts.events,
        learnt=parts.learnt,
        broadcast=parts.broadcast,
        switches=parts.switches,
        profiles=parts.profiles,
        push=parts.push,
        ptz=parts.ptz,
        stats=parts.stats,
        disk_usage=FileUsageMeter(context.data, lambda: context.db.path),
        problems=parts.problems,
        space=parts.space,
        activity=parts.activity,
        authority=parts.authority,
        pictures=parts.pictures,
        streams=parts.streams,
        runtime_streams=parts.runtime_streams,
        birdseye=parts.birdseye,
        talks=parts.talks,
        webrtc=parts.webrtc,
        jobs=parts.jobs,
        searches=parts.searches,
        exports=parts.exports,
        previews=parts.previews,
        shares=parts.shares,
        plates=parts.plates,
        faces=parts.faces,
        files=parts.files,
        file_access=parts.file_access,
        config_file=config_file,
        commands=parts.commands,
        edge=parts.edge,
        restart=context.restart,
        version=context.version,
    )
