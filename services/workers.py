"""Processes that share one listening socket and the pages of one world."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from tzkc_geo.errors import TzkcError

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.world import World

LOG = logging.getLogger(__name__)
HEARD = {signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM, signal.SIGINT}
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # a folder where the workers of one service add up their counts
BREATH_S = 0.5  # between the deaths of workers and the start of others: no storm of processes


class Workers:
    """A parent that loads, starts workers, and keeps their number.

    Parameters
    ----------
    number
        Of workers.
    load
        Loads the world; called in the parent, at the start and at SIGHUP.
    work
        Called in each worker with the world; ends at SIGTERM.

    Notes
    -----
    A worker is a fork of the parent, so that the index lies in memory once. After a reload each
    worker has its own copy of the new world, until it is replaced.
    """

    def __init__(
        self, number: int, load: Callable[[], World], work: Callable[[World], None]
    ) -> None:
        self._number = number
        self._load = load
        self._work = work
        self._world = load()
        self._children: set[int] = set()

    def run(self) -> None:
        """Keep the workers until SIGTERM or SIGINT; then wait for them to finish."""
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        counts = tempfile.mkdtemp(prefix="tzkc-metrics-")
        os.environ[SHARED] = counts  # before Prometheus is imported, which looks there
        importlib.import_module("services.app")  # once, not in each worker
        try:
            self._keep()
        finally:
            self._stop()
            shutil.rmtree(counts, ignore_errors=True)

    def _keep(self) -> None:
        """Start what is missing, and do what signals say."""
        while True:
            while len(self._children) < self._number:
                self._start()
            heard = signal.sigwaitinfo(HEARD).si_signo
            if heard in {signal.SIGTERM, signal.SIGINT}:
                return
            if heard == signal.SIGHUP:
                self._reload()
            elif self._reap():
                time.sleep(BREATH_S)

    def _start(self) -> None:
        """Fork a worker; what is in memory now is shared, and never collected."""
        gc.collect()
        gc.freeze()
        sys.stderr.flush()
        child = os.fork()
        if child:
            self._children.add(child)
            LOG.info("worker %d is started", child)
            return
        code = 1
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD - {signal.SIGHUP})
            self._work(self._world)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _reload(self) -> None:
        """Load anew and tell the workers to do so; broken data is told to nobody."""
        try:
            self._world = self._load()
        except TzkcError as exc:
            LOG.error("new data is refused, the old is served on: %s", exc)  # noqa: TRY400
            return
        self._tell(signal.SIGHUP)

    def _reap(self) -> bool:
        """Forget the workers that are dead, and return whether there were any."""
        from prometheus_client import multiprocess

        dead = [child for child in self._children if os.waitpid(child, os.WNOHANG)[0]]
        for child in dead:
            LOG.error("worker %d is dead and will be replaced", child)
            multiprocess.mark_process_dead(child)  # type: ignore[no-untyped-call]
        self._children.difference_update(dead)
        return bool(dead)

    def _stop(self) -> None:
        """Let the workers finish what they do, and wait for the last."""
        self._tell(signal.SIGTERM)
        for child in self._children:
            os.waitpid(child, 0)

    def _tell(self, number: int) -> None:
        """Send a signal to all workers; a dead one that is not yet reaped takes none."""
        for child in self._children:
            os.kill(child, number)
