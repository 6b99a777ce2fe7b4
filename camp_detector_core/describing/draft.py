"""Values of a description, from the user, else the file, else a default."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from camp_detector_core import __version__
from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.spec import Band, ClassDef, ModelSpec
from camp_detector_core.engine.wording import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .deepness import Hints
    from .options import DraftOptions

_RGB = ("red", "green", "blue")
_TILE, _THRESHOLD, _CLASS = 512, 0.5, "dwelling"
_MULTIPLE = 32
_COLOURS = (
    "#E4572E", "#2E86AB", "#F6C85F", "#6F4E7C", "#3BB273", "#9C3848", "#7A7A7A", "#1F77B4",
    "#D37295", "#8C6D31",
)  # fmt: skip
FROM_USER, FROM_FILE, FROM_DEEPNESS, FROM_DEFAULT = (
    "given",
    "its own description",
    "Deepness' metadata",
    "assumed",
)


@dataclass
class Draft:
    """Values of a description with the source of each."""

    options: DraftOptions
    hints: Hints
    file_spec: ModelSpec | None
    """Description that the file already holds."""
    origin: str
    """Name of the file."""
    sources: dict[str, str] = field(default_factory=dict)
    """Source of each field: `FROM_USER`, `FROM_FILE`, `FROM_DEEPNESS`, `FROM_DEFAULT`."""

    def _choose(self, name: str, *values: tuple[Any, str]) -> Any:  # noqa: ANN401 - of any field
        """Return the user's value, else the first that is present, and note its source."""
        for value, source in ((getattr(self.options, name), FROM_USER), *values):
            if value is not None and value != ():
                self.sources[name] = source
                return value
        return None

    def _in_file(self, name: str) -> tuple[Any, str]:
        """Value of a field in the description that the file holds; None if it holds none."""
        return getattr(self.file_spec, name, None), FROM_FILE

    def trial_spec(self, *, channels: int, side: int | None) -> ModelSpec:
        """Make a description to run the network with, before the classes are known.

        Args:
            channels: Number of channels of the network's input.
            side: Height and width that it requires; None if any.

        Raises:
            SpecError: Something is missing, or does not fit the network.
        """
        tile, multiple = self._tile(side)
        gsd = self._choose("gsd", self._in_file("gsd"), (self.hints.gsd, FROM_DEEPNESS))
        if gsd is None:
            msg = f"{self.origin} does not say how large its pixels are"
            remedy = "give {gsd}, the metres a pixel of the imagery that it was trained on"
            raise SpecError(msg, parameter="gsd", remedy=remedy)
        dtype = self._choose("dtype", self._in_file("dtype"), ("uint8", FROM_DEFAULT))
        version = self._choose("version", self._in_file("version"), ("1", FROM_DEFAULT))
        spec = ModelSpec(
            name=self._name(),
            version=str(version),
            bands=self._bands(channels, str(dtype)),
            classes=(ClassDef(1, _CLASS, _COLOURS[0]),),
            gsd=float(gsd),
            dtype=str(dtype),
            tile_size=tile,
            overlap=0,
            multiple=multiple,
        )
        return replace(spec, overlap=self._overlap(tile))

    def _tile(self, side: int | None) -> tuple[int, int]:
        size = self._choose(
            "tile_size",
            (side, "the network"),
            self._in_file("tile_size"),
            (self.hints.tile_size, FROM_DEEPNESS),
            (_TILE, FROM_DEFAULT),
        )
        tile = int(size)
        if side is not None and tile != side:
            msg = f"{self.origin} takes chips of {side} pixels alone"
            raise SpecError(msg, parameter="tile_size", remedy="leave {tile_size} out")
        if self.file_spec is not None and tile % self.file_spec.multiple == 0:
            return tile, self.file_spec.multiple
        multiple = _MULTIPLE
        while tile % multiple:
            multiple //= 2
        return tile, multiple

    def _overlap(self, tile: int) -> int:
        file_overlap = (
            self.file_spec.overlap if self.file_spec and self.file_spec.overlap < tile / 2 else None
        )
        part = self.hints.overlap
        hinted_overlap = None if part is None else min(round(part * tile), (tile - 1) // 2)
        overlap = self._choose(
            "overlap",
            (file_overlap, FROM_FILE),
            (hinted_overlap, FROM_DEEPNESS),
            (tile // 8, FROM_DEFAULT),
        )
        return int(overlap)

    def _name(self) -> str:
        stem = re.split(r"[\\/]", self.origin)[-1].rsplit(".", 1)[0]
        file_name = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._") or "model"
        return str(self._choose("name", self._in_file("name"), (file_name, "the file's name")))

    def _bands(self, channels: int, dtype: str) -> tuple[Band, ...]:
        file_bands = self.file_spec.bands if self.file_spec else ()
        default_bands = _RGB if self.hints.is_any and channels == len(_RGB) else ()
        names = self._choose(
            "bands",
            (tuple(b.name for b in file_bands), FROM_FILE),
            (default_bands, f"{FROM_DEFAULT}, as Deepness does"),
        )
        if not isinstance(names, tuple):
            msg = f"{self.origin} takes {channels} bands and does not say which"
            remedy = "give {bands}, their names in its order, as red,green,blue"
            raise SpecError(msg, parameter="bands", remedy=remedy)
        if len(names) != channels:
            msg = (
                f"{self.origin} takes {channels} bands, and {len(names)} are named "
                f"({shown(', '.join(names))})"
            )
            raise SpecError(msg, parameter="bands", remedy="give {bands} with one name for each")
        hints = {"scale": (), "mean": self.hints.mean, "std": self.hints.std}
        usual = {"scale": (1 / 255,) if dtype == "uint8" else (), "mean": (0.0,), "std": (1.0,)}
        scaling = []
        for name, hint in hints.items():
            fits = len(file_bands) == channels
            in_file = tuple(getattr(band, name) for band in file_bands) if fits else ()
            values = (in_file, FROM_FILE), (hint, FROM_DEEPNESS), (usual[name], FROM_DEFAULT)
            scaling.append(self._value_per_band(name, values, channels))
        return tuple(Band(*values) for values in zip(names, *scaling, strict=True))

    def _value_per_band(
        self, name: str, values: Sequence[tuple[tuple[float, ...], str]], channels: int
    ) -> tuple[float, ...]:
        """Choose one number for each band."""
        choice = self._choose(name, *values)
        if not isinstance(choice, tuple):
            msg = (
                f"{self.origin} does not say what values of {self.options.dtype} are multiplied by"
            )
            raise SpecError(msg, parameter="scale", remedy="give {scale}, as 1/65535")
        numbers = choice * channels if len(choice) == 1 else choice
        if len(numbers) != channels:
            msg = (
                f"{self.origin} takes {channels} bands, and there are {len(numbers)} values of "
                f"{name} ({self.sources[name]})"
            )
            remedy = f"give {{{name}}} with one for all, or one for each"
            raise SpecError(msg, parameter=name, remedy=remedy)
        return tuple(float(v) for v in numbers)

    def full_spec(
        self, spec: ModelSpec, names: Sequence[str], operation: str, digest: str
    ) -> ModelSpec:
        """Complete the description.

        Args:
            spec: Result of `trial_spec`.
            names: Class names in the order of the output's channels.
            operation: Operation behind the network, as text.
            digest: SHA-256 of the file that was described.

        Raises:
            SpecError: A value is not valid.
        """
        options, (file_classes, _) = self.options, self._in_file("classes")
        has_same_names = [c.name for c in file_classes or ()] == list(names)
        classes = tuple(
            ClassDef(i + 1, name, _COLOURS[i % len(_COLOURS)]) for i, name in enumerate(names)
        )
        threshold = self._choose(
            "threshold",
            self._in_file("threshold"),
            (self.hints.threshold or None, FROM_DEEPNESS),
            (_THRESHOLD, FROM_DEFAULT),
        )
        area = self._choose("min_area", self._in_file("min_area"), (0.0, FROM_DEFAULT))
        provenance = {
            **(self._in_file("provenance")[0] or {}),
            "described by": f"camp-detector {__version__}",
            "described from": f"sha256 {digest}",
            "end of the network": operation,
        }
        return replace(
            spec,
            classes=file_classes if has_same_names else classes,
            threshold=float(threshold),
            min_area=area,
            description=options.description or self._in_file("description")[0] or "",
            licence=options.licence or self._in_file("licence")[0] or "",
            attribution=options.attribution or self._in_file("attribution")[0] or (),
            separation=options.separation or self._in_file("separation")[0],
            provenance=provenance,
        )
