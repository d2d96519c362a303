"""Asks NVIDIA's management library (NVML) for graphics processors, and the system for those that VA-API may use.

NVML is asked through the package `nvidia-ml-py`, which users of such a processor install beside Dogwatch. Without it,
or without a driver, there is nothing to tell.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

DRM = Path("/sys/class/drm")
DEVICES = Path("/dev/dri")
VENDORS = {"0x8086": "Intel", "0x1002": "AMD", "0x10de": "NVIDIA"}
_log = logging.getLogger(__name__)


def described() -> dict[str, dict[str, str]]:
    """Return name, driver, compute capability and BIOS of each NVIDIA processor by its number; empty without any."""
    if (nvml := library()) is None:
        return {}
    driver = _text(_asked(nvml, nvml.nvmlSystemGetDriverVersion, ""))
    return {str(index): _described(nvml, device, driver) for index, device in _devices(nvml)}


def usages() -> dict[str, dict[str, str]]:
    """Return the load of each NVIDIA processor by its name, as `/api/stats` shows it; empty if there is none."""
    if (nvml := library()) is None:
        return {}
    found: dict[str, dict[str, str]] = {}
    for index, device in _devices(nvml):
        name = _name(nvml, device)
        found[f"{name} {index}" if name in found else name] = _usage(nvml, device)
    return found


def render_devices(drm: Path = DRM, devices: Path = DEVICES) -> list[str]:
    """Return a line about each device that VA-API may use."""
    return [_line(node, drm) for node in sorted(devices.glob("renderD*"))]


def _line(node: Path, drm: Path) -> str:
    device = drm / node.name / "device"
    try:
        vendor = (device / "vendor").read_text().strip()
    except OSError:
        vendor = "unknown"
    driver = (device / "driver").resolve().name if (device / "driver").exists() else "unknown"
    return f"{node}: {VENDORS.get(vendor, vendor)}, driver {driver}"


@lru_cache(maxsize=1)
def library() -> Any:
    """Return the library, initialised; None if it is not installed, or finds no driver. Looked for once."""
    try:
        nvml = importlib.import_module("pynvml")
    except ImportError:
        return None
    try:
        nvml.nvmlInit()
    except nvml.NVMLError as error:
        _log.info("NVIDIA processors cannot be asked: %s", error)
        return None
    return nvml


def _devices(nvml: Any) -> Iterator[tuple[int, Any]]:
    for index in range(int(_asked(nvml, nvml.nvmlDeviceGetCount, 0))):
        device = _asked(nvml, partial(nvml.nvmlDeviceGetHandleByIndex, index), None)
        if device is not None:
            yield index, device


def _asked(nvml: Any, ask: Callable[[], Any], otherwise: Any) -> Any:
    """Return what the library says; `otherwise` if this processor or driver cannot tell."""
    try:
        return ask()
    except nvml.NVMLError:
        return otherwise


def _described(nvml: Any, device: Any, driver: str) -> dict[str, str]:
    capability = _asked(nvml, lambda: nvml.nvmlDeviceGetCudaComputeCapability(device), ())
    return {
        "name": _name(nvml, device),
        "driver": driver,
        "cuda_compute": ".".join(str(part) for part in capability),
        "vbios": _text(_asked(nvml, lambda: nvml.nvmlDeviceGetVbiosVersion(device), "")),
    }


def _usage(nvml: Any, device: Any) -> dict[str, str]:
    rates = _asked(nvml, lambda: nvml.nvmlDeviceGetUtilizationRates(device), None)
    memory = _asked(nvml, lambda: nvml.nvmlDeviceGetMemoryInfo(device), None)
    encoder = _asked(nvml, lambda: nvml.nvmlDeviceGetEncoderUtilization(device), None)
    decoder = _asked(nvml, lambda: nvml.nvmlDeviceGetDecoderUtilization(device), None)
    heat = _asked(nvml, lambda: nvml.nvmlDeviceGetTemperature(device, nvml.NVML_TEMPERATURE_GPU), None)
    return {
        "vendor": "nvidia",
        "gpu": f"{float(rates.gpu):.1f}%" if rates else "",
        "mem": f"{memory.used / memory.total * 100:.1f}%" if memory and memory.total else "",
        "enc": f"{encoder[0]}%" if encoder else "",
        "dec": f"{decoder[0]}%" if decoder else "",
        "temp": str(heat) if heat is not None else "",
    }


def _name(nvml: Any, device: Any) -> str:
    return _text(_asked(nvml, lambda: nvml.nvmlDeviceGetName(device), "NVIDIA"))


def _text(value: Any) -> str:
    """Return text; older versions of the library give bytes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
