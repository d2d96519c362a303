"""Hypothesis strategies for YAML texts that are laid out in every way that people do, and for changes of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

words: st.SearchStrategy[str] = st.sampled_from(["a", "b", "fps", "front door", "x-1", "ä", "0", "on", "p#q", "k:v"])
plain = st.sampled_from(["person", "rtsp://u:p@h/1?a=1&b=2", "0.1,0.2,0.3", "-a b", "24hour", "a#b", "ü €"])
odd = st.sampled_from(
    ["", "x: y", "# no comment", "it's", 'say "x"', "{FRIGATE_USER}", "*", "null", "0123", " a ", "-"]
)
scalars = st.one_of(plain, odd, st.integers(-5, 10**6), st.booleans(), st.sampled_from([0.5, 1e-9, 1e16, -2.0]))
comments = st.sampled_from(["", "", "  # why", " #\tx: {", "   # - 'ä"])
loose = st.sampled_from(["", "", "", "\n", "# one: line\n", "\n\n  # further: in\n", " \n", "#\n# two\n"])
trees: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.dictionaries(words, inner, max_size=4),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)
roots: st.SearchStrategy[dict[str, Any]] = st.dictionaries(words, trees, max_size=5)
values = st.one_of(st.none(), scalars, st.lists(scalars, max_size=3), trees)


class Pen:
    """Writes one tree, asking at each turn how."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def text(self, tree: dict[str, Any]) -> str:
        """Return a text that says `tree`."""
        if not tree and self._draw(st.booleans()):
            return self._draw(loose)
        in_braces = not tree or self._draw(st.integers(0, 9)) == 0
        body = self._flow(tree) + "\n" if in_braces else self._map(tree, 0)
        text = self._draw(st.sampled_from(["", "", "# head\n", "---\n", "%YAML 1.2\n---\n"])) + body
        text += self._draw(loose)
        if self._draw(st.booleans()):
            text = text.rstrip("\n")
        if self._draw(st.booleans()):
            text = text.replace("\n", "\r\n")
        return ("\ufeff" if self._draw(st.integers(0, 4)) == 0 and not text.startswith("%") else "") + text

    def _map(self, tree: dict[str, Any], column: int) -> str:
        return "".join(
            self._draw(loose) + " " * column + self._scalar(name, key=True) + ":" + self._below(entry, column)
            for name, entry in tree.items()
        )

    def _below(self, value: Any, column: int, *, in_list: bool = False) -> str:
        """Return what comes behind a colon or dash, to the end of its last line."""
        if isinstance(value, str) and value.strip() == value != "" and self._draw(st.integers(0, 5)) == 0:
            deeper = " " * (column + self._draw(st.integers(1, 4)))
            return f" {self._draw(st.sampled_from(['|-', '>-']))}{self._draw(comments)}\n{deeper}{value}\n"
        if not isinstance(value, dict | list) or not value or self._draw(st.integers(0, 3)) == 0:
            flow = self._flow(value) if isinstance(value, dict | list) else self._scalar(value)
            return f" {flow}{self._draw(comments)}\n"
        head = f"{self._draw(comments)}\n"
        if isinstance(value, dict):
            return head + self._map(value, column + self._draw(st.integers(1, 4)))
        return head + self._list(value, column + self._draw(st.integers(int(in_list), 4)))

    def _list(self, value: list[Any], column: int) -> str:
        lines = []
        for entry in value:
            lines.append(self._draw(loose) + " " * column + "-")
            if isinstance(entry, dict) and entry and self._draw(st.booleans()):
                gap = self._draw(st.integers(1, 3))
                written = self._map(dict(list(entry.items())[:1]), 0).lstrip()  # without what is loose before it
                if written.startswith("#") or "\n#" in written or len(written.splitlines()) > 1:
                    lines.append(self._below(entry, column, in_list=True))
                    continue
                rest = self._map(dict(list(entry.items())[1:]), column + 1 + gap)
                lines.append(" " * gap + written + rest)
            else:
                lines.append(self._below(entry, column, in_list=True))
        return "".join(lines)

    def _flow(self, value: Any) -> str:
        comma = self._draw(st.sampled_from([", ", " ,", ",  "]))
        end = self._draw(st.sampled_from(["", " ", ","])) if value else ""
        if isinstance(value, dict):
            return (
                "{" + comma.join(f"{self._scalar(k, flow=True)}: {self._flow(v)}" for k, v in value.items()) + end + "}"
            )
        if isinstance(value, list):
            return "[" + comma.join(self._flow(entry) for entry in value) + end + "]"
        return self._scalar(value, flow=True)

    def _scalar(self, value: Any, *, flow: bool = False, key: bool = False) -> str:
        if not isinstance(value, str):
            return str(value).lower()
        bare = value in {"a", "b", "fps", "front door", "x-1", "ä", "person", "a#b", "ü €", "p#q"}
        bare = bare or (key and value in {"0", "on", "k:v"}) or (not flow and not key and value == "0.1,0.2,0.3")
        kinds = ["bare", "single", "double"] if bare else ["single", "double"]
        kind = self._draw(st.sampled_from(kinds))
        if kind == "bare":
            return value
        return "'" + value.replace("'", "''") + "'" if kind == "single" else '"' + value.replace('"', '\\"') + '"'


@st.composite
def layouts(draw: st.DrawFn) -> str:
    """A YAML text that says something random in a random layout."""
    return Pen(draw).text(draw(roots))


def paths(value: Any, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the path of everything in `value`."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for name, entry in entries:
        found += [(*prefix, str(name)), *paths(entry, (*prefix, str(name)))]
    return found
