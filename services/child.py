"""Read what strangers upload in a child process that is bounded in time and memory."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from services.refused import RefusedError
from tzkc_geo.errors import TzkcError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from services.pool import Pool
    from services.settings import Settings

Asked = ParamSpec("Asked")
Result = TypeVar("Result")
LOG = logging.getLogger(__name__)
TAIL = 2000  # characters of a dead child's last words that are logged


async def in_child(
    work: Callable[Concatenate[bytes, Asked], Result],
    data: bytes,
    *args: Any,  # noqa: ANN401  (those of the work)
    settings: Settings,
    pool: Pool,
) -> Result:
    """Return ``work(data, *args)``, done in a child process.

    Parameters
    ----------
    work
        A function that can be imported; its result can be pickled.
    data
        The bytes that came in.
    args
        Further arguments of the work; they can be pickled.
    settings
        ``limits.upload_s`` bounds the time, ``limits.upload_memory_bytes`` the memory beyond what
        the import of the work takes.
    pool
        A child takes a turn of it, so that no flood of uploads makes a flood of children.

    Raises
    ------
    TzkcError
        What the work raised.
    RefusedError
        413: it needed too much time or memory; 422: it died otherwise; 503: too many wait.

    Notes
    -----
    The child has none of the service's ``TZKC_`` variables, so that it never sees the token. It is
    gone when this function returns, also where the client went away.
    """
    limits = settings.limits
    async with pool.turn():
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.child"),
            *(str(limits.upload_s), str(limits.upload_memory_bytes)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(),
        )
        try:
            async with asyncio.timeout(limits.upload_s):
                answer, words = await child.communicate(pickle.dumps((work, data, args)))
        except TimeoutError as exc:
            msg = f"reading took longer than {limits.upload_s} s; send less at once"
            raise RefusedError(413, msg) from exc
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    result: Result = _unpacked(answer, words)
    return result


def _environment() -> dict[str, str]:
    """Return the environment of a child: the same modules, one thread, no secret."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TZKC_")}
    path = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path)
    single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    # The allocators of Arrow reserve more addresses than a child is allowed, and use few of them.
    return kept | single | {"PYTHONPATH": path, "ARROW_DEFAULT_MEMORY_POOL": "system"}


def _unpacked(answer: bytes, words: bytes) -> Any:  # noqa: ANN401  (what the work gave)
    """Return or raise what the child sent; the last words of a dead one go to the log."""
    if not answer:
        LOG.error("a child died over an upload: %s", words.decode(errors="replace")[-TAIL:])
        msg = "the file cannot be read: it is damaged, or not what its name says"
        raise RefusedError(422, msg)
    kind, value = pickle.loads(answer)  # noqa: S301  (our own child wrote it)
    if kind == "raised":
        raise value
    return value


def main(words: list[str], source: BinaryIO, target: BinaryIO) -> None:
    """Do the work that is asked for on ``source``, and pickle the outcome to ``target``.

    Parameters
    ----------
    words
        Seconds of the processor, and bytes of memory.
    """
    seconds, memory = (int(word) for word in words)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 1))
    work, data, args = pickle.load(source)  # noqa: S301  (the service wrote it)
    most = _address_space() + memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    outcome: tuple[str, Any]
    try:
        outcome = ("gave", work(data, *args))
    except TzkcError as exc:
        outcome = ("raised", exc)
    except MemoryError:
        msg = f"reading took more than {memory} bytes of memory; send less at once"
        outcome = ("raised", RefusedError(413, msg))
    target.write(pickle.dumps(outcome))
    target.flush()


def _address_space() -> int:
    """Return how many bytes of address space this process has."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


if __name__ == "__main__":
    # What the work prints must not mix with the answer: from here on it goes to the log.
    outcome_file = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    main(sys.argv[1:], sys.stdin.buffer, outcome_file)
