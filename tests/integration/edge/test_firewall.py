"""The captive portal's rule against the kernel's firewall, in a network namespace with an interface `ap0`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

# Runs in a namespace of its own: makes `ap0`, whose other end is in a second namespace, and asks for a page of port 80.
INSIDE = """
import json, shutil, socket, subprocess, sys, threading
from dogwatch.edge.firewall import Firewall

def ip(*words): subprocess.run(["ip", *words], check=True)

ip("link", "set", "lo", "up")
other = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; exec sleep 60"], stdout=subprocess.PIPE)
other.stdout.readline()
try:
    ip("link", "add", "ap0", "type", "veth", "peer", "name", "guest0", "netns", str(other.pid))
    ip("addr", "add", "10.9.0.1/24", "dev", "ap0")
    ip("link", "set", "ap0", "up")
    guest = ["nsenter", "--net=/proc/%d/ns/net" % other.pid]
    for words in ("addr add 10.9.0.2/24 dev guest0", "link set guest0 up"):
        subprocess.run([*guest, "ip", *words.split()], check=True)
    server = socket.create_server(("0.0.0.0", 3000))

    def serve():
        while True:
            connection, _ = server.accept()
            connection.sendall(b"portal")
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    client = ("import socket\\ntry:\\n  s = socket.create_connection(('10.9.0.1', 80), 5)\\n  print(s.recv(9).decode())"
              "\\nexcept OSError: print('refused')")
    page = lambda: subprocess.run([*guest, sys.executable, "-c", client], capture_output=True, text=True).stdout.strip()
    count = lambda: subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True).stdout.count("ap0")
    firewall = Firewall(tools=lambda: sys.argv[1:])
    said = [[False, firewall.state().active, page()]]
    for wanted in (True, True, False, False, True):
        portal = firewall.set(wanted)
        said.append([wanted, portal.active, page(), portal.warning])
    print(json.dumps({"said": said, "rules": count() if shutil.which("nft") else 1}))
finally:
    other.kill()
    other.wait()
"""


def missing(tool: str) -> str | None:
    if os.geteuid() != 0:
        return "a network namespace needs root"
    if absent := [name for name in ("unshare", "nsenter", "ip", tool) if shutil.which(name) is None]:
        return f"not installed: {', '.join(absent)}"
    probe = "ip link add ap0 type veth peer name guest0 && " + (
        "nft add table ip probe" if tool == "nft" else "iptables -t nat -S"
    )
    if subprocess.run(["unshare", "--net", "sh", "-c", probe], capture_output=True, check=False).returncode != 0:
        return f"the kernel has no veth, or {tool} cannot be used"
    return None


@pytest.mark.parametrize("tool", ["nft", "iptables"])
def test_pages_of_port_80_come_from_this_computer_while_the_rule_is_there(tool: str) -> None:
    if reason := missing(tool):
        pytest.skip(reason)
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", INSIDE, tool], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["said"] == [
        [False, False, "refused"],
        [True, True, "portal", None],
        [True, True, "portal", None],
        [False, False, "refused", None],
        [False, False, "refused", None],
        [True, True, "portal", None],
    ]
    assert answer["rules"] == 1
