from __future__ import annotations

import subprocess
from collections.abc import Sequence

import pytest

from dogwatch.edge.firewall import MISSING, Firewall


class RecordedProgram:
    """Stands in for `iptables`: keeps rules, and the calls that were made."""

    def __init__(self, refuses: str = "", rules: int = 0) -> None:
        self.calls: list[Sequence[str]] = []
        self.rules, self.refuses = rules, refuses

    def __call__(self, command: Sequence[str], text: str) -> subprocess.CompletedProcess[str]:
        self.calls.append(command)
        if self.refuses:
            return subprocess.CompletedProcess(command, 4, "", f"\n{self.refuses}\nmore\n")
        code = 0
        match command[5]:
            case "-A":
                self.rules += 1
            case "-C" | "-D" if not self.rules:
                code = 1
            case "-D":
                self.rules -= 1
        return subprocess.CompletedProcess(command, code, "", "Bad rule" if code else "")


def test_the_rule_is_the_contracts() -> None:
    program = RecordedProgram()
    assert Firewall(program, lambda: ["iptables"]).set(True).active
    [added] = [call for call in program.calls if "-A" in call]
    assert " ".join(added) == (
        "iptables -w 2 -t nat -A PREROUTING -i ap0 -p tcp --dport 80 -j REDIRECT --to-ports 3000"
    )


def test_adding_and_removing_may_be_repeated() -> None:
    program = RecordedProgram(rules=3)
    firewall = Firewall(program, lambda: ["iptables"])
    firewall.set(True)
    assert program.rules == 3
    assert not firewall.set(False).active
    assert not firewall.set(False).active
    assert program.rules == 0
    firewall.set(True)
    firewall.set(True)
    assert program.rules == 1


@pytest.mark.parametrize("tool", ["nft", "iptables"])
@pytest.mark.parametrize("enabled", [True, False])
def test_a_refusal_is_a_warning(tool: str, enabled: bool) -> None:
    portal = Firewall(RecordedProgram("Operation not permitted"), lambda: [tool]).set(enabled)
    assert not portal.active
    assert portal.warning == f"{tool} failed: Operation not permitted"


def test_a_program_that_this_kernel_does_not_know_leaves_it_to_the_other() -> None:
    iptables = RecordedProgram()

    def run(command: Sequence[str], text: str) -> subprocess.CompletedProcess[str]:
        if command[0] == "nft":
            return subprocess.CompletedProcess(command, 1, "", "Error: Could not process rule: Not supported")
        return iptables(command, text)

    firewall = Firewall(run, lambda: ["nft", "iptables"])
    assert firewall.set(True).active
    assert iptables.rules == 1
    portal = firewall.set(False)
    assert (portal.active, portal.warning) == (False, None)
    assert iptables.rules == 0


def test_without_a_firewall_a_rule_that_is_wanted_is_warned_of() -> None:
    firewall = Firewall(tools=list)
    assert firewall.set(True).warning == MISSING
    assert firewall.set(False).warning is None
    assert not firewall.state().active


def test_a_program_that_hangs_or_is_gone_is_a_warning() -> None:
    def hangs(command: Sequence[str], _: str) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(command, 5.0)

    def gone(command: Sequence[str], _: str) -> subprocess.CompletedProcess[str]:
        raise FileNotFoundError(2, "No such file or directory")

    assert Firewall(hangs, lambda: ["nft"]).set(True).warning == "nft does not answer"
    assert "No such file" in str(Firewall(gone, lambda: ["iptables"]).set(True).warning)
