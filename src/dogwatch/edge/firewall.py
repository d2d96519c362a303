"""The captive portal's rule: who opens a plain web page over the access point gets this computer's own page.

The rule is in the table nat, chain PREROUTING: what comes in over `ap0` for TCP port 80 goes to a local port. nftables
is used where its program is installed, in a table of our own, else iptables. Both need the capability CAP_NET_ADMIN.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dogwatch.edge.stations import INTERFACE, LIMIT_S

PORT = 3000
TABLE = "dogwatch_portal"
MAX_RULES = 16
MISSING = "Neither nft nor iptables is installed"

Run = Callable[[Sequence[str], str], "subprocess.CompletedProcess[str]"]
"""Runs a program with fixed arguments and a text on its standard input."""


class _Tool(Protocol):
    def present(self) -> bool: ...
    def add(self) -> None: ...
    def remove(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Portal:
    """Whether the rule is there now; `warning` says why it is not as wanted."""

    active: bool
    warning: str | None = None


class _FirewallError(Exception):
    """The firewall's program refused, or cannot be run."""


def run_program(command: Sequence[str], text: str) -> subprocess.CompletedProcess[str]:
    """Run a program, for some seconds at most.

    Raises:
        OSError: It cannot be started.
        subprocess.TimeoutExpired: It took too long, and was killed.
    """
    return subprocess.run(
        command, input=text, capture_output=True, text=True, errors="replace", timeout=LIMIT_S, check=False
    )


def installed() -> str | None:
    """Return the program that is used: nft, iptables or none."""
    return next((name for name in _TOOLS if shutil.which(name)), None)


class Firewall:
    """Adds and removes the rule; both may be done again and again. Each call blocks for some milliseconds."""

    def __init__(self, run: Run | None = None, tool: Callable[[], str | None] | None = None) -> None:
        """Run programs with `run`; use the program that `tool` names."""
        self._run, self._tool = run or run_program, tool or installed

    def state(self) -> Portal:
        """Tell whether the rule is there."""
        try:
            return Portal(self._chosen().present())
        except _FirewallError as error:
            return Portal(active=False, warning=str(error))

    def set(self, enabled: bool) -> Portal:
        """Add or remove the rule, then tell whether it is there."""
        try:
            tool = self._chosen()
        except _FirewallError as error:
            return Portal(active=False, warning=str(error) if enabled else None)
        try:
            tool.add() if enabled else tool.remove()
            return Portal(tool.present())
        except _FirewallError as error:
            return Portal(self.state().active, str(error))

    def _chosen(self) -> _Tool:
        name = self._tool()
        if name is None:
            raise _FirewallError(MISSING)
        return _TOOLS[name](self._checked, self._asked)

    def _checked(self, command: Sequence[str], text: str = "") -> str:
        answer = self._asked(command, text)
        if answer.returncode != 0:
            lines = [line for line in answer.stderr.splitlines() if line.strip()]
            raise _FirewallError(f"{command[0]} failed: {lines[0] if lines else f'status {answer.returncode}'}")
        return answer.stdout

    def _asked(self, command: Sequence[str], text: str = "") -> subprocess.CompletedProcess[str]:
        try:
            return self._run(command, text)
        except subprocess.TimeoutExpired as error:
            raise _FirewallError(f"{command[0]} does not answer") from error
        except OSError as error:
            raise _FirewallError(f"{command[0]} cannot be run: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class _Nftables:
    checked: Callable[..., str]
    asked: Callable[..., subprocess.CompletedProcess[str]]

    def present(self) -> bool:
        listed = self.asked(("nft", "list", "table", "ip", TABLE))
        return listed.returncode == 0 and f"redirect to :{PORT}" in listed.stdout

    def add(self) -> None:
        # One transaction: `add` before `delete` makes it work whether or not there is a table.
        self.checked(
            ("nft", "-f", "-"),
            f"""add table ip {TABLE}
delete table ip {TABLE}
add table ip {TABLE}
add chain ip {TABLE} prerouting {{ type nat hook prerouting priority dstnat; }}
add rule ip {TABLE} prerouting iifname "{INTERFACE}" tcp dport 80 redirect to :{PORT}
""",
        )

    def remove(self) -> None:
        self.checked(("nft", "-f", "-"), f"add table ip {TABLE}\ndelete table ip {TABLE}\n")


@dataclass(frozen=True, slots=True)
class _Iptables:
    checked: Callable[..., str]
    asked: Callable[..., subprocess.CompletedProcess[str]]

    def present(self) -> bool:
        return self.asked(self._command("-C")).returncode == 0

    def add(self) -> None:
        if not self.present():
            self.checked(self._command("-A"))

    def remove(self) -> None:
        for _ in range(MAX_RULES):  # it may have been added more than once, by another program too
            if not self.present():
                return
            self.checked(self._command("-D"))

    @staticmethod
    def _command(action: str) -> tuple[str, ...]:
        rule = ("-i", INTERFACE, "-p", "tcp", "--dport", "80", "-j", "REDIRECT", "--to-ports", str(PORT))
        return ("iptables", "-w", "2", "-t", "nat", action, "PREROUTING", *rule)


_TOOLS: dict[str, Callable[..., _Tool]] = {"nft": _Nftables, "iptables": _Iptables}
