"""An end to a request that its time-outs alone do not set: a server may send its header octet by octet."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

_CONNECTED = "connection.connect_tcp.complete"  # the event of httpcore whose value is the connection's stream


class Deadline:
    """A context in which every connection it is told of is shut down once the time is up, whatever it waits for."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_over = False

    def told(self, event: str, info: Mapping[str, Any]) -> None:
        """What httpcore calls at each of its steps (the request extension ``trace``)."""
        stream = info.get("return_value") if event == _CONNECTED else None
        raw = stream.get_extra_info("socket") if stream is not None else None
        if raw is None:
            return
        with self._lock:
            self._sockets.append(raw.dup())  # TLS takes the socket itself over
            is_over = self._is_over
        if is_over:
            self._end()

    def _end(self) -> None:
        with self._lock:
            self._is_over = True
            for each in self._sockets:
                with contextlib.suppress(OSError):  # it has ended by itself
                    each.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()
