"""Level 3: what the kernel of a server refuses of the network, and how it hides its memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.rules.host import HOSTS
from inventory.facts import InterfaceSwitches, KernelGuards
from inventory.text import Text

_SHOWN = 4  # interfaces of one parameter

# When a parameter leaves an interface open, by the value of ``all``, its own, and whether it forwards: the rules of the
# kernel (ip-sysctl; include/linux/inetdevice.h; net/ipv6/route.c and exthdrs.c). Only what forwards sends redirects: on
# a router that is its task (RFC 1812, 5.2.7.2), elsewhere it waits for the day on which somebody turns forwarding on.
_OPEN: dict[tuple[int, str], Callable[[int, int, bool], bool]] = {
    (4, "accept_redirects"): lambda every, own, forwards: min(every, own) > 0 if forwards else max(every, own) > 0,
    (4, "accept_source_route"): lambda every, own, _: min(every, own) > 0,
    (4, "send_redirects"): lambda every, own, forwards: not forwards and max(every, own) > 0,
    (4, "rp_filter"): lambda every, own, _: max(every, own) == 0,
    (6, "accept_redirects"): lambda _, own, forwards: own > 0 and not forwards,
    (6, "accept_source_route"): lambda every, own, _: min(every, own) > 0,
}
# Folder below /proc/sys, parameter, values that guard; the first is what a remedy sets. Dumps of programs that change
# their account are safe where root alone may read them (2).
_WHOLE = (
    ("net/ipv4", "tcp_syncookies", (1, 2)),
    ("net/ipv4", "icmp_echo_ignore_broadcasts", (1,)),
    ("kernel", "randomize_va_space", (2,)),
    ("kernel", "kptr_restrict", (1, 2)),
    ("fs", "suid_dumpable", (0, 2)),
)


class Wrong(NamedTuple):
    """A parameter below /proc/sys that is not as it should be."""

    folder: str
    name: str
    value: int
    wanted: int


@check(
    "host.kernel-guarded",
    family=Family.LEVEL3,
    title=Text("内核参数拒绝伪造的路由信息并保护内存", "The kernel refuses forged routing and hides its memory"),
    severity=Severity.MEDIUM,
    # What nothing needs is off; the clause names no parameter, so none of its steps is decided here.
    clauses=("gbt22239-2019:8.1.4.4-b",),
    found=Text("{subject} 的内核参数不当：{wrong}", "{subject}: kernel parameters that leave it open: {wrong}"),
    unknown=Text("{subject} 的内核参数没有读全", "{subject}: its kernel's parameters were not read in full"),
    remedy=Remedy(
        Text(
            "在 /etc/sysctl.d 中写明这些参数并使其生效",
            "Write these parameters into /etc/sysctl.d and let them take effect",
        )
    ),
    scope=HOSTS,
)
def kernel_guarded(guards: KernelGuards) -> Iterator[Verdict]:
    wrong: dict[Wrong, list[str]] = {}
    known = True
    for each, port in (*_of_interfaces(guards), *_of_the_whole(guards)):
        if each is None:
            known = False
        elif port not in wrong.setdefault(each, []):
            wrong[each].append(port)
    yield verdict(
        False if wrong else True if known else None,
        guards.evidence,
        wrong=", ".join(_shown(each, ports) for each, ports in wrong.items()),
        entries=", ".join(dict.fromkeys(f"{each.name} {each.value} {each.wanted}" for each in wrong)),
    )


def _of_the_whole(guards: KernelGuards) -> Iterator[tuple[Wrong | None, str]]:
    for folder, name, good in _WHOLE:
        value = getattr(guards, name)
        if value is None:
            yield None, ""
        elif value not in good:
            yield Wrong(folder, name, value, good[0]), ""


def _of_interfaces(guards: KernelGuards) -> Iterator[tuple[Wrong | None, str]]:
    """What is wrong, and at which interface, ``default`` or ``all``; None where the kernel did not tell."""
    alls = {each.family: each for each in guards.interfaces if each.name == "all"}
    for own in guards.interfaces:
        # Nothing arrives at the loopback interface, nor by IPv6 where it is turned off.
        if own.name not in ("all", "lo") and not own.disable_ipv6:
            for family, name in _OPEN:
                if family == own.family:
                    yield from _of_one(alls.get(family), own, name)


def _of_one(every: InterfaceSwitches | None, own: InterfaceSwitches, name: str) -> Iterator[tuple[Wrong | None, str]]:
    common, value = getattr(every, name, None), getattr(own, name)
    if common is None or value is None or own.forwarding is None:
        yield None, ""
    elif _OPEN[own.family, name](common, value, own.forwarding > 0):
        wanted = 1 if name == "rp_filter" else 0
        # An IPv6 redirect is taken by the word of the interface alone.
        told = {own.name: value} if (own.family, name) == (6, "accept_redirects") else {"all": common, own.name: value}
        for port, held in told.items():
            if (held == 0) == (wanted > 0):
                yield Wrong(f"net/ipv{own.family}/conf", name, held, wanted), port


def _shown(wrong: Wrong, ports: list[str]) -> str:
    """As sysctl writes it, interfaces of one value together."""
    named = ",".join(ports[:_SHOWN]) + (",…" if len(ports) > _SHOWN else "")
    between = f".{{{named}}}" if len(ports) > 1 else f".{named}" if named else ""
    return f"{wrong.folder.replace('/', '.')}{between}.{wrong.name}={wrong.value}"
