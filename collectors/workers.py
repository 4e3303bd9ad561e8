"""Many devices at once: bounded work in flight, answers as they come."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(work: Callable[[T], R], items: Iterable[T], workers: int) -> Generator[R, None, None]:
    """The result of ``work`` for every item, in order of completion.

    Never more than twice ``workers`` items are taken ahead, so that neither a long list nor slow readers cost
    memory. When the reader stops (Ctrl-C), work not yet begun is dropped and work under way is waited for.
    """
    feed = iter(items)
    pending: set[Future[R]] = set()
    with ThreadPoolExecutor(workers, thread_name_prefix="device") as pool:
        try:
            while True:
                for item in feed:
                    pending.add(pool.submit(work, item))
                    if len(pending) >= 2 * workers:
                        break
                if not pending:
                    return
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
