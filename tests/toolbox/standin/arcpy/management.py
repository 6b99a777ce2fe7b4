"""Geoprocessing tools over tables in memory and raster files."""

from __future__ import annotations

import copy
import os
from typing import Any

from . import ExecuteError, Raster, _recorded, env, state
from ._rasters import copy as copy_raster
from ._rasters import values_of
from .da import Table


def _refuse(path: str) -> None:
    if state.exists(path) and not env.overwriteOutput:
        state.gp_messages.append(f"ERROR 000725: Dataset {path} already exists.")
        raise ExecuteError(f"ERROR 000725: Dataset {path} already exists.")


@_recorded
def AddColormap(
    in_raster: str,
    in_template_raster: str | None = None,
    input_CLR_file: str | None = None,
) -> None:
    if not state.exists(in_raster):
        raise ExecuteError("ERROR 000732: the raster does not exist")
    with open(input_CLR_file, encoding="ascii") as stream:
        state.tables[in_raster + "#colours"] = [tuple(map(int, line.split())) for line in stream]


@_recorded
def AddField(
    in_table: str,
    field_name: str,
    field_type: str,
    field_precision: int | None = None,
    field_scale: int | None = None,
    field_length: int | None = None,
) -> None:
    if field_type not in {"TEXT", "DOUBLE", "LONG"}:
        raise ExecuteError(f"ERROR 000800: {field_type} is no type")
    if not field_name.isidentifier():
        raise ExecuteError("ERROR 000310: the field name is invalid")
    state.tables[in_table].fields[field_name] = (field_type, field_length)


@_recorded
def BuildRasterAttributeTable(in_raster: str, overwrite: str | None = "NONE") -> None:
    table = Table()
    table.fields = {"Value": ("LONG", None), "Count": ("DOUBLE", None)}
    file = state.rasters.get(in_raster, in_raster)
    table.rows = [{"Value": v, "Count": float(n)} for v, n in values_of(file)]
    state.tables[in_raster] = table


@_recorded
def CopyFeatures(in_features: str, out_feature_class: str) -> None:
    _refuse(out_feature_class)
    table = copy.deepcopy(state.tables[in_features])
    if not isinstance(env.extent, (str, type(None))):
        box = env.extent
        table.rows = [
            row
            for row in table.rows
            if any(
                box.XMin <= x <= box.XMax and box.YMin <= y <= box.YMax
                for x, y in row["SHAPE@"].rings[0]
            )
        ]
    state.tables[out_feature_class] = table


@_recorded
def CopyRaster(
    in_raster: Any,
    out_rasterdataset: str,
    config_keyword: str | None = None,
    background_value: float | None = None,
    nodata_value: str | None = None,
    onebit_to_eightbit: str | None = None,
    colormap_to_RGB: str | None = None,
    pixel_type: str | None = None,
) -> None:
    _refuse(out_rasterdataset)
    name = str(in_raster)
    extent = env.extent if not isinstance(env.extent, str) else None
    own = Raster(in_raster).spatialReference.exportToString()
    target_crs = env.outputCoordinateSystem
    crs = target_crs._wkt if target_crs is not None and target_crs.exportToString() != own else None
    snap = None if env.snapRaster is None else str(env.snapRaster)
    copy_raster(
        state.rasters.get(name, name),
        out_rasterdataset,
        extent,
        crs=crs,
        snap=state.rasters.get(snap, snap),
        cell=env.cellSize if isinstance(env.cellSize, (int, float)) else None,
    )


@_recorded
def CreateFeatureclass(
    out_path: str,
    out_name: str,
    geometry_type: str | None = "POLYGON",
    template: Any = None,
    has_m: str | None = None,
    has_z: str | None = None,
    spatial_reference: Any = None,
) -> None:
    if out_path not in state.workspaces:
        raise ExecuteError(f"ERROR 000732: {out_path} does not exist")
    path = f"{out_path}\\{out_name}"
    _refuse(path)
    state.tables[path] = Table(spatial_reference)


@_recorded
def Delete(in_data: str) -> None:
    state.tables.pop(in_data, None)
    if os.path.isfile(in_data):
        os.unlink(in_data)


@_recorded
def Rename(in_data: str, out_data: str, data_type: str | None = None) -> None:
    if not state.exists(in_data):
        raise ExecuteError(f"ERROR 000732: {in_data} does not exist")
    if state.exists(out_data):
        raise ExecuteError(f"ERROR 000725: Dataset {out_data} already exists.")
    if in_data in state.tables:
        state.tables[out_data] = state.tables.pop(in_data)
    if os.path.isfile(in_data):
        os.rename(in_data, out_data)
