"""Serve the application: one process, or workers that share the pages of what was loaded."""

from __future__ import annotations

import asyncio
import logging
import logging.config
import os
import signal
import socket
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.logs import logging_config
from services.settings import Settings
from services.workers import Workers
from services.world import World, world_of
from tzkc_geo.errors import DataError
from tzkc_geo.io.folder import find_folder
from tzkc_geo.io.load import load
from tzkc_geo.io.papers import paper_files, read_papers

if TYPE_CHECKING:
    from types import FrameType

    from services.settings import Limits

BACKLOG = 2048


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    unix: Path | None = None,
    workers: int = 1,
) -> None:
    """Serve until SIGTERM or SIGINT; the settings come from the environment.

    Parameters
    ----------
    host, port
        Where to listen.
    unix
        A socket of the file system to listen on instead.
    workers
        How many processes answer; above one, a parent loads the data once, starts them, starts
        another one where one dies, and passes SIGHUP on.

    Raises
    ------
    DataError
        A setting or the data is wrong, or the address cannot be listened on.
    """
    settings = Settings.from_environment(os.environ)
    logging.config.dictConfig(logging_config())
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})  # until it can be answered
    listener = _listener(host, port, unix)
    load_world = partial(world, settings)
    if workers == 1:
        run(settings, Loaded(load_world(), load_world), listener)
    else:
        Workers(workers, load_world, partial(_work, settings, listener)).run()


def world(settings: Settings) -> World:
    """Return the world of the data folder, with the time of its newest file."""
    folder = find_folder(settings.data_dir)
    paths = [*folder.input_files(), *folder.network_files(), *paper_files(folder)]
    newest = max(path.stat().st_mtime for path in paths)
    modified = datetime.fromtimestamp(newest, UTC)
    return world_of(load(settings.data_dir), modified, papers=read_papers(folder))


class Loaded:
    """Gives the world that is there at first, and a fresh one each time after that."""

    def __init__(self, first: World, load_world: Any) -> None:  # noqa: ANN401
        self._first: World | None = first
        self._load = load_world

    def __call__(self) -> World:
        """Return the next world."""
        found, self._first = self._first, None
        fresh: World = found if found is not None else self._load()
        return fresh


def run(
    settings: Settings, load_world: Loaded, listener: socket.socket, *, supervised: bool = False
) -> None:
    """Serve in this process until a signal ends it."""
    from services.app import create_app

    app = create_app(settings, load_world)
    limits = settings.limits
    config = uvicorn.Config(
        app,
        http=partial_protocol(limits),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=limits.finish_s,
    )
    server = DrainingServer(config, app.state, limits.drain_s)
    app.state.connections = lambda: len(server.server_state.connections)
    if supervised:
        parent = os.getppid()
        app.state.announce = lambda: os.kill(parent, signal.SIGHUP)
    server.run(sockets=[listener])


class DrainingServer(uvicorn.Server):
    """Says not ready for a while before it stops to listen; a second signal ends that."""

    def __init__(self, config: uvicorn.Config, state: Any, drain_s: int) -> None:  # noqa: ANN401
        super().__init__(config)
        self._state = state
        self._drain_s = drain_s

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at the first SIGTERM, stop at anything else."""
        if sig == signal.SIGTERM and not self._state.draining and self.started:
            self._state.draining = True
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(
                loop.call_later, self._drain_s, super().handle_exit, sig, frame
            )
        else:
            super().handle_exit(sig, frame)


def partial_protocol(limits: Limits) -> type[HttpToolsProtocol]:
    """Return a protocol that waits for the head of a request no longer than ``header_s``."""

    class Impatient(HttpToolsProtocol):
        """Closes a connection on which no request comes, or comes too slowly."""

        _patience: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            """Wait for a first request."""
            super().connection_made(transport)
            self._wait()

        def on_message_begin(self) -> None:
            """Wait for the head of a request to end."""
            super().on_message_begin()
            self._wait()

        def on_headers_complete(self) -> None:
            """Wait no more."""
            self._stop_waiting()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            """Wait no more."""
            self._stop_waiting()
            super().connection_lost(exc)

        def _wait(self) -> None:
            self._stop_waiting()
            self._patience = self.loop.call_later(limits.header_s, self.transport.close)

        def _stop_waiting(self) -> None:
            if self._patience is not None:
                self._patience.cancel()

    return Impatient


def _work(settings: Settings, listener: socket.socket, first: World) -> None:
    """Serve as one of several workers."""
    run(settings, Loaded(first, partial(world, settings)), listener, supervised=True)


def _listener(host: str, port: int, unix: Path | None) -> socket.socket:
    """Return the socket that is listened on, shared by all workers."""
    try:
        if unix is None:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        else:
            listener = socket.socket(socket.AF_UNIX)
            unix.unlink(missing_ok=True)
            listener.bind(str(unix))
            listener.listen(BACKLOG)
    except OSError as exc:
        where = str(unix or f"{host}:{port}")
        msg = f"{where}: cannot be listened on, expected a free address, got {exc.strerror}"
        raise DataError(msg) from exc
    listener.setblocking(False)  # noqa: FBT003  (the name of the standard library takes no keyword)
    return listener
