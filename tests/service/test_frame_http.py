"""What HTTP promises of every answer: validators, ranges, HEAD, headers, ids, limits."""

import json
import logging
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from services.app import create_app
from services.errors import OURS
from services.frame.ranges import wanted
from services.frame.security import policy_of
from services.logs import JsonLines, logging_config
from services.settings import Limits, Settings
from services.world import world_of
from tests.toy.world import catalog
from tzkc_geo.errors import DataError, TzkcError

TOY = catalog()
THEN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ADDRESSES = ("/units", "/", "/maps/overview", "/locate?lon=121.405&lat=28.6545", "/openapi.json")
OF_NOW = ("/health", "/ready", "/metrics")
PLAIN = {"accept-encoding": "identity"}


def serve(settings: Settings | None = None) -> TestClient:
    app = create_app(settings or Settings(), lambda: world_of(TOY, THEN))
    add_routes(app)
    return TestClient(app)


def add_routes(app: FastAPI) -> None:
    @app.get("/pieces")
    async def pieces() -> StreamingResponse:
        return StreamingResponse(iter([b"ab", b"", b"cdef", b"g"]), headers={"content-length": "7"})

    @app.get("/fault")
    async def fault() -> None:
        msg = "/srv/private/thing"
        raise OSError(msg)

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @app.get("/tiles/{layer}/{z}")
    async def tile(layer: str, z: int) -> dict[str, str | int]:
        return {"layer": layer, "z": z}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with serve() as client:
        yield client


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_the_answer_is_told_so_and_no_more(client: TestClient, address: str) -> None:
    full = client.get(address)
    tag = full.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    for tags in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        reply = client.get(address, headers={"if-none-match": tags})
        assert (reply.status_code, reply.content) == (304, b"")
        for name in ("etag", "last-modified", "vary", "cache-control"):
            assert reply.headers[name] == full.headers[name]
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get(address).headers["etag"] == tag


@pytest.mark.parametrize(("hours", "status"), [(-1, 200), (0, 304), (1, 304)])
def test_the_date_counts_where_no_tag_is_given(client: TestClient, hours: int, status: int) -> None:
    since = format_datetime(THEN + timedelta(hours=hours), usegmt=True)
    assert client.get("/units", headers={"if-modified-since": since}).status_code == status
    both = {"if-modified-since": since, "if-none-match": '"other"'}
    assert client.get("/units", headers=both).status_code == 200
    assert client.get("/units", headers={"if-modified-since": "today"}).status_code == 200
    assert client.get("/units").headers["last-modified"] == "Tue, 24 Nov 2026 08:00:00 GMT"


def test_different_answers_have_different_tags(client: TestClient) -> None:
    asked: list[tuple[str, dict[str, str]]] = [
        (address, {}) for address in (*ADDRESSES, "/units?x=1")
    ]
    asked += [("/units", {"accept": "text/html"}), ("/units", {"accept-language": "zh"})]
    asked += [("/units", PLAIN), ("/units", {"host": "other.example"})]
    tags = [client.get(address, headers=headers).headers["etag"] for address, headers in asked]
    with serve(Settings(title="other")) as other:
        tags.append(other.get("/units").headers["etag"])
    holder = client.app.state.holder  # type: ignore[attr-defined]
    before = holder.world
    holder.world = world_of(replace(TOY, digest="fresh"), THEN)
    tags.append(client.get("/units").headers["etag"])
    holder.world = before
    assert len(set(tags)) == len(tags)


def test_a_tile_does_not_follow_from_language_or_format(client: TestClient) -> None:
    one, other = (
        client.get("/tiles/units/8", headers={"accept": kind, "accept-language": kind})
        for kind in ("a", "b")
    )
    assert one.headers["etag"] == other.headers["etag"]
    assert one.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("address", ["/none", "/locate?lon=1", "/fault", "/tiles/units/x"])
@pytest.mark.parametrize("headers", [{}, {"if-none-match": "*"}, {"range": "bytes=0-1"}])
def test_an_error_is_never_kept_nor_cut(
    client: TestClient, address: str, headers: dict[str, str]
) -> None:
    since = {"if-modified-since": format_datetime(THEN + timedelta(1), usegmt=True)}
    reply = client.get(address, headers=headers | since)
    assert reply.status_code in {404, 422, 500}
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers
    assert reply.json()["status"] == reply.status_code
    assert reply.json()["request_id"] == reply.headers["x-request-id"]


@pytest.mark.parametrize("address", OF_NOW)
def test_what_holds_for_this_moment_is_not_kept(client: TestClient, address: str) -> None:
    reply = client.get(address, headers={"if-none-match": "*"})
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert "etag" not in reply.headers


def test_an_address_with_its_version_is_kept_for_ever(client: TestClient) -> None:
    key = world_of(TOY).key[:12]
    age = client.get(f"/tiles/units/8?v={key}").headers["cache-control"]
    assert age == "public, max-age=31536000, immutable"
    for query in ("", "?v=", f"?v={key}0", f"?w={key}", "?v=000000000000"):
        assert client.get(f"/tiles/units/8{query}").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("address", [*ADDRESSES, "/health", "/none", "/pieces"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_head_is_get_without_the_body(client: TestClient, address: str, coding: str) -> None:
    asked = {"accept-encoding": coding, "x-request-id": "12345678"}
    get, head = client.get(address, headers=asked), client.head(address, headers=asked)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert dict(head.headers) == {
        name: value for name, value in get.headers.items() if name != "accept-ranges"
    }


@given(st.integers(0, 40), st.integers(0, 60), st.integers(0, 60))
def test_a_range_is_the_slice_that_it_names(size: int, first: int, last: int) -> None:
    whole = range(size)
    assert wanted(b"bytes=%d-" % first, size) == whole[first:]
    assert wanted(b"bytes=-%d" % last, size) == whole[max(size - last, 0) :]
    found = wanted(b"Bytes=%d-%d" % (first, last), size)
    assert found == (whole[first : last + 1] if first <= last else None)


@pytest.mark.parametrize("header", [b"", b"bytes=-", b"bytes=0-1,3-4", b"lines=0-1", b"bytes=a-b"])
def test_a_range_that_is_none_counts_for_nothing(header: bytes) -> None:
    assert wanted(header, 10) is None


@pytest.mark.parametrize("address", ["/units", "/pieces"])
@given(data=st.data())
def test_parts_make_up_the_whole(client: TestClient, address: str, data: st.DataObject) -> None:
    whole = client.get(address, headers=PLAIN).content
    cut = data.draw(st.integers(1, len(whole) - 1))
    parts = [client.get(address, headers={"range": f"bytes=0-{cut - 1}"})]
    tag = parts[0].headers["etag"]
    parts += [client.get(address, headers={"range": f"bytes={cut}-", "if-range": tag})]
    assert [part.status_code for part in parts] == [206, 206]
    assert parts[1].headers["content-range"] == f"bytes {cut}-{len(whole) - 1}/{len(whole)}"
    assert parts[0].content + parts[1].content == whole


def test_a_range_beyond_the_end_or_of_another_version(client: TestClient) -> None:
    beyond = client.get("/pieces", headers={"range": "bytes=7-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */7")
    assert beyond.json()["status"] == 416
    old = client.get("/pieces", headers={"range": "bytes=0-1", "if-range": '"old"'})
    assert (old.status_code, old.content) == (200, b"abcdefg")


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_answers_are_compressed_for_who_takes_it(client: TestClient, coding: str) -> None:
    reply = client.get("/units", headers={"accept-encoding": coding})
    assert reply.headers["content-encoding"] == coding
    assert reply.json() == client.get("/units", headers=PLAIN).json()


@pytest.mark.parametrize("address", ["/units", "/none", "/fault"])
def test_a_browser_is_told_to_fetch_nothing_from_outside(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("address", ["/", "/maps/overview"])
def test_the_scripts_of_our_pages_are_allowed_and_no_others(
    client: TestClient, address: str
) -> None:
    reply = client.get(address)
    policy = reply.headers["content-security-policy"]
    for kind, text in re.findall(r"<(script|style)>(.*?)</\1>", reply.text, flags=re.DOTALL):
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy.split(f"{kind}-src ")[1].split(";")[0]
    assert "script-src 'self' 'unsafe" not in policy
    assert policy_of("<p>none</p>").count("sha256") == 0


def test_only_named_origins_may_frame_and_read() -> None:
    here = "https://portal.example"
    with serve(Settings(ancestors=(here,), origins=(here,))) as client:
        assert client.get("/embed/x").headers["content-security-policy"].endswith(here)
        assert "'none'" in client.get("/units").headers["content-security-policy"].split(";")[-1]
        ours = client.get("/units", headers={"origin": here}).headers
        other = client.get("/units", headers={"origin": "https://evil.example"}).headers
        assert ours["access-control-allow-origin"] == here
        assert "access-control-allow-origin" not in other
        assert "Origin" in ours["vary"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-123_x.y", True), ("short", False), ("a b c d e f", False), ("x" * 65, False)],
)
def test_a_sane_id_is_kept_and_another_replaced(
    client: TestClient, given: str, *, kept: bool
) -> None:
    found = client.get("/health", headers={"x-request-id": given}).headers["x-request-id"]
    assert (found == given) == kept
    assert re.fullmatch(r"[\w.-]{8,64}", found)


def lines_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


@pytest.mark.parametrize("positions", [False, True])
def test_the_log_tells_where_a_user_looks_only_if_asked_to(
    caplog: pytest.LogCaptureFixture, *, positions: bool
) -> None:
    caplog.set_level(logging.INFO, "services")
    with serve(Settings(log_positions=positions)) as client:
        client.get("/locate?lon=121.405&lat=28.6545")
    line = next(line for line in lines_of(caplog) if line["logger"] == "services.access")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/locate", 200)
    assert ("121.405" in json.dumps(line)) == positions


def test_a_fault_is_logged_with_the_id_that_the_client_saw(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    reply = client.get("/fault", headers={"x-request-id": "12345678"})
    assert (reply.status_code, reply.json()["detail"]) == (500, OURS)
    assert "private" not in reply.text
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert any("private" in str(line.get("trace")) for line in lines)
    assert logging_config()["root"]["level"] == "WARNING"


def test_metrics_count_by_route_and_not_by_address(client: TestClient) -> None:
    for z in range(5):
        client.get(f"/tiles/units/{z}")
        client.get(f"/nothing/{z}")
        client.request("BREW", "/units")
    text = client.get("/metrics").text
    assert 'tzkc_requests_total{method="GET",route="/tiles/{layer}/{z}",status="2xx"}' in text
    assert 'method="other"' in text
    assert "/nothing" not in text
    assert "BREW" not in text
    with serve(Settings(metrics=False, access_log=False)) as off:
        assert off.get("/metrics").status_code == 404


@pytest.mark.parametrize("size", [0, 1, 1000, 1001, 5000])
@pytest.mark.parametrize("told", [True, False])
def test_a_body_is_taken_up_to_its_limit(size: int, *, told: bool) -> None:
    with serve(Settings(limits=Limits(body_bytes=1000))) as client:
        data = bytes(size)
        reply = client.post("/echo", content=data if told else iter([data[:500], data[500:]]))
        assert reply.status_code == (200 if size <= 1000 else 413)
        if size > 1000:
            assert "1000 bytes" in reply.json()["detail"]
            assert reply.headers["connection"] == "close"


def test_a_rate_is_kept_and_says_when_to_come_back() -> None:
    with serve(Settings(rate="3/hour")) as client:
        states = [client.get("/units").status_code for _ in range(5)]
        assert states == [200, 200, 200, 429, 429]
        assert 1 <= int(client.get("/units").headers["retry-after"]) <= 3601
        assert client.get("/health").status_code == 200
    with pytest.raises(DataError, match="rate is wrong, expected a rate such as 120/minute"):
        create_app(Settings(rate="fast"), lambda: TOY)


def test_more_connections_than_the_limit_are_sent_away(client: TestClient) -> None:
    state = client.app.state  # type: ignore[attr-defined]
    state.connections = lambda: 513
    reply = client.get("/units")
    state.connections = int
    assert (reply.status_code, reply.headers["connection"]) == (503, "close")
    assert int(reply.headers["retry-after"]) > 0


def test_ready_says_when_the_end_is_near(client: TestClient) -> None:
    assert client.get("/ready").json()["status"] == "ready"
    state = client.app.state  # type: ignore[attr-defined]
    state.draining = True
    reply = client.get("/ready")
    state.draining = False
    assert (reply.status_code, "retry-after" in reply.headers) == (503, True)


def test_reload_needs_the_token_and_keeps_the_old_where_the_new_is_broken() -> None:
    found = [TOY]
    said: list[int] = []

    def load() -> object:
        if not found:
            msg = "/srv/private/units.csv:3: area is wrong"
            raise DataError(msg)
        return found.pop()

    app = create_app(Settings(token="t0ken"), load)  # type: ignore[arg-type]  # noqa: S106
    with TestClient(app) as client:
        app.state.announce = lambda: said.append(1)
        assert client.post("/admin/reload").status_code == 401
        bad = client.post("/admin/reload", headers={"authorization": "Bearer t0kem"})
        assert (bad.status_code, bad.headers["www-authenticate"]) == (401, "Bearer")
        ours = {"authorization": "Bearer t0ken"}
        key = client.get("/ready").json()["key"]
        broken = client.post("/admin/reload", headers=ours)
        assert (broken.status_code, broken.json()["detail"]) == (
            *(422, "units.csv:3: area is wrong"),
        )
        assert (client.get("/ready").json()["key"], said) == (key, [])
        found.append(replace(TOY, digest="fresh"))
        fresh = client.post("/admin/reload", headers=ours)
        assert fresh.json()["digest"] == "fresh"
        assert client.get("/ready").json()["key"] == fresh.json()["key"] != key
        assert said == [1]
        text = client.get("/metrics").text
        assert 'tzkc_reloads_total{outcome="refused"} 1.0' in text
    with serve() as client:
        assert client.post("/admin/reload", headers=ours).status_code == 403
    assert issubclass(DataError, TzkcError)
