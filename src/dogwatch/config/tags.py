"""YAML tags: those that YAML itself knows are obeyed, every other one is an error where it stands.

Home Assistant's files have tags such as `!secret`; here they mean nothing, and a password that begins with `!` looks
like one. Taking the text behind a tag for the value would make the file say something else than it says.
"""

from __future__ import annotations

import re

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dogwatch.config.problems import Mark, Report
from dogwatch.redact import is_secret

PREFIX = "tag:yaml.org,2002:"
KINDS: dict[type[Node], frozenset[str]] = {
    MappingNode: frozenset({"map"}),
    SequenceNode: frozenset({"seq"}),
    ScalarNode: frozenset({"str", "int", "float", "bool", "null", "timestamp", "value", "merge"}),
}
"""What each kind of node may be tagged as."""
FORMS = {
    "int": re.compile(r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+|[0-9][0-9_]*)", re.IGNORECASE),
    "float": re.compile(r"[-+]?(\.inf|([0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(e[-+]?[0-9]+)?)|\.nan", re.IGNORECASE),
    "bool": re.compile(r"true|false|yes|no|on|off", re.IGNORECASE),
    "null": re.compile(r"|~|null", re.IGNORECASE),
}
"""What a text that is tagged as one of these may look like."""
SECRETS = ("!secret", "!env_var", "!env", "!ENV", "!vault", "!keyring")
IN_QUOTES = "a text that begins with ! must stand in quotes"


def understood(node: Node, text: str, mark: Mark, report: Report) -> bool:
    """Report a tag of `node` that means nothing here, and a text that YAML swallows with a mark in front of it.

    Args:
        node: A node of the file.
        text: The file.
        mark: Where the user finds the node; its path ends with the key.
        report: Takes errors.

    Returns:
        Whether the node says what it seems to say.
    """
    refused: tuple[str, str | None] | None = None
    name = str(node.tag)
    kind = name.removeprefix(PREFIX)
    if kind == name or kind not in KINDS.get(type(node), ()):
        refused = _refusal(name, kind, node)
    elif isinstance(node, ScalarNode):
        value, begin = str(node.value), node.start_mark.index
        if not node.style and text[begin : begin + 1] == "!" and not text[begin + 1 : begin + 2].strip():
            refused = "a lone '!' is not understood here", IN_QUOTES
        elif kind in FORMS and not FORMS[kind].fullmatch(value):
            refused = f"this is not what '!!{kind}' says", None
        elif not node.style and not value and node.anchor and is_secret(mark.path.rpartition(".")[2]):
            refused = "this is an anchor without a value", "a text that begins with & must stand in quotes"
    if refused:
        report.refuse(mark, *refused)
    return refused is None


def _refusal(name: str, kind: str, node: Node) -> tuple[str, str]:
    """Return message and hint; the tag is quoted only if it is no password by all appearances."""
    if name in SECRETS:
        return f"'{name}' is not understood here", "use {FRIGATE_NAME} and an environment variable or a secret file"
    if name.startswith("!include"):
        return f"'{name}' is not understood here", "write everything into one file"
    if kind == name:
        words = "this tag is not understood here" if node.value else "a tag without a value is not understood here"
        return words, IN_QUOTES
    shown = kind.partition("/")[0].partition(":")[0]
    return f"'!!{shown}' is not understood here", "leave it out"
