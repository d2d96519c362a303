"""Print docs/messages.md: `python scripts/message_docs.py > docs/messages.md`."""

import inspect
import sys
from typing import get_args

from dogwatch.bus import messages

WAYS = {
    "Worker to core": get_args(messages.Up),
    "Core to workers": (messages.Down,),
    "Ingest to vision": (messages.FrameReady,),
    "Ingest to live viewers": (messages.LiveInit, messages.LiveFragment),
    "Vision to detector": get_args(messages.Ask),
    "Detector to vision": get_args(messages.Answer),
}


def page() -> str:
    """Return the whole page."""
    lines = ["# Messages", "", "Every message that crosses a process border, as MessagePack maps tagged by `type`.", ""]
    for way, kinds in WAYS.items():
        lines += [f"## {way}", ""]
        for kind in kinds:
            lines += [f"### `{kind.__name__}`", "", inspect.getdoc(kind) or "", ""]
            if kind.__struct_fields__:
                lines += ["| field | type |", "| --- | --- |"]
                hints = inspect.get_annotations(kind)
                lines += [
                    f"| `{name}` | `{str(hints[name]).replace('|', chr(92) + '|')}` |"
                    for name in kind.__struct_fields__
                ]
                lines += [""]
    return "\n".join(lines)


sys.stdout.write(page().rstrip() + "\n")
