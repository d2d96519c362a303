"""`files`: video files that are served by `/api/v1` (docs/files.md)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from dogwatch.config.base import NAME, Section, Strings, key, required


def _absolute(value: str) -> str:
    if not value.startswith("/"):
        raise ValueError("a directory has to begin with /")
    return value


def _all_absolute(values: list[str]) -> list[str]:
    return [_absolute(value) for value in values]


class WatchConfig(Section):
    """A folder whose new files are put into a camera's recordings."""

    path: Annotated[str, AfterValidator(_absolute)] = required("The folder.")
    camera: str = required("The camera.", pattern=NAME)


class FilesConfig(Section):
    """Video files."""

    enabled: bool = key(True, "Serve video files.")
    roots: Annotated[Strings, AfterValidator(_all_absolute)] = key(
        [], "Directories whose videos may be registered where they lie."
    )
    max_size_mb: int = key(20_480, "MiB of the largest file that is taken.", ge=1, le=8_388_608)
    max_total_mb: int | None = key(
        None, "MiB that all uploaded files may take together; by default a fifth of the disk.", ge=1
    )
    encoders: int | None = key(
        None, "Encoders that run at once; by default half of the processor's cores, at least one.", ge=1, le=64
    )
    cache_mb: int = key(2048, "MiB of the cache of what has been made of files.", ge=16)
    clip_max_s: int = key(600, "Seconds of the longest clip.", ge=1, le=86_400)
    login_s: int = key(3600, "Seconds that a login for video files is valid.", ge=60, le=86_400)
    watch: list[WatchConfig] = key([], "Folders whose new files are put into a camera's recordings.", max_length=16)
