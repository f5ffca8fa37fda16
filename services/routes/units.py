"""The table of the 19 units, and each of them with its grounds."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path

from services.deps import Heavy, Ready
from services.formats import PROBLEM
from tzkc_geo.reports import unit_json, units_json

router = APIRouter(tags=["units"])

UnitId = Annotated[str, Path(description="Id of a unit.", examples=["c01", "z1", "corridor"])]


@router.get("/units")
async def units(world: Ready) -> dict[str, Any]:
    """Return all units with reported and measured area, grade and verdict."""
    return world.once("units", units_json)


@router.get("/units/{unit_id}", responses={404: PROBLEM | {"description": "No such unit."}})
async def unit(unit_id: UnitId, world: Ready, pool: Heavy) -> dict[str, Any]:
    """Return one unit: plan facts, area in every way, edges and the lines that made them."""
    make = partial(unit_json, unit_id=unit_id)
    return await pool.run(world.once, f"unit-{unit_id}", make)
