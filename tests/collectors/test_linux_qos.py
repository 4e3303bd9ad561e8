"""Shapers of Linux, as tc shows them and as a real tc of this kernel does."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from shown import Shown

from collectors.platforms.base import Built
from collectors.platforms.catalogue import platforms
from collectors.platforms.dialects.linux import qos as linux_qos
from inventory.errors import Gap, Missing
from inventory.facts import RateLimits

QUIET = "qdisc noqueue 0: dev lo root refcnt 2\n"


def read(text: str) -> Built:
    answer = Shown(platforms()["linux"], {linux_qos.QUEUES: text}).ask(linux_qos.QUEUES)
    return linux_qos.rate_limits(answer)


def limits(text: str) -> list[tuple[str, str, float, str]]:
    found = read(text)
    assert isinstance(found, RateLimits), found
    assert all(limit.evidence for limit in found.items)
    return [(limit.interface, limit.direction, limit.mbps, limit.kind) for limit in found.items]


@pytest.mark.parametrize(
    ("shown", "mbps"),
    [
        ("qdisc tbf 8001: dev eth1 root refcnt 3 rate 20Mbit burst 32Kb lat 50ms", 20.0),
        ("qdisc tbf 8001: dev eth1 root refcnt 3 rate 512Kbit burst 32Kb lat 50ms", 0.512),
        ("qdisc tbf 8001: dev eth1 root refcnt 3 rate 2500KBps burst 32Kb lat 50ms", 20.0),
        ("qdisc tbf 8001: dev eth1 root refcnt 3 rate 1Gibit burst 32Kb lat 50ms", 1073.741824),
        ("qdisc cake 8002: dev eth1 root refcnt 2 bandwidth 100Mbit besteffort triple-isolate", 100.0),
        ("qdisc netem 8003: dev eth1 root refcnt 2 limit 1000 delay 10ms rate 1500Kbit", 1.5),
        (
            "qdisc netem 1: dev eth1 root refcnt 2 limit 1000 delay 10ms\n"  # noqa: ISC004 - two lines of one answer
            "qdisc tbf 10: dev eth1 parent 1:1 rate 30Mbit burst 32Kb lat 50ms",
            30.0,
        ),
    ],
)
def test_what_holds_for_all_that_is_sent(shown: str, mbps: float) -> None:
    assert limits(f"{QUIET}{shown}\nqdisc fq_codel 0: dev eth2 root refcnt 2\n") == [("eth1", "out", mbps, "shape")]


def test_what_holds_for_a_part_is_no_limit_of_the_interface() -> None:
    assert limits(f"{QUIET}qdisc mq 0: dev eth1 root\nqdisc fq_codel 0: dev eth1 parent :1 limit 10240p\n") == []
    band = "qdisc prio 1: dev eth1 root refcnt 2\nqdisc tbf 10: dev eth1 parent 1:3 rate 1Mbit burst 32Kb lat 50ms\n"
    assert limits(band) == []


@pytest.mark.parametrize(
    "hidden",
    [
        "qdisc htb 1: dev eth1 root refcnt 3 r2q 10 default 0x10 direct_packets_stat 0 direct_qlen 1000\n",
        "qdisc ingress ffff: dev eth1 parent ffff:fff1 ----------------\n",
    ],
)
def test_queue_whose_limits_are_not_shown_is_not_known(hidden: str) -> None:
    found = read(f"{QUIET}{hidden}")
    assert isinstance(found, Missing)
    assert found.gap is Gap.UNPARSED
    assert "eth1" in found.why


def test_host_without_tc_is_not_one_without_limits() -> None:
    for found in (read(""), read("tc: something else\n"), linux_qos.rate_limits(Missing(Gap.LACKING, "no tc"))):
        assert isinstance(found, Missing)
        assert found.gap is Gap.UNREAD


@pytest.fixture
def namespace() -> Iterator[str]:
    if os.geteuid() != 0 or shutil.which("tc") is None:
        pytest.skip("needs root and tc")
    name = f"hecha-tc-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        pytest.skip("no network namespaces here")
    try:
        inside(name, "ip link add v0 type veth peer name v1")
        inside(name, "ip link set v0 up")
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False)


def inside(name: str, line: str) -> str:
    command = ["ip", "netns", "exec", name, *line.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    if done.returncode:
        pytest.skip(f"{line}: {done.stderr.strip()}")
    return done.stdout


def test_real_tc_with_a_token_bucket(namespace: str) -> None:
    inside(namespace, "tc qdisc add dev v0 root tbf rate 20mbit burst 32kb latency 50ms")
    assert limits(inside(namespace, linux_qos.QUEUES)) == [("v0", "out", 20.0, "shape")]


def test_real_tc_with_classes(namespace: str) -> None:
    inside(namespace, "tc qdisc add dev v0 root handle 1: htb default 10")
    assert isinstance(read(inside(namespace, linux_qos.QUEUES)), Missing)
