"""The paths of the web page, beside `/`. Each is one segment: the page's links are relative, and one level is known."""

from __future__ import annotations

PAGES = (
    "login",
    "review",
    "explore",
    "playback",
    "export",
    "faces",
    "files",
    "edge",
    "settings",
    "system",
    "logs",
    "config",
    "wizard",
    "player",
    "styleguide",
)
"""The same as in `ui/pages.json`. None may be a path of the contract (docs/api), nor begin one: `/recordings` would."""
