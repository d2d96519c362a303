"""What is told of graphics processors, with a library that has NVML's interface and processors partly mute."""

# ruff: noqa: N802

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dogwatch.stats import gpu
from dogwatch.stats.keeper import StatsKeeper
from dogwatch.stats.machine import Machine
from dogwatch.stats.metrics import exposition


class Nvml(ModuleType):
    """The part of `pynvml` (nvidia-ml-py) that is used, with its names and types."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        """As there, raised by whatever a device cannot do."""

    def __init__(self, names: list[object], *, driver: bool = True) -> None:
        super().__init__("pynvml")
        self.names, self.driver = names, driver

    def nvmlInit(self) -> None:
        if not self.driver:
            raise self.NVMLError("Driver Not Loaded")

    def nvmlSystemGetDriverVersion(self) -> str:
        return "550.54"

    def nvmlDeviceGetCount(self) -> int:
        return len(self.names)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> object:
        if self.names[index] is None:
            raise self.NVMLError("GPU is lost")
        return index

    def nvmlDeviceGetName(self, device: int) -> object:
        return self.names[device]

    def nvmlDeviceGetCudaComputeCapability(self, device: int) -> tuple[int, int]:
        return 8, 9

    def nvmlDeviceGetVbiosVersion(self, device: int) -> str:
        return "95.02"

    def nvmlDeviceGetUtilizationRates(self, device: int) -> object:
        return SimpleNamespace(gpu=12, memory=3)

    def nvmlDeviceGetMemoryInfo(self, device: int) -> object:
        return SimpleNamespace(total=1000, used=201, free=799)

    def nvmlDeviceGetEncoderUtilization(self, device: int) -> list[int]:
        raise self.NVMLError("Not Supported")

    def nvmlDeviceGetDecoderUtilization(self, device: int) -> list[int]:
        return [4, 1000]

    def nvmlDeviceGetTemperature(self, device: int, sensor: int) -> int:
        assert sensor == self.NVML_TEMPERATURE_GPU
        return 51


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    gpu.library.cache_clear()
    yield
    gpu.library.cache_clear()


USAGE = {"vendor": "nvidia", "gpu": "12.0%", "mem": "20.1%", "enc": "", "dec": "4%", "temp": "51"}


def test_processors_are_described_and_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", Nvml(["RTX", None, b"RTX"]))
    assert gpu.described() == {
        "0": {"name": "RTX", "driver": "550.54", "cuda_compute": "8.9", "vbios": "95.02"},
        "2": {"name": "RTX", "driver": "550.54", "cuda_compute": "8.9", "vbios": "95.02"},
    }
    assert gpu.usages() == {"RTX": USAGE, "RTX 2": USAGE}
    keeper = StatsKeeper([], media=tmp_path, scratch=tmp_path, shared_memory=tmp_path, version="1")
    keeper._sample = Machine().look([])
    snapshot = keeper.snapshot()
    assert snapshot["gpu_usages"]["RTX"] == USAGE
    found = {
        (sample.name, sample.labels.get("gpu_name")): sample.value
        for family in text_string_to_metric_families(exposition(snapshot, {}).decode())
        for sample in family.samples
    }
    assert found["frigate_gpu_usage_percent", "RTX"] == 12.0
    assert found["frigate_gpu_mem_usage_percent", "RTX 2"] == 20.1


def test_without_a_driver_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", Nvml([], driver=False))
    assert gpu.described() == gpu.usages() == {}


def test_without_the_library_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu.described() == gpu.usages() == {}


def test_devices_of_va_api(tmp_path: Path) -> None:
    drm, devices = tmp_path / "drm", tmp_path / "dri"
    (drm / "renderD128" / "device").mkdir(parents=True)
    (drm / "renderD128" / "device" / "vendor").write_text("0x8086\n")
    (drm / "i915").mkdir()
    (drm / "renderD128" / "device" / "driver").symlink_to(drm / "i915")
    devices.mkdir()
    for name in ("renderD128", "renderD129", "card0"):
        (devices / name).touch()
    assert gpu.render_devices(drm, devices) == [
        f"{devices}/renderD128: Intel, driver i915",
        f"{devices}/renderD129: unknown, driver unknown",
    ]
    assert gpu.render_devices(drm, tmp_path / "none") == []
