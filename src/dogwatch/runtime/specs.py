"""Makes the spec of each worker process from the configuration."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from dogwatch.analysis import (
    NOTHING_LEARNT,
    AnalysisSettings,
    Learnt,
    MotionSettings,
    ObjectFilter,
    StationarySettings,
    ZoneSettings,
)
from dogwatch.bus.spec import Spec
from dogwatch.config import Config, labels
from dogwatch.config.connections import CameraConnection, connections
from dogwatch.config.detectors import BUILT_IN, DetectorConfig
from dogwatch.config.masks import MaskConfig
from dogwatch.config.objects import FilterConfig
from dogwatch.config.sound_labels import sound_labels
from dogwatch.config.zones import ZoneConfig
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.library.analysis_plan import AnalysisRequest, plan
from dogwatch.live.encoded import EncodedOutput
from dogwatch.runtime.analysis_shares import share_out
from dogwatch.runtime.paths import Paths
from dogwatch.volume import read_identity
from dogwatch.workers.analysis import spec as analysis
from dogwatch.workers.analysis.spec import AnalysisSpec
from dogwatch.workers.detection import spec as detection
from dogwatch.workers.detection.spec import DetectionSpec
from dogwatch.workers.encoding import spec as encoding
from dogwatch.workers.encoding.spec import EncodingSpec
from dogwatch.workers.files.spec import Search
from dogwatch.workers.ingest import spec as ingest
from dogwatch.workers.ingest.spec import IngestSpec, InputSpec
from dogwatch.workers.listening import spec as listening
from dogwatch.workers.listening.spec import ListeningSpec, SoundModelSpec

log = logging.getLogger(__name__)

S = TypeVar("S", bound=Spec)
MOST_THREADS = 4
CLIP_BEFORE_S = 4.0  # at least three are promised, and pictures are read a moment after they came
LearntOf = Callable[[str], Learnt]
"""Returns what the analysis of a camera goes by that was learnt."""


def nothing_learnt(_camera: str) -> Learnt:
    """Nothing is known of any camera."""
    return NOTHING_LEARNT


@dataclass(frozen=True, slots=True)
class Wanted:
    """A worker process that should run: `kind` is the last part of its module's name, `name` unique for its kind."""

    kind: str
    name: str
    spec: Spec


def can_follow(kind: str, old: str, new: str) -> bool:
    """Whether a running worker of `kind` can go on with the spec `new`; both as JSON."""
    try:
        match kind:
            case "ingest":
                return ingest.hot(_read(old, IngestSpec), _read(new, IngestSpec))
            case "analysis":
                return analysis.hot(_read(old, AnalysisSpec), _read(new, AnalysisSpec))
            case "detection":
                return detection.hot(_read(old, DetectionSpec), _read(new, DetectionSpec))
            case "encoding":
                return encoding.hot(_read(old, EncodingSpec), _read(new, EncodingSpec))
            case "listening":
                return listening.hot(_read(old, ListeningSpec), _read(new, ListeningSpec))
    except msgspec.MsgspecError:
        log.warning("what the %s process was told is not understood: is it of another version?", kind)
    return False


def _read(text: str, kind: type[S]) -> S:
    return msgspec.json.decode(text, type=kind)


def all_specs(
    config: Config,
    paths: Paths,
    kept: Collection[str] = (),
    assigned: Mapping[str, str] | None = None,
    learnt: LearntOf = nothing_learnt,
    streams: Mapping[str, Sequence[CameraConnection]] | None = None,
    listening_for: Collection[str] = (),
) -> list[Wanted]:
    """Return every worker that `config` asks for, in the order of starting: recording first.

    Args:
        config: The configuration.
        paths: Where things lie.
        kept: Cameras that have workers even while they are off, which then do nothing: so a camera that is switched
            off and on again continues as before.
        assigned: The name of the analysis process of each camera that has one already.
        learnt: What the analysis of each camera goes by that was learnt.
        streams: The addresses of each stream that somebody watches and no camera reads.
        listening_for: Cameras whose sounds the file has told apart: while one is switched off, the process stays.
    """
    served = [name for name, camera in config.cameras.items() if camera.enabled or name in kept]
    return [
        *(Wanted("ingest", name, ingest_spec(config, name, paths)) for name in served),
        *(Wanted("detection", spec.detector.name, spec) for spec in detection_specs(config, paths)),
        *(Wanted("analysis", spec.name, spec) for spec in analysis_specs(config, paths, None, kept, assigned, learnt)),
        *(Wanted("listening", listening.NAME, spec) for spec in listening_specs(config, paths, listening_for)),
        *(Wanted("ingest", name, stream_spec(config, name, found, paths)) for name, found in (streams or {}).items()),
    ]


def encoding_specs(config: Config, paths: Paths, outputs: Mapping[str, EncodedOutput]) -> list[Wanted]:
    """Return the encoding processes of these outputs."""
    return [
        Wanted(
            "encoding",
            name,
            EncodingSpec(
                link=paths.link,
                run_dir=str(paths.run),
                log_level=config.logger.default,
                name=name,
                ring_dir=paths.shm,
                quality=one.quality,
                most_fps=one.most_fps,
                heartbeat_fps=one.heartbeat_fps,
                every_frame=bool(one.camera),
                most_height=one.height,
            ),
        )
        for name, one in sorted(outputs.items())
    ]


def ingest_spec(config: Config, camera: str, paths: Paths) -> IngestSpec:
    """Return what the ingest process of `camera` needs to know.

    While neither objects nor motion are looked for, it decodes frames only on demand.
    """
    own = config.cameras[camera]
    return IngestSpec(
        link=paths.link,
        run_dir=str(paths.run),
        log_level=config.logger.default,
        camera=camera,
        inputs=tuple(
            InputSpec(
                url=_address(config, camera, one.url, paths),
                roles=one.roles,
                format=one.options.format,
                options=dict(one.options.options),
            )
            for one in connections(config, camera)
        ),
        media_root=str(paths.media),
        volume=read_identity(paths.media / "recordings") or "",
        enabled=own.enabled,
        record=own.record.enabled,
        detect=own.detect.enabled or own.motion.enabled,
        detect_fps=own.detect.fps,
        idle_after=own.detect.idle_after,
        deblock=own.detect.deblock,
        ring_dir=paths.shm,
        retry_interval=own.ffmpeg.retry_interval,
        space_floor_bytes=own.record.space.floor << 20,
        audio=own.audio.enabled,
        sound_rate=config.audio.model.sample_rate if camera in listened(config) else 0,
        min_volume=own.audio.min_volume,
        clip_before_s=CLIP_BEFORE_S if camera == config.edge.camera else 0.0,
    )


def listened(config: Config) -> dict[str, dict[str, float]]:
    """Return the cameras whose sounds are told apart now, with the smallest score of each sound."""
    if not config.audio.model.path:
        return {}
    return {
        name: thresholds
        for name, camera in config.cameras.items()
        if camera.enabled and camera.audio.enabled and (thresholds := camera.audio.thresholds)
    }


def listening_specs(config: Config, paths: Paths, kept: Collection[str] = ()) -> list[ListeningSpec]:
    """Return what the listening process needs to know; none if no sounds are told apart, not even of cameras `kept`."""
    cameras = listened(config)
    served = [name for name in config.cameras if name in cameras or (name in kept and config.audio.model.path)]
    if not served:
        return []
    model = config.audio.model
    spec = SoundModelSpec(
        path=model.path or "",
        labels=sound_labels(model),
        threads=max(config.cameras[name].audio.num_threads for name in served),
        input=model.input,
        output=model.output or "",
        activation=model.activation,
        sample_rate=model.sample_rate,
        seconds=model.seconds,
        frames=model.frames,
        window_s=model.window_ms / 1000,
        hop_s=model.hop_ms / 1000,
        bands=model.mel_bands,
        min_hz=model.min_hz,
        max_hz=model.max_hz,
        scale=model.mel_scale,
        power=model.spectrum == "power",
        decibel=model.log == "decibel",
        offset=model.log_offset,
    )
    log_level = config.logger.default
    return [ListeningSpec(link=paths.link, run_dir=str(paths.run), log_level=log_level, model=spec, cameras=cameras)]


def stream_spec(config: Config, name: str, addresses: Sequence[CameraConnection], paths: Paths) -> IngestSpec:
    """Return what the ingest process of a stream that no camera reads needs to know: it serves viewers only."""
    first, *others = (
        InputSpec(
            url=one.url, roles=one.roles, format=one.options.format, options=dict(one.options.options), sound=one.sound
        )
        for one in addresses
    )
    return IngestSpec(
        link=paths.link,
        run_dir=str(paths.run),
        log_level=config.logger.default,
        camera=name,
        inputs=(msgspec.structs.replace(first, others=tuple(others)),),
        media_root=str(paths.media),
        record=False,
        detect=False,
        ring_dir=paths.shm,
        retry_interval=config.ffmpeg.retry_interval,
    )


def _address(config: Config, camera: str, url: str, paths: Paths) -> str:
    """Return the address of an input; that of a Raspberry Pi's own camera is as the edge camera's settings say."""
    if camera != config.edge.camera or not url.lower().startswith("rpicam:"):
        return url
    from dogwatch.edge import settings, stream  # here: who has no edge camera need not load it

    return stream.source_of(url, settings.stored(paths.data / "edge" / "client"))


def analysis_specs(
    config: Config,
    paths: Paths,
    processes: int | None = None,
    kept: Collection[str] = (),
    assigned: Mapping[str, str] | None = None,
    learnt: LearntOf = nothing_learnt,
) -> list[AnalysisSpec]:
    """Share the cameras that are enabled or `kept` out over analysis processes; see `analysis_shares`.

    Args:
        config: The configuration.
        paths: Where things lie.
        processes: How many processes at most; one a processor core if not given.
        kept: See `all_specs`.
        assigned: See `all_specs`.
        learnt: See `all_specs`.
    """
    names = [name for name, camera in config.cameras.items() if camera.enabled or name in kept]
    return [
        AnalysisSpec(
            link=paths.link,
            run_dir=str(paths.run),
            log_level=config.logger.default,
            name=process,
            cameras=tuple(analysis_settings(config, name, learnt(name)) for name in cameras),
            detectors=tuple(config.detectors),
            ring_dir=paths.shm,
        )
        for process, cameras in share_out(names, assigned or {}, max(1, processes or os.cpu_count() or 1)).items()
    ]


def analysis_settings(config: Config, name: str, learnt: Learnt = NOTHING_LEARNT) -> AnalysisSettings:
    """Return what the analysis of camera `name` needs to know, which includes what it has `learnt`."""
    camera = config.cameras[name]
    detect, motion = camera.detect, camera.motion
    return AnalysisSettings(
        camera=name,
        enabled=camera.enabled,
        detect=detect.enabled,
        width=detect.width,
        height=detect.height,
        fps=detect.fps,
        min_initialized=_given(detect.min_initialized, 2),
        max_disappeared=_given(detect.max_disappeared, round(5 * detect.fps)),
        stationary=StationarySettings(
            interval=_given(detect.stationary.interval, round(10 * detect.fps)),
            threshold=_given(detect.stationary.threshold, round(10 * detect.fps)),
            max_frames=detect.stationary.max_frames.default,
            max_frames_objects=dict(detect.stationary.max_frames.objects),
        ),
        motion=MotionSettings(
            enabled=motion.enabled or detect.enabled,
            threshold=motion.threshold,
            lightning_threshold=motion.lightning_threshold,
            skip_motion_threshold=motion.skip_motion_threshold,
            contour_area=motion.contour_area,
            delta_alpha=motion.delta_alpha,
            frame_alpha=motion.frame_alpha,
            frame_height=motion.frame_height,
            improve_contrast=motion.improve_contrast,
            masks=_polygons(motion.mask),
        ),
        track=tuple(camera.objects.track),
        filters={label: _filter(entry) for label, entry in camera.objects.filters.items()},
        masks=_polygons(camera.objects.mask),
        zones=tuple(_zone(zone, entry) for zone, entry in camera.zones.items() if entry.enabled),
        attributes={label: tuple(names) for label, names in labels.attributes_map(config.model).items()},
        best_image_timeout=camera.best_image_timeout,
        idle_after=detect.idle_after,
        previews=camera.record.enabled,
        metric=config.ui.unit_system == "metric",
        grids=learnt.grids,
        false_places=learnt.false_places if camera.objects.false_places else (),
        camera_health=camera.camera_health.enabled,
        turns=bool(camera.onvif.host),
    )


def _given(value: int | None, usual: int) -> int:
    """Return `value`, which may be 0, or what is usual when the file gives none."""
    return usual if value is None else value


def _polygons(masks: list[MaskConfig]) -> tuple[tuple[tuple[float, float], ...], ...]:
    return tuple(mask.points for mask in masks if mask.enabled)


def _filter(config: FilterConfig) -> ObjectFilter:
    return ObjectFilter(
        min_area=config.min_area,
        max_area=config.max_area,
        min_ratio=config.min_ratio,
        max_ratio=config.max_ratio,
        threshold=config.threshold,
        min_score=config.min_score,
        masks=_polygons(config.mask),
    )


def _zone(name: str, config: ZoneConfig) -> ZoneSettings:
    return ZoneSettings(
        name=name,
        polygon=config.points,
        objects=tuple(config.objects),
        filters={label: _filter(entry) for label, entry in config.filters.items()},
        inertia=config.inertia,
        loitering_time=config.loitering_time,
        distances=tuple(config.distances),
        speed_threshold=config.speed_threshold,
    )


def detection_specs(config: Config, paths: Paths) -> list[DetectionSpec]:
    """Return what each detection process needs to know."""
    return [_detector(config, name, detector, paths) for name, detector in config.detectors.items()]


def file_searches(config: Config, paths: Paths, request: AnalysisRequest) -> tuple[Search, ...]:
    """Return which detector looks for what in a video file.

    Raises:
        FileError: 503 `no_detector`; none finds what is asked for.
    """
    return plan(config, {spec.detector.name: spec.detector for spec in detection_specs(config, paths)}, request)


def _detector(config: Config, name: str, detector: DetectorConfig, paths: Paths) -> DetectionSpec:
    return DetectionSpec(
        link=paths.link,
        run_dir=str(paths.run),
        log_level=config.logger.default,
        detector=DetectorSpec(
            name=name,
            type=detector.type,
            model=ModelSpec() if detector.type == BUILT_IN else _model(config, detector),
            device=detector.device or "",
            threads=detector.num_threads or default_threads(len(config.detectors)),
            batch=detector.batch,
            options=detector.options,
        ),
        ring_dir=paths.shm,
    )


def default_threads(detectors: int) -> int:
    """Return the threads of each of so many detectors: together half of the processor, at most four each."""
    return max(1, min(MOST_THREADS, (os.cpu_count() or 1) // (2 * max(1, detectors))))


def _model(config: Config, detector: DetectorConfig) -> ModelSpec:
    """Return the model as the user gave it; what was not given is left to the detector."""
    model = labels.model_of(config, detector)
    given = model.model_fields_set
    return ModelSpec(
        path=detector.model_path or model.path or "",
        width=model.width if "width" in given else 0,
        height=model.height if "height" in given else 0,
        labels=labels.model_labels(model, detector.type) if given & {"labelmap", "labelmap_path"} else {},
        input_tensor=model.input_tensor,
        input_pixel_format=model.input_pixel_format,
        input_dtype=model.input_dtype,
        model_type=model.model_type or "",
    )
