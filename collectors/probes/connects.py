"""TCP connects: whether a port takes them, and how fast; and whether a way leads there at all."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

from inventory.addresses import IPAddress

_DISCARD = 9  # the port of a socket that nothing is sent through


@dataclass(frozen=True, slots=True)
class Connect:
    """What became of one connect, which is closed again."""

    opened: bool | None  # False: refused; None: nothing came in time, or no way there
    said: str
    ms: float  # until that was known


def connect(ip: IPAddress, port: int, limit_s: float) -> Connect:
    """One try to connect."""
    started = time.perf_counter()
    opened: bool | None = None
    try:
        with socket.create_connection((str(ip), port), timeout=limit_s):
            opened, said = True, "accepted"
    except ConnectionRefusedError:
        opened, said = False, "refused"
    except TimeoutError:
        said = "timed out"
    except OSError as error:
        said = error.strerror or "no route"
    return Connect(opened, said, (time.perf_counter() - started) * 1000)


def connect_ms(ip: IPAddress, port: int, limit_s: float) -> float | None:
    """Milliseconds until a connect is answered, to the microsecond, a refusal counted as one; None: nothing came."""
    found = connect(ip, port, limit_s)
    return None if found.opened is None else round(found.ms, 3)


def is_routed(ip: IPAddress) -> bool:
    """Whether this machine has a route to an address; nothing is sent."""
    family = socket.AF_INET6 if ip.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((str(ip), _DISCARD))
    except OSError:
        return False
    return True
