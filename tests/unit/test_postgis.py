"""Collections in a real PostGIS: all of them, at once, or nothing is changed."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from psycopg import sql

from tests.toy.server import PASSWORD, USER, Server, server
from tests.toy.world import catalog as toy_catalog
from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main
from tzkc_geo.collections import Collection, collection, collections
from tzkc_geo.errors import DataError
from tzkc_geo.io.postgis import Database, is_address, publish
from tzkc_geo.verdict import locate

TOY = toy_catalog()
SITE = (121.45, 28.645)
IDS = tuple(collections(TOY))


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as started:
        with psycopg.connect(started.address("postgres"), autocommit=True) as admin:
            admin.execute("CREATE ROLE reader LOGIN PASSWORD 'only-reads-42'")
            admin.execute("CREATE DATABASE bare")
        yield started


@pytest.fixture
def address(running: Server) -> Iterator[str]:
    """Give the address of an empty database with PostGIS."""
    with psycopg.connect(running.address("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE plan")
        with psycopg.connect(running.address("plan")) as made:
            made.execute("CREATE EXTENSION postgis")
        yield running.address("plan")
        admin.execute("DROP DATABASE plan WITH (FORCE)")


def ask(address: str, question: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(sql.SQL(question), values).fetchall()


def tell(address: str, *commands: str) -> None:
    with psycopg.connect(address) as connection:
        for command in commands:
            connection.execute(command)


def refused(address: str, *found: Collection, schema: str = "tzkc") -> str:
    """Return the sentence with which publishing is refused: one line, no password."""
    with pytest.raises(DataError) as caught:
        publish(found or (collection(TOY, "units"),), Database.of(address), schema=schema)
    return sentence(str(caught.value))


def sentence(text: str) -> str:
    assert "\n" not in text.strip()
    assert PASSWORD not in text
    return text


def tables(address: str) -> set[tuple[str, str]]:
    told = ask(
        address,
        "SELECT schemaname, tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'public')",
    )
    return {(schema, table) for schema, table in told}


def twice(one: Collection) -> Collection:
    """Return a collection that no table can hold: its ids stand twice."""
    cells = {name: cells * 2 for name, cells in one.values.items()}
    return replace(one, shapes=np.concatenate([one.shapes, one.shapes]), values=cells)


# ── what is there afterwards ─────────────────────────────────────────────────────────────────────


def test_every_collection_is_a_table_with_all_bits(address: str, real_catalog: Catalog) -> None:
    found = list(collections(real_catalog).values())
    publish(found, Database.of(address))
    assert tables(address) == {("tzkc", name) for name in IDS}
    for one in found:
        names = [column.name for column in one.columns]
        rows = ask(
            address,
            f"SELECT {', '.join(names)}, ST_AsBinary(geom) FROM tzkc.{one.collection_id}",  # noqa: S608
        )
        assert len(rows) == len(one)
        by_id = {row[0]: row for row in rows}
        for number, key in enumerate(one.ids):
            *cells, shape = by_id[key]
            assert dict(zip(names, cells, strict=True)) == one.properties(number)
            expected = one.shapes[number]
            assert (shape is None) == (expected is None)
            if shape is not None:
                got = shapely.from_wkb(bytes(shape))
                assert shapely.get_num_geometries(got) == shapely.get_num_geometries(expected)
                for a, b in zip(shapely.get_parts(got), shapely.get_parts(expected), strict=True):
                    assert shapely.equals_exact(a, b, 0.0)


def test_tables_have_keys_indices_systems_and_comments(address: str) -> None:
    publish(list(collections(TOY).values()), Database.of(address))
    kinds = {"Polygon": "MULTIPOLYGON", "LineString": "LINESTRING", "Point": "POINT"}
    told = ask(
        address,
        "SELECT f_table_name, type, srid FROM geometry_columns WHERE f_table_schema = 'tzkc'",
    )
    assert {name: (kind, srid) for name, kind, srid in told} == {
        name: (kinds[one.geometry], 4490) for name, one in collections(TOY).items()
    }
    told = ask(
        address,
        "SELECT c.relname, am.amname, i.indisprimary, pg_get_indexdef(i.indexrelid, 1, true)"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am am ON am.oid = x.relam"
        " WHERE c.relnamespace = 'tzkc'::regnamespace",
    )
    assert set(told) == {
        row
        for name, one in collections(TOY).items()
        for row in ((name, "btree", True, one.key), (name, "gist", False, "geom"))
    }
    (comment,) = ask(address, "SELECT col_description('tzkc.units'::regclass, 7)")
    assert comment == ("area on the ellipsoid, by the statutory formula, km2",)


def test_postgis_finds_the_unit_that_we_find(address: str, real_catalog: Catalog) -> None:
    publish([collection(real_catalog, "clusters")], Database.of(address))
    found = ask(
        address,
        "SELECT unit_id FROM tzkc.clusters"
        " WHERE ST_Covers(geom, ST_SetSRID(ST_Point(%s, %s), 4490))",
        *SITE,
    )
    assert found == [(locate(*SITE, real_catalog).cluster,)]


def test_publishing_again_replaces_rows_keeps_grants_and_leaves_the_rest(address: str) -> None:
    publish([collection(TOY, "units"), collection(TOY, "edges")], Database.of(address))
    tell(
        address,
        "GRANT SELECT ON tzkc.units TO reader",
        "GRANT SELECT ON tzkc.units TO PUBLIC",
        "CREATE TABLE tzkc.mine (id int)",
    )
    moved = replace(TOY, units=TOY.units[:3])
    publish([collection(moved, "units")], Database.of(address))
    assert ask(address, "SELECT count(*) FROM tzkc.units") == [(3,)]
    assert tables(address) == {("tzkc", name) for name in ("units", "edges", "mine")}
    granted = ask(
        address,
        "SELECT grantee FROM information_schema.table_privileges"
        " WHERE table_name = 'units' AND grantee <> %s ORDER BY 1",
        USER,
    )
    assert granted == [("PUBLIC",), ("reader",)]


# ── nothing half-written ─────────────────────────────────────────────────────────────────────────


class _Watched(tuple[Any, ...]):
    """Cells that do something when they are read."""

    __slots__ = ()
    action: Any = None

    def __iter__(self) -> Iterator[Any]:
        type(self).action()
        return super().__iter__()


def _watched(one: Collection, action: Any) -> Collection:  # noqa: ANN401  (a call)
    kind = type("_Cells", (_Watched,), {"action": staticmethod(action), "__slots__": ()})
    last = one.columns[-1].name
    return replace(one, values={**one.values, last: kind(one.values[last])})


def test_readers_see_the_old_tables_until_the_end(address: str) -> None:
    publish([collection(TOY, "units")], Database.of(address))
    seen: list[object] = []
    few = replace(TOY, units=TOY.units[:3])
    look = _watched(
        collection(TOY, "stations"),
        lambda: seen.extend([*ask(address, "SELECT count(*) FROM tzkc.units"), tables(address)]),
    )
    publish([collection(few, "units"), look], Database.of(address))
    assert seen == [(19,), {("tzkc", "units")}]
    assert ask(address, "SELECT count(*) FROM tzkc.units") == [(3,)]


def test_a_connection_that_breaks_midway_changes_nothing(address: str) -> None:
    publish([collection(TOY, "units")], Database.of(address))
    few = replace(TOY, units=TOY.units[:3])
    cut = _watched(
        collection(TOY, "stations"),
        lambda: ask(
            address,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'tzkc_geo'",
        ),
    )
    told = refused(address, collection(few, "units"), cut)
    assert "/plan: cannot be written, expected a PostGIS database, got " in told
    assert "terminating connection" in told
    assert ask(address, "SELECT count(*) FROM tzkc.units") == [(19,)]
    assert tables(address) == {("tzkc", "units")}


def test_rows_that_do_not_fit_change_nothing(address: str) -> None:
    publish([collection(TOY, "units")], Database.of(address))
    few = replace(TOY, units=TOY.units[:3])
    told = refused(address, collection(few, "units"), twice(collection(TOY, "stations")))
    assert "stations_pkey" in told
    assert ask(address, "SELECT count(*) FROM tzkc.units") == [(19,)]
    assert tables(address) == {("tzkc", "units")}


def test_a_table_of_others_is_not_replaced(address: str) -> None:
    tell(address, "CREATE SCHEMA city", "CREATE TABLE city.units (id int)")
    told = refused(address, schema="city")
    assert told.endswith(
        "/plan: city.units is not of tzkc export, expected none of that name; give another --schema"
    )
    assert tables(address) == {("city", "units")}


def test_what_depends_on_a_table_is_named(address: str) -> None:
    publish([collection(TOY, "units")], Database.of(address))
    tell(address, "CREATE VIEW public.big AS SELECT * FROM tzkc.units WHERE area_km2 > 10")
    assert "view big depends on table tzkc.units" in refused(address)


# ── refused in one sentence ──────────────────────────────────────────────────────────────────────


def test_a_database_that_cannot_be_used_is_named(running: Server, address: str) -> None:
    assert "has no PostGIS, expected the extension; run CREATE EXTENSION postgis" in refused(
        running.address("bare")
    )
    assert 'database "none" does not exist' in refused(running.address("none"))
    wrong = running.address("plan", password="wrong-42")  # noqa: S106
    assert "password authentication failed" in refused(wrong)
    reader = running.address("plan", user="reader", password="only-reads-42")  # noqa: S106
    assert "permission denied for database plan" in refused(reader)
    nowhere = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:9/plan"
    assert refused(nowhere).startswith(f"postgresql://{USER}@127.0.0.1:9/plan: cannot be written")
    assert "expected a name of 1 to 55 bytes" in refused(address, schema="x" * 56)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://me:{PASSWORD}@x@host/db",
        f"postgresql://me:12/{PASSWORD}@host/db",
        f"postgresql://me:{PASSWORD}/x@host/db",
        f"postgresql://me:{PASSWORD}%zz@host/db",
        f"postgresql://me:{PASSWORD}@host:port/db",
        f"postgresql://me@host/db?pasword={PASSWORD}",
    ],
)
def test_an_address_that_is_not_clear_is_not_repeated(address: str) -> None:
    told = refused(address)
    assert told.startswith("address of the database: cannot be read, expected postgresql://user@")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgres://me:pw@host:5433/db", "postgresql://me@host:5433/db"),
        ("postgresql://host/db?user=me&password=pw", "postgresql://me@host/db"),
        ("postgresql://a:1,b:2/db", "postgresql://a,b:1,2/db"),
        ("postgresql:///db?host=/run/pg", "postgresql://%2Frun%2Fpg/db"),
        ("postgresql://me:p%40w@host", "postgresql://me@host/"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, shown: str) -> None:
    database = Database.of(address)
    assert is_address(address)
    assert str(database) == shown
    assert "pw" not in repr(database)


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DataError, match=r"install it with pip install 'tzkc_geo\[postgis\]'$"):
        Database.of("postgresql://host/db")


# ── the command ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def toy_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: TOY)


@pytest.mark.usefixtures("toy_command")
def test_the_command_publishes(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", address, "--json"]) == 0
    out = sentence(capsys.readouterr().out.replace("\n", ""))
    told = json.loads(out)
    assert told == {
        "written": str(Database.of(address)),
        **{name: len(one) for name, one in collections(TOY).items()},
    }
    assert set(ask(address, "SELECT edition_digest FROM tzkc.units")) == {(TOY.digest,)}
    words = ["export", address, "--collections", "units, edges", "--schema", "two"]
    assert main(words) == 0
    assert sentence(capsys.readouterr().err).startswith("written: postgresql://publisher@")
    assert {table for schema, table in tables(address) if schema == "two"} == {"units", "edges"}


@pytest.mark.usefixtures("toy_command")
def test_the_command_refuses_in_one_sentence(
    running: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = {
        (str(tmp_path / "a.gpkg"), "--schema", "x"): "error: --schema: is of a database",
        (running.address("none"),): "error: postgresql://publisher@",
        (running.address("plan"), "--collections", "unit"): "error: collection 'unit'",
        (str(tmp_path / "a.csv"), "--collections", "units,edges"): "error: format csv: holds one",
    }
    for words, expected in cases.items():
        assert main(["export", *words]) == 2
        assert sentence(capsys.readouterr().err).startswith(expected)
    assert list(tmp_path.iterdir()) == []
