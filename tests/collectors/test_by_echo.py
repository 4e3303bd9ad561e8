"""Echo requests and connects to real addresses: on loopback, without rights, and over a line that loses and delays."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import pytest

from collectors.by_echo import Echoing, privilege, reach
from collectors.discovery.pace import Pace
from collectors.probes.connects import is_routed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FOUR, SIX = ip_address("127.0.0.1"), ip_address("::1")
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
# What is asked where no test runs: in a namespace, as nobody.
ASKING = """
import json, sys
from datetime import UTC, datetime
from ipaddress import ip_address
from collectors.by_echo import Echoing, reach
from collectors.discovery.pace import Pace
ips, port, count = [ip_address(word) for word in sys.argv[3:]], int(sys.argv[1]), int(sys.argv[2])
found = reach(ips, port, Echoing(count, Pace(1000)), datetime.now(UTC), by_icmp=True)
print(json.dumps([[str(a.ip), a.way, a.tried, a.answered, a.median_ms] for a in found.items]))
"""


@pytest.fixture
def icmp() -> None:
    if privilege(4) is None or privilege(6) is None:
        pytest.skip("neither ping sockets nor raw ones are allowed here")


@pytest.mark.usefixtures("icmp")
def test_echo_is_answered_over_both_families() -> None:
    found = reach([FOUR, SIX], 9, Echoing(3, Pace(1000)), NOW, by_icmp=True)
    assert [(a.ip, a.way, a.tried, a.answered) for a in found.items] == [(FOUR, "icmp", 3, 3), (SIX, "icmp", 3, 3)]
    assert all(a.median_ms is not None and 0 < a.median_ms < 100 for a in found.items)
    assert "icmp ::1 3 of 3" in found.evidence.excerpt


def test_without_agreement_connects_are_made_and_a_refusal_answers() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        found = reach([FOUR, SIX], held.getsockname()[1], Echoing(2, Pace(1000)), NOW, by_icmp=False)
    assert [(a.way, a.tried, a.answered) for a in found.items] == [("tcp", 2, 2), ("tcp", 2, 2)]


def test_pace_holds_for_all_requests_together() -> None:
    begun = time.monotonic()
    reach([FOUR, SIX], 9, Echoing(5, Pace(20)), NOW, by_icmp=False)
    assert time.monotonic() - begun > 9 / 20 - 0.05


def test_route_is_told_without_sending() -> None:
    assert is_routed(FOUR)
    assert is_routed(SIX)


def asked(*command: str, environment: dict[str, str] | None = None, **how: Any) -> list[list[Any]]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment, **how)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert isinstance(told, list)
    return told


@pytest.fixture
def root() -> None:
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        pytest.skip("needs root on Linux: namespaces, other users")


@pytest.fixture
def namespace(root: None) -> Iterator[str]:
    """A network namespace with 10.99.0.1 and fd00:99::1, and behind a wire another with .2 and ::2; its name."""
    missing = [program for program in ("ip", "nft") if shutil.which(program, path=PATH) is None]
    if missing:
        pytest.skip(f"not installed: {missing}")
    near, far = f"hecha-e{os.getpid()}", f"hecha-f{os.getpid()}"
    commands = [
        *(f"ip netns add {each}" for each in (near, far)),
        f"ip link add e0 netns {near} type veth peer name f0 netns {far}",
        *(
            f"ip -n {space} {words}"
            for space, port, last in ((near, "e0", 1), (far, "f0", 2))
            for words in (
                f"address add 10.99.0.{last}/24 dev {port}",
                f"address add fd00:99::{last}/64 dev {port} nodad",
                f"link set {port} up",
                "link set lo up",
            )
        ),
    ]
    try:
        for command in commands:
            done = subprocess.run(command.split(), capture_output=True, text=True, check=False, env={"PATH": PATH})
            if done.returncode:
                pytest.skip(f"no namespaces here: {command}: {done.stderr.strip()}")
        yield near
    finally:
        for each in (near, far):
            subprocess.run(["ip", "netns", "delete", each], capture_output=True, check=False, env={"PATH": PATH})


def inside(namespace: str, *words: str) -> list[list[Any]]:
    return asked("ip", "netns", "exec", namespace, sys.executable, "-c", ASKING, *words)


def filtered(namespace: str, rule: str) -> None:
    far = namespace.replace("-e", "-f")
    chain = "add table inet t; add chain inet t in { type filter hook input priority 0; }; add rule inet t in "
    subprocess.run(["ip", "netns", "exec", far, "nft", chain + rule], check=True, env={"PATH": PATH})


def test_loss_of_one_family_alone_is_counted(namespace: str) -> None:
    filtered(namespace, "icmpv6 type echo-request numgen inc mod 2 == 0 drop")
    four, six = inside(namespace, "9", "4", "10.99.0.2", "fd00:99::2")
    assert four[:4] == ["10.99.0.2", "icmp", 4, 4]
    assert six[:4] == ["fd00:99::2", "icmp", 4, 2]


def test_host_that_says_it_is_forbidden_has_not_answered(namespace: str) -> None:
    filtered(namespace, "icmpv6 type echo-request reject with icmpv6 type admin-prohibited")
    (six,) = inside(namespace, "9", "2", "fd00:99::2")
    assert six[1:4] == ["icmp", 2, 0]


def test_address_that_no_route_leads_to_is_not_tried(namespace: str) -> None:
    told = inside(namespace, "9", "3", "240e:1::1", "203.0.113.1", "10.99.0.2")
    assert [answer[2:4] for answer in told] == [[0, 0], [0, 0], [3, 3]]


def test_silent_host_ends_in_time(namespace: str) -> None:
    begun = time.monotonic()
    (silent,) = inside(namespace, "9", "2", "10.99.0.77")
    assert silent[2:] == [2, 0, None]
    assert time.monotonic() - begun < 10


@pytest.mark.usefixtures("root")
def test_whoever_may_send_no_echo_connects(namespace: str) -> None:
    """In a fresh namespace nobody may open ping sockets, and raw ones only who has the capability for it."""
    command = ("ip", "netns", "exec", namespace, "setpriv")
    if shutil.which("setpriv", path=PATH) is None:
        pytest.skip("not installed: setpriv")
    told = asked(
        *command, "--inh-caps=-all", "--bounding-set=-all", sys.executable, "-c", ASKING, "9", "2", "10.99.0.2"
    )
    assert told[0][1:4] == ["tcp", 2, 2]
