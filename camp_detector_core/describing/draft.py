"""The description of a model: what the user says, then what the file says, then what is assumed."""

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
    from .options import Wishes

_RGB = ("red", "green", "blue")
_TILE, _THRESHOLD, _CLASS = 512, 0.5, "dwelling"
_MULTIPLE = 32
_COLOURS = (
    "#E4572E", "#2E86AB", "#F6C85F", "#6F4E7C", "#3BB273", "#9C3848", "#7A7A7A", "#1F77B4",
    "#D37295", "#8C6D31",
)  # fmt: skip
GIVEN, OWN, DEEPNESS, ASSUMED = "given", "its own description", "Deepness' metadata", "assumed"


@dataclass
class Draft:
    """Collects values, and where each is from."""

    wishes: Wishes
    hints: Hints
    own: ModelSpec | None
    """The description that the file has already."""
    origin: str
    """The file's name."""
    sources: dict[str, str] = field(default_factory=dict)
    """By field of the description: `GIVEN`, `OWN`, `DEEPNESS`, `ASSUMED`."""

    def choose(self, name: str, *values: tuple[Any, str]) -> Any:  # noqa: ANN401 - of any field
        """The first of some values that is there; where it is from is kept."""
        for value, source in values:
            if value is not None and value != ():
                self.sources[name] = source
                return value
        return None

    def before(self, *, channels: int, side: int | None) -> ModelSpec:
        """A description with which the network can be run; its classes are not known yet.

        Args:
            channels: Of the network's input.
            side: The only height and width that it takes; None: any.

        Raises:
            SpecError: Something is missing, or does not fit the network.
        """
        tile, multiple = self._tile(side)
        gsd = self.choose(
            "gsd",
            (self.wishes.gsd, GIVEN),
            (self.own and self.own.gsd, OWN),
            (self.hints.gsd, DEEPNESS),
        )
        if gsd is None:
            msg = (
                f"{self.origin} does not say how large its pixels are: give --gsd, the metres a "
                "pixel of the imagery that it was trained on"
            )
            raise SpecError(msg)
        dtype = self.choose(
            "dtype", (self.wishes.dtype, GIVEN), (self.own and self.own.dtype, OWN),
            ("uint8", ASSUMED),
        )  # fmt: skip
        spec = ModelSpec(
            name=self._name(),
            version=str(self.choose("version", (self.wishes.version, GIVEN),
                (self.own and self.own.version, OWN), ("1", ASSUMED))),
            bands=self._bands(channels, str(dtype)),
            classes=(ClassDef(1, _CLASS, _COLOURS[0]),),
            gsd=float(gsd),
            dtype=str(dtype),
            tile_size=tile,
            overlap=0,
            multiple=multiple,
        )  # fmt: skip
        return replace(spec, overlap=self._overlap(tile))

    def _tile(self, side: int | None) -> tuple[int, int]:
        wanted = self.choose(
            "tile_size",
            (self.wishes.tile_size, GIVEN),
            (side, "the network"),
            (self.own and self.own.tile_size, OWN),
            (self.hints.tile_size, DEEPNESS),
            (_TILE, ASSUMED),
        )
        tile = int(wanted)
        if side is not None and tile != side:
            msg = f"{self.origin} takes chips of {side} pixels alone: leave --tile-size out"
            raise SpecError(msg)
        if self.own is not None and tile % self.own.multiple == 0:
            return tile, self.own.multiple
        multiple = _MULTIPLE
        while tile % multiple:
            multiple //= 2
        return tile, multiple

    def _overlap(self, tile: int) -> int:
        own = self.own.overlap if self.own and self.own.overlap < tile / 2 else None
        part = self.hints.overlap
        told = None if part is None else min(round(part * tile), (tile - 1) // 2)
        found = self.choose(
            "overlap", (self.wishes.overlap, GIVEN), (own, OWN), (told, DEEPNESS),
            (tile // 8, ASSUMED),
        )  # fmt: skip
        return int(found)

    def _name(self) -> str:
        stem = re.split(r"[\\/]", self.origin)[-1].rsplit(".", 1)[0]
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._") or "model"
        return str(
            self.choose(
                "name", (self.wishes.name, GIVEN), (self.own and self.own.name, OWN),
                (plain, "the file's name"),
            )
        )  # fmt: skip

    def _bands(self, channels: int, dtype: str) -> tuple[Band, ...]:
        own = self.own.bands if self.own else ()
        assumed = _RGB if self.hints.is_any and channels == len(_RGB) else ()
        names = self.choose(
            "bands",
            (self.wishes.bands, GIVEN),
            (tuple(b.name for b in own), OWN),
            (assumed, f"{ASSUMED}, as Deepness does"),
        )
        if not isinstance(names, tuple):
            msg = (
                f"{self.origin} takes {channels} bands and does not say which: give --bands, "
                "their names in its order, as red,green,blue"
            )
            raise SpecError(msg)
        if len(names) != channels:
            msg = (
                f"{self.origin} takes {channels} bands, and {len(names)} are named "
                f"({shown(', '.join(names))}): give --bands with one name for each"
            )
            raise SpecError(msg)
        fits = len(own) == channels
        usual = (1 / 255,) if dtype == "uint8" else ()
        scale = self._each("scale", [b.scale for b in own] if fits else (), (), usual, channels)
        mean = self._each(
            "mean", [b.mean for b in own] if fits else (), self.hints.mean, (0.0,), channels
        )
        std = self._each(
            "std", [b.std for b in own] if fits else (), self.hints.std, (1.0,), channels
        )
        return tuple(Band(*values) for values in zip(names, scale, mean, std, strict=True))

    def _each(
        self,
        name: str,
        own: Sequence[float],
        hint: Sequence[float],
        usual: Sequence[float],
        channels: int,
    ) -> tuple[float, ...]:
        """One number for each band."""
        given: tuple[float, ...] = getattr(self.wishes, name)
        found = self.choose(
            name, (given, GIVEN), (tuple(own), OWN), (tuple(hint), DEEPNESS),
            (tuple(usual), ASSUMED),
        )  # fmt: skip
        if not isinstance(found, tuple):
            msg = (
                f"{self.origin}: what values of {self.wishes.dtype} are multiplied by must be "
                f"given with --scale, as 1/65535"
            )
            raise SpecError(msg)
        values = found * channels if len(found) == 1 else found
        if len(values) != channels:
            where = f"--{name}" if self.sources[name] == GIVEN else self.sources[name]
            msg = (
                f"{self.origin} takes {channels} bands, and {where} gives {len(values)} values of "
                f"{name}: give --{name} with one for all, or one for each"
            )
            raise SpecError(msg)
        return tuple(float(v) for v in values)

    def after(self, spec: ModelSpec, names: Sequence[str], how: str, digest: str) -> ModelSpec:
        """The whole description.

        Args:
            spec: From `before`.
            names: Of the classes, in the order of the channels that come out.
            how: What was put behind the network, in words.
            digest: SHA-256 of the file that was described.

        Raises:
            SpecError: A value cannot be.
        """
        own, wishes, hints = self.own, self.wishes, self.hints
        same = own is not None and tuple(c.name for c in own.classes) == tuple(names)
        classes = (
            own.classes
            if own is not None and same
            else tuple(
                ClassDef(i + 1, name, _COLOURS[i % len(_COLOURS)]) for i, name in enumerate(names)
            )
        )
        threshold = self.choose(
            "threshold", (wishes.threshold, GIVEN), (own and own.threshold, OWN),
            (hints.threshold or None, DEEPNESS), (_THRESHOLD, ASSUMED),
        )  # fmt: skip
        area = wishes.min_area if wishes.min_area is not None else (own.min_area if own else 0.0)
        provenance = {
            **(own.provenance if own else {}),
            "described by": f"camp-detector {__version__}",
            "described from": f"sha256 {digest}",
            "end of the network": how,
        }
        return replace(
            spec,
            classes=classes,
            threshold=float(threshold),
            min_area=area,
            description=wishes.description or (own.description if own else ""),
            licence=wishes.licence or (own.licence if own else ""),
            attribution=wishes.attribution or (own.attribution if own else ()),
            separation=wishes.separation or (own.separation if own else None),
            provenance=provenance,
        )
