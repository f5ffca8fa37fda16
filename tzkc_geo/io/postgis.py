"""Collections as tables of a PostGIS database: all replaced at once, or nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import shapely

from tzkc_geo.collections import FLAG, NUMBER, TEXT, WHOLE
from tzkc_geo.epsg import GEOGRAPHIC_EPSG
from tzkc_geo.errors import DataError
from tzkc_geo.io.geopackage import GEOMETRY, kind_of, multi

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg import Cursor, Error
    from psycopg.sql import Composed

    from tzkc_geo.collections import Collection

    Row = tuple[Any, ...]

SCHEMA: Final = "tzkc"
STAGING: Final = "_staging"
NAME_BYTES: Final = 63 - len(STAGING)  # the most that PostgreSQL keeps of a name
MARK: Final = "; written by tzkc export"  # ends the comment of a table that may be replaced
SCHEMES: Final = ("postgresql://", "postgres://")
EXPECTED: Final = "postgresql://user@host:port/database"
DEFAULTS: Final = {"connect_timeout": "10", "application_name": "tzkc_geo"}
LOCK_TIMEOUT: Final = "SET LOCAL lock_timeout = '30s'"
TYPES: Final = {TEXT: "text", NUMBER: "double precision", WHOLE: "bigint", FLAG: "boolean"}
HOME: Final = """
SELECT nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
WHERE extname = 'postgis'"""
OLD: Final = """
SELECT pg_class.oid, obj_description(pg_class.oid, 'pg_class')
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = %s AND relname = %s"""
GRANTS: Final = """
SELECT privilege_type, grantee = 0, pg_get_userbyid(grantee)
FROM pg_class, aclexplode(relacl) WHERE oid = %s AND grantee <> relowner"""


@dataclass(frozen=True, slots=True)
class Database:
    """Where to publish; as text it has no password."""

    conninfo: str = field(repr=False)  # as libpq reads it
    shown: str

    def __str__(self) -> str:
        """Return the address without its password."""
        return self.shown

    @classmethod
    def of(cls, address: str) -> Database:
        """Return the database of an address, or raise `DataError`, which does not repeat it."""
        psycopg = _driver()
        try:
            said = psycopg.conninfo.conninfo_to_dict(address)
        except psycopg.ProgrammingError:
            said = {"port": "not read"}
        user, host, port, name = (str(said.get(k, "")) for k in ("user", "host", "port", "dbname"))
        if "@" in host + name or (not port.replace(",", "").isdigit() and port):
            msg = f"address of the database: cannot be read, expected {EXPECTED}; write @ : / ? # %"
            raise DataError(msg + " in a password as %40 %3A %2F %3F %23 %25") from None
        shown = (f"{quote(user)}@" if user else "") + quote(host, safe=",")
        shown += (f":{port}" if port else "") + f"/{quote(name)}"
        return cls(psycopg.conninfo.make_conninfo("", **{**DEFAULTS, **said}), SCHEMES[0] + shown)


def is_address(text: str) -> bool:
    """Say whether a text is the address of a database, not the name of a file."""
    return text.startswith(SCHEMES)


def publish(found: Sequence[Collection], database: Database, *, schema: str = SCHEMA) -> None:
    """Write collections as tables of one schema, in one transaction.

    The tables are made in a schema beside it and then moved: readers see the old tables until all
    new ones are there. What is granted on the old tables is granted on the new ones. Other tables
    of the schema are left alone.

    Parameters
    ----------
    found
        Degrees, EPSG:4490; each is a table of its id, with the first column as primary key, the
        column ``geom``, a GiST index, and what the columns are as comments.
    database
        With the extension PostGIS.
    schema
        It is made if it does not exist.

    Raises
    ------
    DataError
        The database cannot be reached or written, has no PostGIS, or a table of that name is not
        of an earlier export. Nothing is changed then.
    """
    if not 0 < len(schema.encode()) <= NAME_BYTES:
        msg = f"--schema: expected a name of 1 to {NAME_BYTES} bytes, got {schema!r}"
        raise DataError(msg)
    psycopg = _driver()
    try:
        with psycopg.connect(database.conninfo) as connection, connection.cursor() as cursor:
            _publish(cursor, found, schema, database)
    except psycopg.Error as exc:
        msg = f"{database}: cannot be written, expected a PostGIS database, got {_reason(exc)}"
        raise DataError(msg) from exc


def _publish(
    cursor: Cursor[Row], found: Sequence[Collection], schema: str, database: Database
) -> None:
    """Make all tables beside the schema and move them into it."""
    home = cursor.execute(HOME).fetchone()
    if home is None:
        msg = f"{database}: has no PostGIS, expected the extension; run CREATE EXTENSION postgis"
        raise DataError(msg)
    staging = schema + STAGING
    cursor.execute(LOCK_TIMEOUT)
    cursor.execute(_sql("CREATE SCHEMA {}", staging))
    for one in found:
        _make(cursor, one, staging, home[0])
    cursor.execute(_sql("CREATE SCHEMA IF NOT EXISTS {}", schema))
    for one in found:
        _move(cursor, one.collection_id, staging, schema, database)
    cursor.execute(_sql("DROP SCHEMA {}", staging))


def _make(cursor: Cursor[Row], one: Collection, schema: str, home: str) -> None:
    """Make one table: columns, rows, index, comments."""
    from psycopg import sql

    table = sql.Identifier(schema, one.collection_id)
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(c.name), sql.SQL(TYPES[c.kind])) for c in one.columns
    ]
    kind = sql.SQL("{} {}.geometry({}, {})").format(
        *(sql.Identifier(GEOMETRY), sql.Identifier(home)),
        *(sql.SQL(kind_of(one)), sql.Literal(GEOGRAPHIC_EPSG)),
    )
    cursor.execute(
        sql.SQL("CREATE TABLE {} ({}, PRIMARY KEY ({}))").format(
            table, sql.SQL(", ").join([*columns, kind]), sql.Identifier(one.key)
        )
    )
    shapes = shapely.to_wkb(
        shapely.set_srid(multi(one), GEOGRAPHIC_EPSG), hex=True, include_srid=True
    )
    cells = (one.values[c.name] for c in one.columns)
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
        for row in zip(*cells, shapes, strict=True):
            copy.write_row(row)
    cursor.execute(
        sql.SQL("CREATE INDEX ON {} USING gist ({})").format(table, sql.Identifier(GEOMETRY))
    )
    for text in _comments(one, schema):
        cursor.execute(text)


def _comments(one: Collection, schema: str) -> Iterable[Composed]:
    """Yield what says in the database what a table and its columns are."""
    from psycopg import sql

    about = f"{one.title_zh} {one.title_en}: {one.about}{MARK}"
    table = sql.Identifier(schema, one.collection_id)
    yield sql.SQL("COMMENT ON TABLE {} IS {}").format(table, sql.Literal(about))
    for c in one.columns:
        told = c.about + (f", {c.unit}" if c.unit else "")
        column = sql.Identifier(schema, one.collection_id, c.name)
        yield sql.SQL("COMMENT ON COLUMN {} IS {}").format(column, sql.Literal(told))


def _move(cursor: Cursor[Row], name: str, staging: str, schema: str, database: Database) -> None:
    """Put a new table in the place of the old one, with what was granted on it."""
    from psycopg import sql

    old = cursor.execute(OLD, (schema, name)).fetchone()
    grants: list[Row] = []
    if old is not None:
        if not (old[1] or "").endswith(MARK):
            msg = f"{database}: {schema}.{name} is not of tzkc export, expected none of that name;"
            raise DataError(msg + " give another --schema")
        grants = cursor.execute(GRANTS, (old[0],)).fetchall()
        cursor.execute(_sql("DROP TABLE {}", schema, name))
    cursor.execute(
        sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(
            sql.Identifier(staging, name), sql.Identifier(schema)
        )
    )
    for privilege, is_public, role in grants:
        cursor.execute(
            sql.SQL("GRANT {} ON {} TO {}").format(
                sql.SQL(privilege),
                sql.Identifier(schema, name),
                sql.SQL("PUBLIC") if is_public else sql.Identifier(role),
            )
        )


def _sql(text: str, *name: str) -> Composed:
    """Return a statement with one name in it."""
    from psycopg import sql

    return sql.SQL(text).format(sql.Identifier(*name))


def _reason(exc: Error) -> str:
    """Return what a database says, in one line."""
    said = [exc.diag.message_primary or str(exc), exc.diag.message_detail or ""]
    return "; ".join(" ".join(part.split()) for part in said if part)


def _driver() -> Any:  # noqa: ANN401  (a module)
    """Return psycopg, or raise `DataError` if it is not installed."""
    try:
        import psycopg
    except ImportError as exc:
        msg = (
            "postgresql://: expected the package psycopg, got none;"
            " install it with pip install 'tzkc_geo[postgis]'"
        )
        raise DataError(msg) from exc
    return psycopg
