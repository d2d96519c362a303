"""The text of a first `config.yml`, with comments that say what to change."""

from __future__ import annotations

import json
import re

from dogwatch.config.base import NAME

HEAD = """\
# Dogwatch configuration. Every key is described in docs/configuration.md.
# Credentials need not stand here: {DOGWATCH_NAME} in an address is replaced by the environment variable of that name.
version: 0.16-0

mqtt:
  enabled: false # nothing is published to a broker yet

detectors:
  opencv: # built in: finds people and faces, needs no model; `dogwatch model known` lists better detectors
    type: opencv

record:
  enabled: true
  continuous:
    days: 1 # everything
  motion:
    days: 3 # with motion
  alerts:
    retain:
      days: 14
  detections:
    retain:
      days: 7

snapshots:
  enabled: true

detect:
  enabled: true
"""
NO_CAMERAS = """
cameras: {}
  # front:
  #   ffmpeg:
  #     inputs:
  #       - path: rtsp://user:password@192.168.1.20/stream
  #         roles: [record, detect]
"""


def template(cameras: dict[str, str] | None = None) -> str:
    """Return the text of a configuration file.

    Args:
        cameras: Address of the stream by camera name.

    Raises:
        ValueError: A name has other characters than letters, digits, `_` and `-`, or an address is empty.
    """
    if not cameras:
        return HEAD + NO_CAMERAS
    return HEAD + "\ncameras:\n" + "\n".join(_camera(name, url) for name, url in cameras.items())


def _camera(name: str, url: str) -> str:
    if not re.fullmatch(NAME, name):
        raise ValueError(f"camera name '{name}' may have letters, digits, '_' and '-' only")
    if not url:
        raise ValueError(f"camera '{name}' needs an address")
    return f"""\
  {json.dumps(name) if not name[0].isalpha() else name}:
    ffmpeg:
      inputs:
        - path: {json.dumps(url, ensure_ascii=False)}
          roles: [record, detect]
    # zones:
    #   porch:
    #     coordinates: 0.1,0.6,0.9,0.6,0.9,1,0.1,1
"""
