"""Sessions with SNMP agents: tries, pacing, bounds and the choice of engine, the same for all versions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar

from collectors.base import SYS_UPTIME, Oid, SnmpSession, SnmpValue
from collectors.sessions import snmp_gufo
from collectors.sessions.snmp_wire import (
    GET_AT_ONCE,
    UNDECRYPTED,
    Declined,
    Pages,
    Peer,
    Puzzled,
    Row,
    Silent,
    Unsettled,
    UserRefused,
    Wire,
)
from inventory.credentials import Login
from inventory.errors import CollectError, Gap, LoginRefused, ReadFailed, Unreachable

Engine = Literal["auto", "gufo", "pysnmp"]

V1, V2C, V3 = 0, 1, 3
# AES-192 and AES-256 need more key than these give, and makers extend it in two ways.
SHORT_KEYS = frozenset({"md5", "sha", "sha224"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one session may cost.

    ``timeout_s``   of each of the ``tries`` of a request
    ``deadline_s``  of the whole session
    ``rows``        of one walk, as ``octets``; all walks of a session together may bring twice as much: some 250 MB
    ``pace_s``      the least time between two requests
    """

    timeout_s: float = 0.5
    tries: int = 5
    deadline_s: float = 300.0
    rows: int = 250_000
    octets: int = 32_000_000
    pace_s: float = 0.0


def open_snmp(
    address: str,
    port: int,
    login: Login,
    *,
    bounds: Bounds = Bounds(),
    engine: Engine = "auto",
) -> SnmpSession:
    """A session with an agent that has answered once; SNMPv3 where the login has a user, else v2c and then v1.

    ``auto`` takes gufo-snmp where it is installed, and lets PySNMP answer what it cannot. Raises Unreachable when
    nothing answers (a wrong community is silence, too), LoginRefused when the agent refuses the SNMPv3 user or the
    login has nothing for SNMP, ReadFailed for an answer that is no SNMP.
    """
    if not login.for_snmp:
        raise LoginRefused(f"login {login.name} has neither a community nor an SNMPv3 user")
    peer = Peer(address, port, bounds.timeout_s)
    failure: CollectError = Unreachable("no SNMP version tried")
    for version, cisco in _dialects(login):
        # SNMPv1 is tried last and briefly: by then the address has been silent for long.
        limits = bounds if version != V1 else replace(bounds, tries=min(2, bounds.tries))
        session = _Session(peer, login, version, limits, _engines(engine), cisco=cisco)
        try:
            session.get([SYS_UPTIME])
        except CollectError as refusal:
            session.close()
            failure = failure if isinstance(failure, LoginRefused) else refusal
            if isinstance(refusal, UserRefused) and refusal.report != UNDECRYPTED:
                break  # another way to extend the privacy key does not mend it: not one refused login more
        else:
            return session
    raise failure


def _dialects(login: Login) -> list[tuple[int, bool]]:
    """Versions to try in order, each with how a short key is extended."""
    user = login.snmpv3
    if user is None:
        return [(V2C, False), (V1, False)]
    if user.priv_protocol in {"aes192", "aes256"} and user.auth_protocol in SHORT_KEYS:
        return [(V3, False), (V3, True)]
    return [(V3, False)]


def _engines(wanted: Engine) -> list[str]:
    if wanted == "auto":
        return ["gufo", "pysnmp"] if snmp_gufo.available else ["pysnmp"]
    if wanted == "gufo" and not snmp_gufo.available:
        raise ReadFailed("gufo-snmp is not installed on this processor", Gap.UNREAD)
    return [wanted]


class _Session:
    """One agent, one version, up to two engines."""

    def __init__(
        self, peer: Peer, login: Login, version: int, bounds: Bounds, engines: list[str], *, cisco: bool
    ) -> None:
        self._peer = peer
        self._login = login
        self._version = version
        self._bounds = bounds
        self._cisco = cisco
        self._names = engines
        self._wires: dict[str, Wire] = {}
        self._until = time.monotonic() + bounds.deadline_s
        self._earliest = 0.0
        self._rows = self._octets = 0  # of all walks
        self.requests = 0  # sent so far, repeated ones counted

    @property
    def engine(self) -> str:
        """The engine that is asked first."""
        return self._names[0]

    def get(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        """Value by OID; an object the agent lacks is None."""
        found: dict[str, SnmpValue] = {}
        for start in range(0, len(oids), GET_AT_ONCE):
            found.update(self._values(oids[start : start + GET_AT_ONCE]))
        return {oid: found.get(oid) for oid in oids}

    def walk(self, root: str) -> Iterator[Row]:
        """Every (OID, value) below root; see SnmpSession.walk for how it ends."""
        self._refuse_excess()
        names = iter(self._names)
        cursor, rows, octets = root, 0, 0
        pages: Pages | None = self._pages(next(names), root, root)
        while pages is not None:
            try:
                page = self._page(pages)
            except Puzzled as why:
                pages = self._second(names, root, cursor, why)
                continue
            if not page:
                return
            good = _increasing(page, cursor)
            yield from good
            if len(good) < len(page):
                raise ReadFailed(f"OIDs stop increasing after {good[-1][0] if good else cursor}")
            cursor, rows = page[-1][0], rows + len(page)
            size = sum([len(oid) + len(value) if isinstance(value, (bytes, Oid)) else len(oid) for oid, value in page])
            octets += size
            self._rows, self._octets = self._rows + len(page), self._octets + size
            if rows >= self._bounds.rows or octets >= self._bounds.octets:
                raise ReadFailed(f"the table is longer than {rows} rows or {octets} octets")
            self._refuse_excess()

    def _refuse_excess(self) -> None:
        if self._rows >= 2 * self._bounds.rows or self._octets >= 2 * self._bounds.octets:
            raise ReadFailed(f"all tables together are longer than {self._rows} rows or {self._octets} octets")

    def close(self) -> None:
        """Free the sockets."""
        for wire in self._wires.values():
            wire.close()
        self._wires.clear()

    def _wire(self, name: str) -> Wire:
        if name not in self._wires:
            self._wires[name] = self._made(name)
        return self._wires[name]

    def _made(self, name: str) -> Wire:
        community, user = (None, self._login.snmpv3) if self._version == V3 else (self._login.community, None)
        try:
            if name == "gufo":
                return snmp_gufo.GufoWire(self._peer, self._version, community, user, cisco=self._cisco)
            from collectors.sessions.snmp_pysnmp import PysnmpWire  # loaded only where it is needed: it is slow to

            return PysnmpWire(self._peer, self._version, community, user, cisco=self._cisco)
        except (OSError, ValueError) as failure:
            raise Unreachable(f"no way to {self._peer.address}: {failure}") from None

    def _values(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        why = ""
        for name in self._names:
            try:
                return self._tried(partial(self._wire(name).ask, oids))
            except Puzzled as puzzle:
                why = str(puzzle)
        raise ReadFailed(f"answer cannot be read: {why}")

    def _pages(self, name: str, root: str, after: str) -> Pages:
        return self._wire(name).pages(root, after)

    def _second(self, names: Iterator[str], root: str, cursor: str, why: Puzzled) -> Pages | None:
        """The rest of the walk by the next engine; None where there is none and the rows read are all there is."""
        name = next(names, None)
        if name is not None:
            return self._pages(name, root, cursor)
        if isinstance(why, Unsettled):
            return None
        raise ReadFailed(f"answer cannot be read: {why}")

    def _page(self, pages: Pages) -> Sequence[Row]:
        """The next page; less is asked for where the agent is silent or its answer too long."""
        while True:
            try:
                return self._tried(pages.ask, max(2, self._bounds.tries // 2))
            except Unreachable:
                if not pages.narrow():
                    return self._tried(pages.ask)
            except Puzzled:
                if not pages.narrow():
                    raise

    def _tried(self, request: Callable[[], T], tries: int | None = None) -> T:
        """The answer within the tries; raises Unreachable, ReadFailed, LoginRefused or Puzzled."""
        tries = tries or self._bounds.tries
        why = ""
        for _ in range(tries):
            self._wait()
            self.requests += 1
            try:
                return request()
            except Silent as silence:
                why = str(silence)
            except Declined as refusal:
                raise ReadFailed(f"the agent answers {refusal}", Gap.REFUSED) from None
        raise Unreachable(f"no SNMP answer in {tries} tries of {self._bounds.timeout_s:g} s ({why})")

    def _wait(self) -> None:
        now = time.monotonic()
        if now > self._until:
            raise ReadFailed(f"not read within {self._bounds.deadline_s:g} s", Gap.UNREACHABLE)
        if self._bounds.pace_s:
            if self._earliest > now:
                time.sleep(self._earliest - now)
            self._earliest = max(now, self._earliest) + self._bounds.pace_s


def _increasing(page: Sequence[Row], cursor: str) -> Sequence[Row]:
    """The rows up to the first whose OID does not follow, judged closely only where the page looks wrong."""
    if _arcs(page[-1][0]) > _arcs(cursor) and len({oid for oid, _ in page}) == len(page):
        return page
    good: list[Row] = []
    last = _arcs(cursor)
    for row in page:
        arcs = _arcs(row[0])
        if arcs <= last:
            break
        good.append(row)
        last = arcs
    return good


def _arcs(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))
