"""Names of fields in files: what a format cannot take is made to fit, and stays apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.outputs.vector_formats import FORMATS, MORE_FORMATS

NAMES = st.lists(st.text(min_size=1, max_size=40), max_size=30, unique_by=str.lower)
SHAPEFILE, KML, TAB = FORMATS[".shp"], MORE_FORMATS[".kml"], MORE_FORMATS[".tab"]


@given(NAMES)
def test_names_of_a_shapefile_fit_and_are_all_there(names: list[str]) -> None:
    field_names = SHAPEFILE.field_names(names)
    assert len(field_names) == len(names) == len({name.lower() for name in field_names})
    assert all(len(name.encode()) <= 10 for name in field_names)
    assert [n for n in field_names if n in names] == [n for n in names if n in field_names]


def test_known_names_are_chosen_and_others_are_numbered() -> None:
    names = [
        "probability",
        "population_2023",
        "population_2024",
        "POPULATION",
        "id",
        "مخيم اللاجئين",
    ]
    assert SHAPEFILE.field_names(names) == [
        "prob", "population", "populati_2", "POPULATI_3", "id", "مخيم ",
    ]  # fmt: skip
    assert SHAPEFILE.field_names(["probability", "prob"]) == ["prob", "prob_2"]
    assert KML.field_names(["id", "Begin", "name"]) == ["id_", "Begin_", "name"]
    assert TAB.field_names(["a b", "a-b", "a_b"]) == ["a_b", "a_b_2", "a_b_3"]
    assert FORMATS[".gpkg"].field_names(names) == names
