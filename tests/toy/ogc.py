"""Questions to OGC API over the toy world, and what tests read out of the answers."""

from typing import Any

from fastapi.testclient import TestClient

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
Page = dict[str, Any]


def items(client: TestClient, collection: str = "units", **query: str) -> Page:
    reply = client.get(
        f"/collections/{collection}/items",
        params={
            key.replace("_crs", "-crs").replace("_lang", "-lang"): v for key, v in query.items()
        },
    )
    assert reply.status_code == 200, reply.text
    page: Page = reply.json()
    return page


def ids(client: TestClient, collection: str = "units", **query: str) -> list[str]:
    return [one["id"] for one in items(client, collection, **query)["features"]]


def refused(client: TestClient, query: dict[str, str], status: int = 400) -> str:
    reply = client.get("/collections/units/items", params=query)
    assert (reply.status_code, reply.headers["content-type"]) == (
        *(status,),
        "application/problem+json",
    )
    return str(reply.json()["detail"])


def rels(page: Page) -> dict[str, str]:
    return {one["rel"]: one["href"] for one in page["links"]}
