"""The captive portal's rule: who opens a plain web page over the access point gets this computer's own page.

The rule is in the table nat, chain PREROUTING: what comes in over `ap0` for TCP port 80 goes to a local port. nftables
is used where its program is installed, in a table of our own, else iptables. Both need the capability CAP_NET_ADMIN.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from dogwatch.edge.stations import INTERFACE, LIMIT_S

T = TypeVar("T")

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
        command,
        input=text,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=LIMIT_S,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )


def installed() -> list[str]:
    """Return the programs that there are, of which the first adds the rule: nft, iptables."""
    return [name for name in _TOOLS if shutil.which(name)]


class Firewall:
    """Adds and removes the rule; both may be done again and again. Each call blocks for some milliseconds."""

    def __init__(self, run: Run | None = None, tools: Callable[[], Sequence[str]] | None = None) -> None:
        """Run programs with `run`; use those that `tools` names."""
        self._run, self._names = run or run_program, tools or installed
        self._lock = threading.Lock()

    def state(self) -> Portal:
        """Tell whether the rule is there."""
        found, failures = self._each(lambda tool: tool.present())
        return Portal(any(found), failures[0] if failures and not found else None)

    def set(self, enabled: bool) -> Portal:
        """Add or remove the rule, then tell whether it is there."""
        if not self._names():
            return Portal(active=False, warning=MISSING if enabled else None)
        with self._lock:
            return self._added() if enabled else self._removed()

    def _removed(self) -> Portal:
        _, failures = self._each(lambda tool: tool.remove())  # another program may have added it in another way
        left = self.state()
        return Portal(left.active, failures[0] if failures and left.active else left.warning)

    def _added(self) -> Portal:
        if self.state().active:
            return Portal(active=True)
        failures: list[str] = []
        for name in self._names():  # a program that is installed may still be of no use with this kernel
            _, failed = self._each(lambda tool: tool.add(), [name])
            if self.state().active:
                return Portal(active=True)
            failures += failed
        return Portal(active=False, warning=next(iter(failures), "the rule has not come into force"))

    def _each(self, do: Callable[[_Tool], T], names: Sequence[str] | None = None) -> tuple[list[T], list[str]]:
        """Do something with each program; return what those returned that could, and why others could not."""
        done: list[T] = []
        failures: list[str] = []
        for name in self._names() if names is None else names:
            try:
                done.append(do(_TOOLS[name](self._checked, self._asked)))
            except _FirewallError as error:
                failures.append(str(error))
        return done, failures

    def _checked(self, command: Sequence[str], text: str = "") -> None:
        answer = self._asked(command, text)
        if answer.returncode != 0:
            raise _refusal(answer)

    def _asked(self, command: Sequence[str], text: str = "") -> subprocess.CompletedProcess[str]:
        try:
            return self._run(command, text)
        except subprocess.TimeoutExpired as error:
            raise _FirewallError(f"{command[0]} does not answer") from error
        except OSError as error:
            raise _FirewallError(f"{command[0]} cannot be run: {error.strerror}") from error


def _refusal(answer: subprocess.CompletedProcess[str]) -> _FirewallError:
    lines = [line for line in answer.stderr.splitlines() if line.strip()]
    return _FirewallError(f"{answer.args[0]} failed: {lines[0] if lines else f'status {answer.returncode}'}")


@dataclass(frozen=True, slots=True)
class _Nftables:
    checked: Callable[..., None]
    asked: Callable[..., subprocess.CompletedProcess[str]]

    def present(self) -> bool:
        listed = self.asked(("nft", "list", "table", "ip", TABLE))
        if listed.returncode != 0 and "No such file" not in listed.stderr:
            raise _refusal(listed)
        return f"redirect to :{PORT}" in listed.stdout

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
        if self.present():
            self.checked(("nft", "-f", "-"), f"add table ip {TABLE}\ndelete table ip {TABLE}\n")


@dataclass(frozen=True, slots=True)
class _Iptables:
    checked: Callable[..., None]
    asked: Callable[..., subprocess.CompletedProcess[str]]

    def present(self) -> bool:
        found = self.asked(self._command("-C"))
        if found.returncode not in (0, 1):  # 1: there is no such rule
            raise _refusal(found)
        return found.returncode == 0

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
