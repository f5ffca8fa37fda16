"""Heavy work is bounded: in number, in waiting, in time and, for uploads, in memory."""

import asyncio
import io
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from services.child import in_child, main
from services.pool import Pool
from services.refused import RefusedError
from services.settings import Limits, Settings
from tests.toy import child_work
from tzkc_geo.errors import DataError

Result = TypeVar("Result")


def with_pool(limits: Limits, act: Callable[[Pool], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        pool = Pool(limits)
        try:
            return await act(pool)
        finally:
            pool.close()

    return asyncio.run(run())


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_work_is_done_in_a_thread_and_its_error_comes_back() -> None:
    def fail() -> None:
        msg = "units.csv:3: wrong"
        raise DataError(msg)

    def late() -> None:
        raise TimeoutError

    assert with_pool(Limits(), lambda pool: pool.run(divmod, 7, 2)) == (3, 1)
    name = with_pool(Limits(), lambda pool: pool.run(lambda: threading.current_thread().name))
    assert name.startswith("heavy")
    with pytest.raises(DataError, match=r"units\.csv:3"):
        with_pool(Limits(), lambda pool: pool.run(fail))
    with pytest.raises(TimeoutError):
        with_pool(Limits(), lambda pool: pool.run(late))


@pytest.mark.parametrize(("jobs", "waiting"), [(1, 1), (2, 3), (3, 1)])
def test_so_many_work_so_many_wait_and_the_next_is_refused(
    jobs: int, waiting: int, gate: threading.Event
) -> None:
    now, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        gate.wait()
        with lock:
            now -= 1

    async def flood(pool: Pool) -> tuple[list[asyncio.Task[None]], int]:
        tasks = [asyncio.create_task(pool.run(work)) for _ in range(jobs + waiting)]
        await asyncio.sleep(0.05)
        with pytest.raises(RefusedError) as refused:
            await pool.run(work)
        gate.set()
        await asyncio.gather(*tasks)
        await pool.run(work)  # all turns are free again
        return tasks, refused.value.retry_after_s

    tasks, retry_after_s = with_pool(Limits(jobs=jobs, waiting=waiting), flood)
    assert (most, retry_after_s > 0) == (jobs, True)
    assert all(task.exception() is None for task in tasks)


def test_work_that_is_given_up_keeps_its_turn_until_it_ends(gate: threading.Event) -> None:
    async def act(pool: Pool) -> float:
        with pytest.raises(RefusedError, match="1 s"):
            await pool.run(gate.wait)
        with pytest.raises(RefusedError, match="1 s"):  # waits for the turn, in vain
            await pool.run(int)
        begun = time.monotonic()
        asyncio.get_running_loop().call_later(0.1, gate.set)
        assert await pool.run(int) == 0
        return time.monotonic() - begun

    assert with_pool(Limits(jobs=1, job_s=1), act) < 0.9


def upload(work: Callable[..., Result], data: bytes, *args: object, **limits: int) -> Result:
    settings = Settings(limits=Limits(**limits))
    return with_pool(
        settings.limits, lambda pool: in_child(work, data, *args, settings=settings, pool=pool)
    )


def wait_for(file: Path) -> None:
    while not (file.exists() and file.read_text()):
        time.sleep(0.02)


def test_a_child_gives_what_the_work_gives() -> None:
    data = os.urandom(3_000_000)
    assert upload(child_work.reversed_bytes, data, b"!") == data[::-1] + b"!"


def test_a_child_does_not_see_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZKC_TOKEN", "secret")
    seen = upload(child_work.environment, b"")
    assert "secret" not in seen.values()
    assert seen["PATH"] == os.environ["PATH"]


def test_an_error_of_the_library_comes_back_as_it_was() -> None:
    with pytest.raises(DataError, match=r"sites\.csv:3: lat is missing"):
        upload(child_work.wrong, b"")


@pytest.mark.parametrize(
    ("work", "status"),
    [(child_work.greedy, 413), (child_work.deadly, 422), (child_work.faulty, 422)],
)
def test_a_child_that_dies_is_a_refusal(work: Callable[[bytes], object], status: int) -> None:
    with pytest.raises(RefusedError) as refused:
        upload(work, b"", upload_memory_bytes=2**28)
    assert refused.value.status == status


def test_a_slow_child_is_gone_when_its_time_is_over(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with pytest.raises(RefusedError, match="1 s") as refused:
        upload(child_work.slow, str(file).encode(), upload_s=1)
    assert refused.value.status == 413
    assert not Path(f"/proc/{file.read_text()}").exists()  # no zombie either


def test_a_child_goes_with_the_client(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    settings = Settings()

    async def act(pool: Pool) -> None:
        work = in_child(child_work.slow, str(file).encode(), settings=settings, pool=pool)
        task = asyncio.create_task(work)
        await asyncio.to_thread(wait_for, file)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with_pool(settings.limits, act)
    assert not Path(f"/proc/{file.read_text()}").exists()


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (child_work.reversed_bytes, "gave"),
        (child_work.wrong, "raised"),
        (child_work.greedy, "gave"),
    ],
)
def test_the_child_answers_in_one_pickle(
    work: Callable[[bytes], object], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr("resource.setrlimit", bounds.__setitem__)
    monkeypatch.setattr(child_work, "bytearray", lambda _: b"123", raising=False)
    target = io.BytesIO()
    main(["5", "1000"], io.BytesIO(pickle.dumps((work, b"abc", ()))), target)
    assert pickle.loads(target.getvalue())[0] == kind  # noqa: S301  (made above)
    assert len(bounds) == 3


def test_memory_that_runs_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def out(_: int) -> bytes:
        raise MemoryError

    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    monkeypatch.setattr(child_work, "bytearray", out, raising=False)
    target = io.BytesIO()
    main(["5", "1000"], io.BytesIO(pickle.dumps((child_work.greedy, b"", ()))), target)
    kind, value = pickle.loads(target.getvalue())  # noqa: S301  (made above)
    assert (kind, value.status) == ("raised", 413)
    assert "1000 bytes" in value.detail


def test_a_child_loads_no_web_library() -> None:
    code = "import sys, services.child; print('fastapi' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
