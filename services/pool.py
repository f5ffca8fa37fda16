"""Heavy work in threads: a few at a time, a few waiting, and no more."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from services.refused import RefusedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from concurrent.futures import Future

    from services.settings import Limits

Asked = ParamSpec("Asked")
Result = TypeVar("Result")
RETRY_AFTER_S = 2


class Pool:
    """Runs heavy work of requests, ``limits.jobs`` at the same time.

    Parameters
    ----------
    limits
        ``jobs`` run, ``waiting`` more wait for their turn, the next is refused; an answer takes
        ``job_s`` at most, waiting included.

    Notes
    -----
    A thread cannot be stopped: work that is given up after ``job_s`` keeps its turn until it ends,
    so that there are never more than ``jobs`` at work.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._turns = asyncio.Semaphore(limits.jobs)
        self._waiting = 0
        self._threads = ThreadPoolExecutor(limits.jobs, thread_name_prefix="heavy")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it, for work that is done elsewhere, such as in a child.

        Raises
        ------
        RefusedError
            503: all turns are taken, and as many wait as may.
        """
        await self._take()
        try:
            yield
        finally:
            self._turns.release()

    async def run(
        self, function: Callable[Asked, Result], *args: Asked.args, **kwargs: Asked.kwargs
    ) -> Result:
        """Return what the function gives; it runs in a thread and should let go of the GIL.

        Raises
        ------
        RefusedError
            503: too many wait already, or it took longer than ``job_s``.
        """
        try:
            async with asyncio.timeout(self._limits.job_s) as clock:
                await self._take()
                work = self._threads.submit(copy_context().run, partial(function, *args, **kwargs))
                work.add_done_callback(self._give_back(asyncio.get_running_loop()))
                return await asyncio.wrap_future(work)
        except TimeoutError as exc:
            if not clock.expired():  # the work's own
                raise
            msg = f"the answer took longer than {self._limits.job_s} s; ask for less, or later"
            raise RefusedError(503, msg, retry_after_s=RETRY_AFTER_S) from exc

    def close(self) -> None:
        """Take no more work."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _take(self) -> None:
        """Wait for a turn, unless too many wait already."""
        if self._turns.locked() and self._waiting >= self._limits.waiting:
            msg = "the service is busy: as much heavy work as it takes is waiting already"
            raise RefusedError(503, msg, retry_after_s=RETRY_AFTER_S)
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1

    def _give_back(self, loop: asyncio.AbstractEventLoop) -> Callable[[Future[Result]], None]:
        """Return what a thread calls at its end, so that the next one has its turn."""

        def give_back(_: Future[Result]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._turns.release)

        return give_back
