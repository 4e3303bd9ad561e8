"""``hecha discover`` as a user meets it, in the simulated county and against servers that come and go."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from console import HECHA, await_, environment, hecha, refused, started
from snmp_agents import COMMUNITY, honest

from inventory.targets import read_targets
from playbooks.demo.running import DemoCounty

LOGIN = {"HECHA_LOGIN_DEFAULT_COMMUNITY": COMMUNITY}


def settings(folder: Path, **keys: object) -> None:
    lines = [f"  {name}: {json.dumps(value)}" for name, value in {"packets_per_s": 2000, **keys}.items()]
    (folder / "hecha.yaml").write_text("\n".join(["discovery:", *lines]) + "\n", encoding="utf-8")


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return {row["address"]: row for row in map(json.loads, done.stdout.splitlines())}


# -- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "en", "zh"),
    [
        ([], "no scope", "没有范围"),
        (["10.0.0.0/8"], "16777216 addresses, more than 65536", "多于 65536"),
        (["fd00::/64"], "too wide to be swept", "太宽"),
        (["10.0.0.5/24"], "10.0.0.0/24 meant", "10.0.0.0/24"),
        (["core-1"], "expected a prefix", "应是网段"),
        (["127.0.0.1", "--exclude", "all"], "expected a prefix", "应是网段"),
        (["127.0.0.1", "--seed", "127.9.9.9"], "within the scopes", "范围之内"),
        (["127.0.0.0/24", "--seed", "127.0.0.7", "--exclude", "127.0.0.7"], "not excluded", "未被排除"),
        (["127.0.0.1", "--with", "udp"], "expected some of icmp, snmp, tcp", "若干个"),
        (["127.0.0.1", "--with", ""], "expected some of icmp, snmp, tcp", "若干个"),
        (["127.0.0.1", "--login", "nobody"], "no such login", "没有这个登录"),
        (["127.0.0.1", "--rate", "0"], "--rate", "--rate"),
        (["--kept"], "no database yet", "还没有数据库"),
        (["127.0.0.1", "--kept"], "asks nobody", "不问任何地址"),
    ],
)
def test_bad_input_is_one_message_and_nothing_is_sent(tmp_path: Path, words: list[str], en: str, zh: str) -> None:
    for lang, said in (("en", en), ("zh", zh)):
        done = hecha("discover", *words, at=tmp_path, lang=lang)
        refused(done, said)
        assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "hecha.db").exists()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("exclude: [10.0.0.5/24]", "hecha.yaml:3: discovery.exclude 10.0.0.5/24"),
        ("packets_per_s: 0", "hecha.yaml:3: packets_per_s"),
        ("ports: [22, 70000]", "hecha.yaml:3: ports"),
        ("most_addresses: 99999999", "hecha.yaml:3: most_addresses: expected 1-1048576"),
        ("colour: red", "hecha.yaml:3: unknown key 'colour'"),
    ],
)
def test_settings_are_refused_with_their_line(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "hecha.yaml").write_text(f"discovery:\n  scopes: [127.0.0.1]\n  {written}\n")
    done = hecha("discover", at=tmp_path)
    assert re.sub(r"hecha.yaml:\d", "hecha.yaml:3", done.stderr).count(said) == 1, done.stderr
    assert done.returncode == 2


# -- a dry run -----------------------------------------------------------------------------------------------------


def test_dry_run_says_what_would_be_sent(tmp_path: Path) -> None:
    settings(tmp_path, scopes=["127.60.0.0/24"], exclude=["127.60.0.0/26", "127.99.0.0/16"], packets_per_s=50)
    (tmp_path / "targets.csv").write_text("name,address\na,127.60.0.5\nb,127.60.0.100\nc,127.70.0.1\n")
    done = hecha("discover", "--dry-run", "--with", "snmp,tcp", at=tmp_path, env=LOGIN)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "addresses: 191 (swept 191, targets 1)",
        "asked by: snmpv3, snmp default, tcp/22, tcp/23, tcp/80, tcp/443, 2 times at most",
        "what is silent to a community is asked once in SNMPv1 at last",
        "2483 packets at most, 50 a second, about 0:00:50; more for what answers",
        "excluded: 127.60.0.0/26, 127.99.0.0/16; 64 addresses of the scopes are not asked",
    ]
    assert done.stderr == "nothing was sent\n"
    assert not (tmp_path / "hecha.db").exists()
    chinese = hecha("discover", "--dry-run", "--with", "tcp", "--rate", "7", "--hops", "2", at=tmp_path, lang="zh")
    assert "每秒 7 个" in chinese.stdout
    assert "顺着邻居走 2 跳" in chinese.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: packets are counted in a network namespace")
def test_dry_run_sends_nothing_and_a_real_one_does(tmp_path: Path) -> None:
    """By the kernel's own count of what passed the loopback interface of a namespace that holds nothing else."""

    def packets(*words: str) -> int:
        script = f"ip link set lo up && {HECHA} discover 127.0.0.0/28 {' '.join(words)} >&2 && cat /proc/net/dev"
        ran = subprocess.run(
            ["unshare", "--net", "sh", "-c", script], cwd=tmp_path, env=environment(tmp_path), capture_output=True,
            text=True, timeout=60,
        )  # fmt: skip
        if ran.stderr.startswith("unshare"):
            pytest.skip("no network namespaces here")
        assert ran.returncode == 0, ran.stderr
        return int(next(line for line in ran.stdout.splitlines() if "lo:" in line).split()[2])

    assert packets("--dry-run") == 0
    assert packets("--with", "tcp", "--rate", "1000") > 14


# -- the county ----------------------------------------------------------------------------------------------------


def test_census_takes_what_was_discovered(tmp_path: Path, county: DemoCounty) -> None:
    """Nothing is declared: all are strangers, each is named by its own agent, and the target list is a census's."""
    settings(tmp_path, snmp_port=county.snmp_port, ports=[county.ssh_port], logins=["centre"])
    words = ("discover", "127.44.0.1-6", "--exclude", "127.44.0.4", "--with", "snmp,tcp", "--targets", "found.csv")
    done = hecha(*words, "--json", at=tmp_path, env=county.environment())
    found = rows(done)
    assert set(found) == {f"127.44.0.{n}" for n in (1, 2, 3, 5, 6)}
    core = found["127.44.0.1"]
    assert (core["standing"], core["declared_as"], core["label"]) == ("undeclared", None, "core-1")
    assert core["found"]["login"] == "centre"
    assert core["found"]["ways"] == ["snmpv3", f"tcp/{county.ssh_port}"]
    assert core["found"]["shown"][0]["words"].startswith("SSH-2.0-")
    assert core["found"]["mac"]
    assert "5 answer: 0 declared, 0 interfaces of known devices, 5 undeclared; 0 no longer answer" in done.stderr
    targets = {target.name: target for target in read_targets(tmp_path / "found.csv")}
    assert set(targets) == {"core-1", "core-2", "fw-1", "agg-2", "access-1"}
    assert targets["core-1"].tags == ("discovered", "undeclared")
    assert (targets["core-1"].login, targets["core-1"].snmp_port) == ("centre", county.snmp_port)
    census = hecha("census", "-t", "found.csv", at=tmp_path, env=county.environment())
    assert census.returncode == 0, census.stderr
    assert {json.loads(line)["state"] for line in census.stdout.splitlines()} == {"answered"}


def test_declared_and_found_are_kept_apart(project: Path, county: DemoCounty) -> None:
    """Targets and register declare; what is found stands beside it, and a stranger among them is one."""
    settings(project, snmp_port=county.snmp_port, ports=[])
    lines = (project / "targets.csv").read_text().splitlines()
    (project / "targets.csv").write_text("\n".join(line for line in lines if not line.startswith("access-1,")) + "\n")
    done = hecha("discover", "127.44.0.1-8", "--with", "snmp", "--json", at=project, env=county.environment())
    found = rows(done)
    assert len(found) == 8
    assert {row["standing"] for row in found.values()} == {"declared"}  # the register still has it
    assert found["127.44.0.1"]["declared_as"] == "core-1"
    assert {row["found"].get("snmp_gap") for row in found.values() if row["declared_as"] != "access-1"} == {None}
    again = hecha("discover", "--kept", at=project, env=county.environment())
    assert [line.split("\t")[0] for line in again.stdout.splitlines()] == list(found)
    assert read_targets(project / "targets.csv")
    assert "access-1" not in {target.name for target in read_targets(project / "targets.csv")}


def test_crawl_follows_neighbours_within_bounds_and_hops(tmp_path: Path, county: DemoCounty) -> None:
    settings(tmp_path, snmp_port=county.snmp_port, logins=["centre"])
    words = ("discover", "--within", "127.44.0.0/24", "--seed", "127.44.0.1", "--with", "snmp", "--json")

    def crawl(*more: str) -> dict[str, dict[str, Any]]:
        (tmp_path / "hecha.db").unlink(missing_ok=True)
        return rows(hecha(*words, *more, at=tmp_path, env=county.environment()))

    alone = crawl("--hops", "0")
    assert set(alone) == {"127.44.0.1"}
    near, far = crawl("--hops", "1"), crawl("--hops", "4")
    assert set(alone) < set(near) <= set(far)
    assert all(address.startswith("127.44.0.") for address in far)
    told = {word for address, row in far.items() if address != "127.44.0.1" for word in row["found"]["why"]}
    assert told & {"lldp", "arp", "next-hop"}
    assert far["127.44.0.1"]["found"]["why"] == ["seed"]
    spared = sorted(set(near) - set(alone))[0]
    assert spared not in crawl("--hops", "4", "--exclude", spared)


def test_tables_that_earlier_runs_stored_tell_of_addresses(project: Path, county: DemoCounty) -> None:
    """What a run has read of one router is asked, within bounds; its own further addresses are no strangers'."""
    ran = hecha("run", "demo", "--only", "core-1", at=project, env=county.environment())
    assert ran.returncode in (0, 1, 3), ran.stderr
    (project / "targets.csv").write_text("name,address\n")
    planned = hecha("discover", "--within", "127.44.0.0/16", "--within", "10.0.0.0/8", "--dry-run", at=project)
    told = dict(re.findall(r"([\w-]+) (\d+)", planned.stdout.splitlines()[0]))
    assert {"register", "lldp", "interface", "next-hop"} <= set(told), planned.stdout
    inside = hecha("discover", "--within", "127.44.0.1/32", "--dry-run", at=project)
    assert inside.stdout.startswith("addresses: 1 ("), inside.stdout


def test_neighbours_without_end_are_cut_and_counted(tmp_path: Path, county: DemoCounty) -> None:
    settings(tmp_path, snmp_port=county.snmp_port, logins=["centre"], most_addresses=3)
    words = ("discover", "--within", "127.44.0.0/16", "--seed", "127.44.0.1", "--with", "snmp", "--hops", "4")
    done = hecha(*words, at=tmp_path, env=county.environment())
    assert done.returncode == 3
    assert done.stderr.startswith("3 addresses asked")
    assert re.search(r"\d+ more addresses that neighbours tell of were too many to be asked", done.stderr)


# -- coming and going ----------------------------------------------------------------------------------------------


@contextmanager
def agent(address: str, port: int = 0) -> Iterator[int]:
    """An SNMP agent at an address of loopback, while the context lasts."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((address, port))
        sock.settimeout(0.05)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    message, peer = sock.recvfrom(65535)
                except TimeoutError:
                    continue
                for out in honest(message):
                    sock.sendto(out, peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def test_what_fell_silent_stays_visible_until_it_is_back(tmp_path: Path) -> None:
    def swept(*words: str) -> dict[str, dict[str, Any]]:
        return rows(hecha("discover", *words, "--json", at=tmp_path, env=LOGIN))

    with agent("127.61.0.2") as port:
        settings(tmp_path, scopes=["127.61.0.0/29"], snmp_port=port, tries=1, timeout_s=0.3)
        first = swept("--with", "snmp")
        assert (list(first), first["127.61.0.2"]["gone_since"]) == (["127.61.0.2"], None)
    assert swept("127.61.0.4/30", "--with", "snmp") == {}  # not asked: nothing is said of it
    assert swept("--exclude", "127.61.0.2", "--with", "snmp") == {}
    gone = swept("--with", "snmp")
    since = gone["127.61.0.2"]["gone_since"]
    assert since is not None
    assert gone["127.61.0.2"]["found"]["name"] == first["127.61.0.2"]["found"]["name"]
    assert swept("--with", "snmp")["127.61.0.2"]["gone_since"] == since
    assert rows(hecha("discover", "--kept", "--json", at=tmp_path))["127.61.0.2"]["gone_since"] == since
    text = hecha("discover", "--with", "snmp", at=tmp_path, env=LOGIN)
    assert "0 answer" in text.stderr
    assert "1 no longer answer" in text.stderr
    with agent("127.61.0.2", port):
        back = swept("--with", "snmp")["127.61.0.2"]
    assert back["gone_since"] is None
    assert back["first_seen"] == first["127.61.0.2"]["first_seen"]


def test_known_ipv6_is_asked_and_none_is_guessed(tmp_path: Path) -> None:
    """Within a prefix that nobody could sweep, the addresses that the target list has are asked, and no other."""
    settings(tmp_path, within=["::/64"], ports=[9])
    (tmp_path / "targets.csv").write_text("name,address\nlocal,::1\n")
    done = hecha("discover", "--with", "tcp", "--json", at=tmp_path)
    found = rows(done)
    assert set(found) == {"::1"}
    assert found["::1"]["standing"] == "declared"
    assert found["::1"]["found"]["why"] == ["targets"]
    assert done.stderr.startswith("1 addresses asked")


def test_names_are_looked_up_where_ipv6_may_be_asked(project: Path, county: DemoCounty) -> None:
    """AAAA of declared business systems, by the project's name server; never by one that is excluded."""
    (project / "hecha.yaml").write_text(f"resolvers: ['{county.resolver}']\n")
    words = ("discover", "--within", "::/0", "--with", "tcp", "--dry-run")
    planned = hecha(*words, at=project)
    assert re.search(r"AAAA of \d+ names looked up first", planned.stdout), planned.stdout + planned.stderr
    server = county.resolver.rpartition(":")[0]
    kept_off = hecha(*words, "--exclude", server, at=project)
    assert "AAAA" not in kept_off.stdout
    assert "a name server is excluded" in kept_off.stderr
    assert "AAAA" not in hecha("discover", "127.0.0.1", "--with", "tcp", "--dry-run", at=project).stdout


def test_stopped_discovery_keeps_what_it_found(tmp_path: Path) -> None:
    with agent("127.61.0.1") as port:
        settings(tmp_path, scopes=["127.61.0.0/20"], snmp_port=port, packets_per_s=150, tries=1)
        child = started("discover", "--with", "snmp", at=tmp_path, env=LOGIN)
        await_(lambda: (tmp_path / "hecha.db").exists())
        time.sleep(5)  # the first 256 addresses were asked in both ways
        second = hecha("discover", "--with", "snmp", at=tmp_path, env=LOGIN)
        refused(second, "running already")  # two at once would send at twice the rate
        child.send_signal(signal.SIGINT)
        out, said = child.communicate(timeout=20)
    assert child.returncode == 130, said
    assert out == ""
    assert "what was found is kept" in said
    assert "Traceback" not in said
    kept = rows(hecha("discover", "--kept", "--json", at=tmp_path))
    assert set(kept) == {"127.61.0.1"}


def test_words_of_a_hostile_host_are_inert(tmp_path: Path) -> None:
    """Its greeting steers no terminal, and is no formula in the target list."""
    with socket.create_server(("127.61.2.2", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    peer.sendall(b"SSH-2.0-\x1b]0;pwned\x07\xe2\x80\xaeevil\r\n")

        threading.Thread(target=serve, daemon=True).start()
        port = server.getsockname()[1]
        settings(tmp_path, scopes=["127.61.2.2"], ports=[port])
        done = hecha("discover", "--with", "tcp", "--targets", "out.csv", at=tmp_path)
        server.shutdown(socket.SHUT_RDWR)
    assert done.returncode == 0, done.stderr
    assert "SSH-2.0-" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in done.stdout
    with (tmp_path / "out.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["name"], row["ssh_port"]) == ("127.61.2.2", str(port))
    settings(tmp_path, exclude=["127.61.2.0/24"])
    done = hecha("discover", "--kept", "--targets", "now.csv", at=tmp_path)
    assert "127.61.2.2" in done.stdout, done.stderr
    assert len((tmp_path / "now.csv").read_text().splitlines()) == 1  # a census would refuse it
