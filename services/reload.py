"""New data while the service runs: by HTTP or by SIGHUP, in one step or not at all."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tzkc_geo.errors import TzkcError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from services.world import Holder, World

LOG = logging.getLogger(__name__)


def reload(app: FastAPI) -> World:
    """Read the data anew and put it in place; where it is broken the old is served on.

    Raises
    ------
    TzkcError
        The new data is broken; the message says where. It is logged as well.
    """
    holder: Holder = app.state.holder
    try:
        world = holder.reload()
    except TzkcError as exc:
        app.state.metrics.reloaded(good=False)
        LOG.error("new data is refused, the old is served on: %s", exc)  # noqa: TRY400
        raise
    app.state.metrics.reloaded(good=True)
    LOG.info("new data is served: %s", world.key)
    return world


@contextmanager
def reloads_on_hangup(app: FastAPI) -> Iterator[None]:
    """Reload at each SIGHUP, in a thread, so that requests are answered meanwhile.

    A SIGHUP that was held back while the service started is taken now. Outside of the main thread,
    where Python takes no signals, nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, partial(_reload_aside, loop, app))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def _reload_aside(loop: asyncio.AbstractEventLoop, app: FastAPI) -> None:
    """Begin a reload in a thread."""
    loop.run_in_executor(None, reload, app).add_done_callback(_note)


def _note(done: asyncio.Future[World]) -> None:
    """Log what a reload raised, unless it is logged already."""
    exc = done.exception()
    if exc is not None and not isinstance(exc, TzkcError):
        LOG.error("a reload failed, the old data is served on", exc_info=exc)
