"""Cursors over tables in memory; types are held to the fields'."""

from __future__ import annotations

from typing import Any

from ._geometry import Polygon
from ._state import state

_KINDS = {"TEXT": str, "DOUBLE": float, "LONG": int}


class Table:
    """A feature class, or the attribute table of a raster."""

    def __init__(self, reference: Any = None) -> None:
        self.reference = reference
        self.fields: dict = {}
        """Type and length of each field."""
        self.rows: list[dict] = []

    def check(self, name: str, value: Any) -> Any:
        if name == "SHAPE@":
            if not isinstance(value, (Polygon, type(None))):
                raise TypeError("SHAPE@ takes a polygon")
            return value
        kind, length = self.fields[name]
        if value is not None and type(value) is not _KINDS[kind]:
            raise TypeError(f"{name} is {kind} and cannot hold {value!r}")
        if kind == "TEXT" and value is not None and length and len(value) > length:
            raise RuntimeError(f"{name} holds {length} letters, not {value!r}")
        return value


class _Cursor:
    def __init__(self, in_table: Any, field_names: Any) -> None:
        path = state.layers.get(str(in_table), str(in_table))
        if path not in state.tables:
            raise RuntimeError(f"cannot open '{path}'")
        self.table = state.tables[path]
        self.names = [field_names] if isinstance(field_names, str) else list(field_names)
        fields = {"SHAPE@", "OID@", *self.table.fields}
        missing = [name for name in self.names if name not in fields]
        if missing:
            raise RuntimeError(f"A column was specified that does not exist: {missing}")

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        self.names = []


class SearchCursor(_Cursor):
    def __init__(
        self,
        in_table: Any,
        field_names: Any,
        where_clause: str | None = None,
        spatial_reference: Any = None,
    ) -> None:
        super().__init__(in_table, field_names)
        self.reference = spatial_reference

    def __iter__(self) -> Any:
        for number, row in enumerate(self.table.rows, 1):
            values = {"OID@": number, **row}
            shape = values.get("SHAPE@")
            if shape is not None and self.reference is not None:
                values["SHAPE@"] = shape.projectAs(self.reference)
            yield tuple(values[name] for name in self.names)


class InsertCursor(_Cursor):
    def __init__(self, in_table: Any, field_names: Any) -> None:
        super().__init__(in_table, field_names)

    def insertRow(self, row: Any) -> int:
        if len(row) != len(self.names):
            raise TypeError("sequence size must match size of the row")
        self.table.rows.append({n: self.table.check(n, v) for n, v in zip(self.names, row)})
        return len(self.table.rows)


class UpdateCursor(_Cursor):
    def __init__(self, in_table: Any, field_names: Any, where_clause: str | None = None) -> None:
        super().__init__(in_table, field_names)

    def __iter__(self) -> Any:
        for row in self.table.rows:
            self.row = row
            yield [row.get(name) for name in self.names]

    def updateRow(self, row: Any) -> None:
        self.row.update({n: self.table.check(n, v) for n, v in zip(self.names, row)})
