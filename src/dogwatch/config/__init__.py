"""What the user wrote: one model per section, loading with line numbers, editing that keeps comments.

`load` reads a file, `parse` a text; both give a `Loaded` or raise `ConfigErrors` with everything that is wrong.
The way of a text: `tree` (YAML with places) -> `migrate` (older forms) -> `substitute` (`{DOGWATCH_*}`) -> `keys`
(unknown and unused ones) -> `merge` (global sections into cameras) -> the models -> `rules` (between keys).

`keeper` holds the configuration in force and tells its followers of changes; `switches` lays the run-time switches over
it; `difference` says what has changed. `file` reads, edits (`edit`, `splice`) and replaces the file of a
running program. Each section has a module of its own; `root` is the whole file. `key` in `base` declares a key.
"""

from dogwatch.config.camera import CameraConfig
from dogwatch.config.difference import Difference
from dogwatch.config.keeper import Keeper
from dogwatch.config.load import Loaded, find, load, load_again, parse
from dogwatch.config.problems import ConfigErrors, Notice, describe
from dogwatch.config.root import Config

__all__ = [
    "CameraConfig",
    "Config",
    "ConfigErrors",
    "Difference",
    "Keeper",
    "Loaded",
    "Notice",
    "describe",
    "find",
    "load",
    "load_again",
    "parse",
]
