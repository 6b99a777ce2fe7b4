from typing import Any

def AddColormap(
    in_raster: str, in_template_raster: str | None = ..., input_CLR_file: str | None = ...
) -> Any: ...
def AddField(
    in_table: str,
    field_name: str,
    field_type: str,
    field_precision: int | None = ...,
    field_scale: int | None = ...,
    field_length: int | None = ...,
) -> Any: ...
def BuildRasterAttributeTable(in_raster: str, overwrite: str | None = ...) -> Any: ...
def CopyFeatures(in_features: str, out_feature_class: str) -> Any: ...
def CopyRaster(
    in_raster: Any,
    out_rasterdataset: str,
    config_keyword: str | None = ...,
    background_value: float | None = ...,
    nodata_value: str | None = ...,
    onebit_to_eightbit: str | None = ...,
    colormap_to_RGB: str | None = ...,
    pixel_type: str | None = ...,
) -> Any: ...
def CreateFeatureclass(
    out_path: str,
    out_name: str,
    geometry_type: str | None = ...,
    template: Any = ...,
    has_m: str | None = ...,
    has_z: str | None = ...,
    spatial_reference: Any = ...,
) -> Any: ...
def Delete(in_data: str) -> Any: ...
def Rename(in_data: str, out_data: str, data_type: str | None = ...) -> Any: ...
