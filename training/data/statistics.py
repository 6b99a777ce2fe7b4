"""Statistics of a dataset."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.data.datamodule import CampDataModule
    from training.data.mosaic import ChipArea
    from training.fit.options import DataOptions

_PARTS = ("train", "val", "test")


def calculate_dataset_statistics(data: CampDataModule) -> dict[str, Any]:
    """Counts, class shares, and mean and standard deviation of each band, for each part.

    Reads every chip once. Means are on the scale of the spec's means (0 to 1 for 8-bit images), so
    that they can be compared with those that normalise the input.

    Returns:
        Plain values for JSON: part to figures; under ``places`` the same for each of several
        places; and under ``notes`` sentences on what of the chips and their labels was left out or
        mended.
    """
    sums = {
        part: {
            place: _Sums.of(areas, data.options)
            for place, areas in data.areas_by_place(part).items()
        }
        for part in _PARTS
    }
    out = {
        part: _Sums.total(list(own.values())).to_dict(data.options) for part, own in sums.items()
    }
    if data.options.places:
        out["places"] = {
            place: {part: sums[part][place].to_dict(data.options) for part in _PARTS}
            for place in data.places
        }
    return {**out, "notes": list(data.notes)}


@dataclass(frozen=True)
class _Sums:
    """Counts and sums over some areas."""

    chips: int
    areas: int
    pixels: int
    valid: int
    known: int
    """Valid pixels that have a label."""
    labelled: NDArray[np.int64]
    """(classes,) pixels of each class."""
    linear: NDArray[np.float64]
    """(bands,) sum of the valid values."""
    squares: NDArray[np.float64]
    """(bands,) sum of their squares."""
    gsd: NDArray[np.float64]
    """(2,) sum of the areas' metres a pixel along x and y."""

    @classmethod
    def of(cls, areas: Sequence[ChipArea], options: DataOptions) -> _Sums:
        """Read some areas."""
        scale = np.array([b.scale for b in options.bands])
        values_of = [c.value for c in options.classes]
        parts = [cls._empty(len(scale), len(values_of))]
        for area in areas:
            empty = cls._empty(len(scale), len(values_of))
            parts.append(replace(empty, chips=len(area.chips), areas=1, gsd=np.array(area.gsd)))
            for piece in area.pieces:
                patch = area.read(piece)
                values = patch.pixels[:, patch.valid].astype(np.float64) * scale[:, None]
                classes = patch.classes[patch.is_known]
                labelled = np.array([(classes == value).sum() for value in values_of])
                sizes = (patch.valid.size, values.shape[1], classes.size)
                sums = (values.sum(axis=1), (values**2).sum(axis=1))
                parts.append(cls(0, 0, *sizes, labelled, *sums, np.zeros(2)))
        return cls.total(parts)

    @classmethod
    def _empty(cls, bands: int, classes: int) -> _Sums:
        zeros = (np.zeros(classes, np.int64), np.zeros(bands), np.zeros(bands), np.zeros(2))
        return cls(0, 0, 0, 0, 0, *zeros)

    @classmethod
    def total(cls, parts: Sequence[_Sums]) -> _Sums:
        """Add up."""
        return cls(**{f.name: sum(getattr(p, f.name) for p in parts) for f in fields(cls)})

    def to_dict(self, options: DataOptions) -> dict[str, Any]:
        """Figures for JSON."""
        mean = self.linear / max(1, self.valid)
        std = np.sqrt(np.maximum(self.squares / max(1, self.valid) - mean**2, 0))
        shares = self.labelled / max(1, self.known)
        return {
            "chips": self.chips,
            "areas": self.areas,
            "pixels": self.pixels,
            "valid_share": round(self.valid / max(1, self.pixels), 6),
            "labelled_share": round(self.known / max(1, self.pixels), 6),
            "gsd": [round(float(g), 4) for g in self.gsd / self.areas] if self.areas else None,
            "class_share": {
                c.name: round(float(share), 6)
                for c, share in zip(options.classes, shares, strict=True)
            },
            "mean": [round(float(m), 5) for m in mean],
            "std": [round(float(s), 5) for s in std],
        }
