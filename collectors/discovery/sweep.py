"""A sweep: every address asked in every way, one packet after another at one rate, while answers are heard."""

from __future__ import annotations

import errno
import resource
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Self

from collectors.discovery.knocks import Heard, Knock
from collectors.discovery.pace import Pace
from inventory.addresses import IPAddress

_CHUNK = 256  # addresses asked in one way before the next: no host gets all its packets at once
_UNHEARD = 64  # packets sent before answers are looked for: the system holds few hundred of them
_AT_ONCE = 512  # datagrams heard between two sent ones: a flood of answers holds no sweep up
_TCP = "tcp/"
_TAKEN = (0, errno.ECONNRESET, errno.EPIPE)  # a port that takes a connection and breaks it off at once is open
_CONNECT_S = 0.9  # the kernel repeats a SYN after 1 s (RFC 6298): each try is one packet
_OF_A_CONNECTION = 3  # packets that follow the SYN of one that opens and is closed again
_FULL_S = 0.01  # how long the system is given where its buffers are full
_PATIENCE = 200  # times


def tcp_way(port: int) -> str:
    """How an open TCP port is named among the ways an address answers."""
    return f"{_TCP}{port}"


@dataclass(slots=True)
class Answers:
    """What one address did. ``ways`` it answered by; ``unsent``: those the system did not let us ask by."""

    ways: set[str] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)  # TCP ports that were refused: somebody is there
    unsent: set[str] = field(default_factory=set)
    message: bytes = b""  # the report of its SNMPv3 engine

    @property
    def is_there(self) -> bool:
        """Whether anything came back."""
        return bool(self.ways or self.refused)


class Sweep:
    """The sockets of a sweep, and all of it in one thread. ``ports`` are asked by connecting and closing again;
    ``last`` are sent once, after all tries, to what did not answer in their way."""

    def __init__(
        self,
        knocks: Sequence[Knock],
        ports: Sequence[int],
        pace: Pace,
        *,
        tries: int,
        patience_s: float,
        last: Sequence[Knock] = (),
    ) -> None:
        self.answers: dict[IPAddress, Answers] = {}  # of the addresses asked last, as far as the sweep has come
        self.unsent: Counter[str] = Counter()  # packets that the system refused to send, by its reason
        self._knocks = knocks
        self._last = last
        self._ports = ports
        self._pace = pace
        self._tries = tries
        self._patience_s = patience_s
        self._selector = selectors.DefaultSelector()
        self._connecting: deque[tuple[float, socket.socket]] = deque()
        self._awaited = 0  # datagrams without an answer
        self._since_heard = 0
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most_connecting = max(16, min(2048, soft // 2))

    def __enter__(self) -> Self:
        for knock in (*self._knocks, *self._last):
            for sock in knock.sockets.values():
                self._selector.register(sock, selectors.EVENT_READ, partial(self._drain, sock, knock))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for _, sock in self._connecting:
            sock.close()
        self._selector.close()

    @property
    def ways(self) -> tuple[str, ...]:
        """Every way in which an address is asked."""
        return (*(knock.way for knock in self._knocks), *map(tcp_way, self._ports))

    def asked(self, ip: IPAddress) -> frozenset[str]:
        """The ways in which an address of the last ones was asked: those that the system let us ask by."""
        return frozenset(self.ways) - self.answers[ip].unsent

    def ask(self, addresses: Iterable[IPAddress], step: Callable[[int], None]) -> dict[IPAddress, Answers]:
        """What each address did; what was not answered is asked again until the tries are over.

        ``step`` is told of addresses as they are asked for the first time.
        """
        self.answers = asked = {ip: Answers() for ip in addresses}
        self._awaited = len(asked) * len(self._knocks)
        for number in range(self._tries):
            left = list(asked) if number == 0 else [ip for ip in asked if self._may_answer(ip)]
            if not left:
                break
            for start in range(0, len(left), _CHUNK):
                chunk = left[start : start + _CHUNK]
                self._ask_chunk(chunk)
                step(len(chunk) if number == 0 else 0)
            self._listen(self._patience_s)
        for knock in self._last:
            left = [ip for ip, found in asked.items() if knock.way not in found.ways]
            self._awaited = len(left)
            for ip in left:
                self._send(ip, knock)
            self._listen(self._patience_s)
        return asked

    def _may_answer(self, ip: IPAddress) -> bool:
        """Whether there is a way left in which the address is to be asked again."""
        found = self.answers[ip]
        return not found.is_there or any(knock.way not in found.ways for knock in self._knocks)

    def _ask_chunk(self, chunk: Sequence[IPAddress]) -> None:
        """Asks in every way that was not answered yet; ports only where nothing at all was."""
        for knock in self._knocks:
            for ip in chunk:
                if knock.way not in self.answers[ip].ways:
                    self._send(ip, knock)
        silent = [ip for ip in chunk if not self._tcp_answered(ip)]
        for port in self._ports:
            for ip in silent:
                self._connect(ip, port)

    def _tcp_answered(self, ip: IPAddress) -> bool:
        found = self.answers[ip]
        return bool(found.refused) or any(way.startswith(_TCP) for way in found.ways)

    def _send(self, ip: IPAddress, knock: Knock) -> None:
        for _ in range(_PATIENCE):
            self._wait()
            try:
                knock.send(ip)
            except OSError as refusal:
                if refusal.errno in (errno.ENOBUFS, errno.EAGAIN):
                    self._hear(_FULL_S)
                    continue
                self._not_sent(ip, knock.way, refusal)
            return
        self._not_sent(ip, knock.way, OSError(errno.ENOBUFS, "No buffer space available"))

    def _not_sent(self, ip: IPAddress, way: str, refusal: OSError) -> None:
        self.answers[ip].unsent.add(way)
        self.unsent[refusal.strerror or str(refusal)] += 1

    def _wait(self) -> None:
        """Hears answers until the next packet may go, and counts it."""
        self._since_heard += 1
        if self._since_heard >= _UNHEARD:
            self._hear(0.0)
        while (left := self._pace.wait_s()) > 0:
            self._hear(left)
        self._pace.owe(1)

    def _listen(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while ((left := until - time.monotonic()) > 0 and self._awaited > 0) or self._connecting:
            self._hear(max(0.0, left))

    def _hear(self, seconds: float) -> None:
        if self._connecting:
            seconds = min(seconds, max(0.0, self._connecting[0][0] - time.monotonic()))
        self._since_heard = 0
        for key, _ in self._selector.select(seconds):
            key.data()
        now = time.monotonic()
        while self._connecting and (self._connecting[0][0] <= now or self._connecting[0][1].fileno() < 0):
            self._give_up(self._connecting.popleft()[1])

    def _drain(self, sock: socket.socket, knock: Knock) -> None:
        for _ in range(_AT_ONCE):
            try:
                heard = knock.hear(sock)
            except BlockingIOError:
                return
            except OSError:  # an ICMP error for an earlier datagram
                continue
            if heard is not None:
                self._note(heard)

    def _note(self, heard: Heard) -> None:
        answers = self.answers.get(heard.ip)
        if answers is not None and heard.way not in answers.ways:
            answers.ways.add(heard.way)
            self._awaited -= 1
            answers.message = answers.message or heard.message

    # TCP --------------------------------------------------------------------------------------------------------------

    def _connect(self, ip: IPAddress, port: int) -> None:
        while len(self._connecting) >= self._most_connecting:
            self._hear(_FULL_S)
        self._wait()
        try:
            sock = socket.socket(socket.AF_INET if ip.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        except OSError as refusal:
            self._not_sent(ip, tcp_way(port), refusal)
            return
        sock.setblocking(False)
        code = sock.connect_ex((str(ip), port))
        if code == errno.EINPROGRESS:
            self._selector.register(sock, selectors.EVENT_WRITE, partial(self._connected, sock, ip, port))
            self._connecting.append((time.monotonic() + _CONNECT_S, sock))
            return
        sock.close()
        self._settle(ip, port, code)

    def _connected(self, sock: socket.socket, ip: IPAddress, port: int) -> None:
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._give_up(sock)
        self._settle(ip, port, code, under_way=True)

    def _give_up(self, sock: socket.socket) -> None:
        if sock.fileno() >= 0:
            self._selector.unregister(sock)
            sock.close()

    def _settle(self, ip: IPAddress, port: int, code: int, *, under_way: bool = False) -> None:
        if code in _TAKEN:
            self._pace.owe(_OF_A_CONNECTION)
            self.answers[ip].ways.add(tcp_way(port))
        elif code == errno.ECONNREFUSED:
            self.answers[ip].refused.add(port)
        elif not under_way:  # no packet left; once it has, "no route" is what some router said
            self._not_sent(ip, tcp_way(port), OSError(code, errno.errorcode.get(code, str(code))))
