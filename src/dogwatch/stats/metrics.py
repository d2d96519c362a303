"""The numbers of `/api/stats` for Prometheus (docs/api/system.md; names in docs/metrics.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import generate_latest

from dogwatch.stats.machine import MIB

CAMERA = {
    "frigate_camera_fps": ("camera_fps", "Frames a second from the camera."),
    "frigate_detection_fps": ("detection_fps", "Detector runs a second."),
    "frigate_process_fps": ("process_fps", "Frames analysed a second."),
    "frigate_skipped_fps": ("skipped_fps", "Frames a second that nobody has looked at."),
    "frigate_detection_enabled": ("detection_enabled", "Whether objects are detected."),
    "frigate_audio_dBFS": ("audio_dBFS", "Loudness in dBFS."),
    "frigate_audio_rms": ("audio_rms", "Loudness, root mean square."),
}
DETECTOR = {
    "frigate_detector_inference_speed_seconds": ("inference_speed", 0.001, "Mean time of one detection in seconds."),
    "frigate_detection_start": ("detection_start", 1.0, "When the running detection began, epoch seconds."),
}
STORAGE = {
    "frigate_storage_free_bytes": ("free", "Bytes free on the volume."),
    "frigate_storage_total_bytes": ("total", "Size of the volume in bytes."),
    "frigate_storage_used_bytes": ("used", "Bytes used on the volume."),
}
GPU = {
    "frigate_gpu_usage_percent": ("gpu", "Use of the graphics processor in percent."),
    "frigate_gpu_mem_usage_percent": ("mem", "Use of its memory in percent."),
}
MQTT_NOW = {
    "connected": "Whether there is a connection to the MQTT broker.",
    "queued": "Messages that wait for the MQTT broker.",
}
MQTT_SUMS = {
    "sent": "Messages sent to the MQTT broker since the start.",
    "dropped": "Messages for the MQTT broker that were dropped since the start.",
    "reconnects": "Connections to the MQTT broker after the first one.",
    "ignored": "Messages of the MQTT broker that were no commands.",
}
PROCESS_LABELS = ("pid", "name", "process", "type", "cmdline")
PROCESS = {
    "frigate_cpu_usage_percent": ("cpu", "Processor use in percent of one core."),
    "frigate_mem_usage_percent": ("mem", "Memory use in percent of the machine's."),
}


class _Collector:
    def __init__(
        self, stats: Mapping[str, Any], events: Mapping[tuple[str, str], int], problems: Mapping[str, int]
    ) -> None:
        self._stats, self._events, self._problems = stats, events, problems

    def collect(self) -> Iterator[Metric]:
        """Yield every metric of the snapshot."""
        stats = self._stats
        yield from _cameras(stats["cameras"])
        yield GaugeMetricFamily("frigate_detection_total_fps", "Detector runs a second.", stats["detection_fps"])
        yield from _detectors(stats["detectors"])
        yield from _processes(stats["cpu_usages"])
        yield from _gpus(stats["gpu_usages"])
        yield from _service(stats["service"])
        events = CounterMetricFamily("frigate_camera_events", "Events since the start.", labels=("camera", "label"))
        for (camera, label), count in sorted(self._events.items()):
            events.add_metric((camera, label), count)
        yield events
        problems = GaugeMetricFamily("dogwatch_problems", "What is wrong now, see `/api/health`.", labels=("kind",))
        for kind, count in self._problems.items():
            problems.add_metric((kind,), count)
        yield problems


def exposition(
    stats: Mapping[str, Any], events: Mapping[tuple[str, str], int], problems: Mapping[str, int] = MappingProxyType({})
) -> bytes:
    """Return the text that Prometheus reads.

    Args:
        stats: A stats snapshot.
        events: The counts of events by camera and label.
        problems: The counts of problems by kind.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(stats, events, problems))
    return generate_latest(registry)


def _cameras(cameras: Mapping[str, Mapping[str, Any]]) -> Iterator[Metric]:
    for metric, (key, text) in CAMERA.items():
        family = GaugeMetricFamily(metric, text, labels=("camera_name",))
        for name, numbers in cameras.items():
            family.add_metric((name,), float(numbers[key]))
        yield family


def _detectors(detectors: Mapping[str, Mapping[str, Any]]) -> Iterator[Metric]:
    for metric, (key, factor, text) in DETECTOR.items():
        family = GaugeMetricFamily(metric, text, labels=("name",))
        for name, numbers in detectors.items():
            family.add_metric((name,), numbers[key] * factor)
        yield family


def _processes(usages: Mapping[str, Mapping[str, str]]) -> Iterator[Metric]:
    for metric, (key, text) in PROCESS.items():
        family = GaugeMetricFamily(metric, text, labels=PROCESS_LABELS)
        for pid, usage in usages.items():
            family.add_metric(_process_labels(pid, usage.get("cmdline", "")), float(usage[key]))
        yield family


def _gpus(usages: Mapping[str, Mapping[str, str]]) -> Iterator[Metric]:
    for metric, (key, text) in GPU.items():
        family = GaugeMetricFamily(metric, text, labels=("gpu_name",))
        for name, usage in usages.items():
            if usage[key]:
                family.add_metric((name,), float(usage[key].removesuffix("%")))
        yield family


def _process_labels(pid: str, command: str) -> Sequence[str]:
    _, kind, name, *_ = (*command.split(" ", 2), "", "", "")
    return pid, name or kind, kind, "system" if pid.startswith("frigate.") else "process", command


def _mqtt(numbers: Mapping[str, int]) -> Iterator[Metric]:
    for key, text in MQTT_NOW.items():
        if key in numbers:
            yield GaugeMetricFamily(f"dogwatch_mqtt_{key}", text, numbers[key])
    for key, text in MQTT_SUMS.items():
        if key in numbers:
            yield CounterMetricFamily(f"dogwatch_mqtt_{key}", text, numbers[key])


def _service(service: Mapping[str, Any]) -> Iterator[Metric]:
    yield GaugeMetricFamily("frigate_service_uptime_seconds", "Seconds since the start.", service["uptime"])
    yield GaugeMetricFamily(
        "frigate_service_last_updated_timestamp", "When these numbers were taken, epoch s.", service["last_updated"]
    )
    versions = {key: str(service[key]) for key in ("version", "latest_version")}
    yield InfoMetricFamily("frigate_service", "Versions.", versions)
    if (last_backup := service.get("database", {}).get("last_backup")) is not None:
        age = max(0.0, service["last_updated"] - last_backup)
        yield GaugeMetricFamily("dogwatch_backup_age_seconds", "Age of the database's newest backup.", age)
    yield from _mqtt(service.get("queues", {}).get("mqtt", {}))
    temperatures = GaugeMetricFamily(
        "frigate_device_temperature", "Temperature in degrees Celsius.", labels=("device",)
    )
    for device, degrees in service["temperatures"].items():
        temperatures.add_metric((device,), degrees)
    yield temperatures
    for metric, (key, text) in STORAGE.items():
        family = GaugeMetricFamily(metric, text, labels=("storage",))
        for volume, numbers in service["storage"].items():
            family.add_metric((volume,), numbers[key] * MIB)
        yield family
    kinds = GaugeMetricFamily(
        "frigate_storage_mount_type", "1 for the volume's file system.", labels=("mount_type", "storage")
    )
    for volume, numbers in service["storage"].items():
        kinds.add_metric((numbers["mount_type"], volume), 1)
    yield kinds
