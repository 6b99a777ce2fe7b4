"""Statistics of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from training.data.datamodule import CampDataModule


def calculate_dataset_statistics(data: CampDataModule) -> dict[str, Any]:
    """Counts, class shares, and mean and standard deviation of each band, for each part.

    Reads every chip once. Means are on the scale of the spec's means (0 to 1 for 8-bit images), so
    that they can be compared with those that normalise the input.

    Returns:
        Plain values for JSON: part to figures; and under ``notes`` sentences on what of the chips
        and their labels was left out or mended.
    """
    parts: dict[str, Any] = {part: _part(data, part) for part in ("train", "val", "test")}
    return {**parts, "notes": list(data.notes)}


def _part(data: CampDataModule, part: str) -> dict[str, Any]:
    bands = data.options.bands
    scale = np.array([b.scale for b in bands])
    count, known, pixels_seen = 0, 0, 0
    labelled = np.zeros(len(data.options.classes))
    total, squares = np.zeros(len(bands)), np.zeros(len(bands))
    gsds = []
    areas = data.areas(part)
    for area in areas:
        gsds.append(area.gsd)
        for piece in area.pieces:
            patch = area.read(piece)
            values = patch.pixels[:, patch.valid].astype(np.float64) * scale[:, None]
            total += values.sum(axis=1)
            squares += (values**2).sum(axis=1)
            count += values.shape[1]
            pixels_seen += patch.valid.size
            known += int(patch.is_known.sum())
            classes = patch.classes[patch.is_known]
            labelled += [(classes == c.value).sum() for c in data.options.classes]
    mean = total / max(1, count)
    std = np.sqrt(np.maximum(squares / max(1, count) - mean**2, 0))
    return {
        "chips": len(data.part(part)),
        "areas": len(areas),
        "pixels": pixels_seen,
        "valid_share": round(count / max(1, pixels_seen), 6),
        "labelled_share": round(known / max(1, pixels_seen), 6),
        "gsd": [round(float(g), 4) for g in np.mean(gsds, axis=0)] if gsds else None,
        "class_share": {
            c.name: round(float(n / max(1, known)), 6)
            for c, n in zip(data.options.classes, labelled, strict=True)
        },
        "mean": [round(float(m), 5) for m in mean],
        "std": [round(float(s), 5) for s in std],
    }
