"""Which parts of a core take which message from the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.bus import messages as m
from dogwatch.bus.links import WorkerGone
from dogwatch.runtime.hub import Handler

if TYPE_CHECKING:
    from dogwatch.runtime.parts import CoreParts


def handlers_of(parts: CoreParts) -> dict[type[m.Message | WorkerGone], tuple[Handler, ...]]:
    """Return the parts that take each message from workers, in order."""
    stats, catalogue, events = parts.stats.on_message, parts.catalogue, parts.events
    clips = parts.edge.recorder.ingest if parts.edge is not None else None
    return {
        m.WorkerReady: (stats, parts.streams.on_ready, parts.encoders.on_ready, *((clips.on_ready,) if clips else ())),
        WorkerGone: (parts.streams.on_gone, *((clips.on_gone,) if clips else ())),
        m.ClipOpened: (clips.on_opened,) if clips else (),
        m.ClipWritten: (clips.on_ended,) if clips else (),
        m.ClipLost: (clips.on_ended,) if clips else (),
        m.LiveInit: (parts.streams.on_live,),
        m.LiveFragment: (parts.streams.on_live,),
        m.PacketsBegin: (parts.streams.on_live,),
        m.LivePacket: (parts.streams.on_live,),
        m.StreamOpened: (stats, parts.streams.on_opened, parts.status.on_opened),
        m.StreamLost: (stats, parts.status.on_lost),
        m.SegmentOpened: (catalogue.on_segment_opened,),
        m.SegmentWritten: (catalogue.on_segment_written,),
        m.FootageLost: (catalogue.on_footage_lost,),
        m.SpaceWanted: (parts.space.on_space_wanted,),
        m.IngestStats: (stats, catalogue.on_stats),
        m.SoundLevel: (events.on_sound,),
        m.SoundsHeard: (events.on_sounds_heard,),
        m.RingMade: (stats, parts.pictures.on_ring, parts.encoders.on_ring),
        m.FrameTracks: (
            parts.pictures.on_tracks,
            parts.birdseye.on_tracks,
            catalogue.on_tracks,
            events.on_tracks,
            parts.autotracker.on_tracks,
            parts.plate_cameras.moved,
        ),
        m.BestPicture: (events.on_picture,),
        m.PreviewPicture: (parts.preview_frames.on_picture,),
        m.AnalysisStats: (stats,),
        m.DetectorStats: (stats,),
        m.EncoderStats: (stats,),
        m.ListeningStats: (stats,),
    }
