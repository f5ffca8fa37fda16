"""Work on many items in order while the next ones are read and the last one is written."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Semaphore
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Result = TypeVar("Result")


@contextmanager
def overlapped(
    items: Iterable[Item], work: Callable[[Item], Result], *, workers: int
) -> Iterator[Iterator[Result]]:
    """Give an iterator over ``work(item)`` in the order of the items.

    One thread takes the items, `workers` threads work on them, and the caller does with the
    results what it likes in its own. At most ``workers + 2`` items are on their way, so that
    memory stays bounded however slow the caller is. What any thread raises is raised here; all
    threads have ended when the context is left.

    Parameters
    ----------
    items
        Taken in one other thread, one at a time.
    work
        Called in other threads; it does not share state.
    workers
        How many items are worked on at the same time.
    """
    waiting: SimpleQueue[Future[Result] | None] = SimpleQueue()
    room = Semaphore(workers + 2)
    stopped = Event()
    with ThreadPoolExecutor(workers + 1) as pool:

        def take() -> None:
            try:
                for item in items:
                    room.acquire()
                    if stopped.is_set():
                        return
                    waiting.put(pool.submit(work, item))
            finally:
                waiting.put(None)

        taking = pool.submit(take)

        def results() -> Iterator[Result]:
            while (future := waiting.get()) is not None:
                yield future.result()
                room.release()
            taking.result()

        try:
            yield results()
        finally:
            stopped.set()
            room.release()
