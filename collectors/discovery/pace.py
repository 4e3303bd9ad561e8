"""The rate of a whole sweep: one clock for every packet, whatever carries it."""

from __future__ import annotations

import time
from collections.abc import Callable

_SLACK_S = 0.01  # what may be made up for at once: timers are no finer


class Pace:
    """A limit in packets per second, by the generic cell rate algorithm (ITU-T I.371): no credit from idle times.

    In every span of t seconds at most rate * (t + 0.01) + 1 packets, and what was owed for a conversation before.
    """

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not per_second > 0:
            raise ValueError("a rate is above 0")
        self.per_second = per_second
        self.packets = 0
        self._clock = clock
        self._sleep = sleep
        self._due = clock()  # when the next packet is due by the rate alone

    def wait_s(self) -> float:
        """How long until the next packet may be sent; 0 for now."""
        return max(0.0, self._due - _SLACK_S - self._clock())

    def owe(self, packets: int) -> None:
        """Counts packets that are sent now or are on their way; later ones wait for them."""
        self.packets += packets
        self._due = max(self._due, self._clock()) + packets / self.per_second

    def take(self, packets: int) -> None:
        """Waits until the time of so many packets has come: a conversation is counted before it begins."""
        self.owe(packets)
        left = self._due - 1 / self.per_second - _SLACK_S - self._clock()
        if left > 0:
            self._sleep(left)
