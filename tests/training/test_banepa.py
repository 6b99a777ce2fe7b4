"""Real tiles with OpenStreetMap labels, where they lie beside the checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from training.data.datamodule import CampDataModule
from training.fit.options import AugmentOptions, DataOptions
from training.fit.place_options import SplitOptions

if TYPE_CHECKING:
    from pathlib import Path


def test_tiles_and_labels_belong_together(banepa: Path) -> None:
    columns = SplitOptions(val_columns=("386693",), test_columns=("386694",))
    data = CampDataModule(
        DataOptions(
            banepa / "chips",
            banepa / "osm_buildings.geojson",
            split=columns,
            crop=256,
            batch_size=8,
            workers=0,
            augment=AugmentOptions.none(),
        )
    )
    assert {c.column for c in data.part("test")} == {"386694"}
    assert {c.column for c in data.part("val")} == {"386693"}
    (area,) = data.areas("test")
    assert len(area.chips) == 8
    assert 0.13 < area.gsd[0] < 0.14
    batch = next(iter(data.train_dataloader()))
    assert batch["image"].shape == (8, 3, 256, 256)
    assert batch["image"].dtype == torch.float32
    assert 0.25 < float(batch["target"].mean()) < 0.75
    assert float(batch["valid"].float().mean()) > 0.5
    assert float(batch["image"].min()) > -2.2
    assert float(batch["image"].max()) < 2.7
    assert 0.3 < float(batch["image"].std()) < 2


def test_labels_lie_where_the_roofs_are(banepa: Path) -> None:
    """Edges of labels are edges of the picture: moved by 20 pixels they fit less."""
    data = CampDataModule(
        DataOptions(
            banepa / "chips",
            banepa / "osm_buildings.geojson",
            split=SplitOptions(val_columns=("386693",), test_columns=("386694",)),
            workers=0,
        )
    )
    fits = {0: 0.0, 20: 0.0}
    for batch in data.val_dataloader():
        grey = batch["image"].mean(dim=1)
        slope = (grey[:, :, 2:] - grey[:, :, :-2]).abs()[:, 1:-1]
        target = batch["target"][:, 0]
        edge = (target[:, :, 2:] != target[:, :, :-2])[:, 1:-1]
        for shift in fits:
            moved = torch.roll(edge, (shift, shift), (1, 2))
            fits[shift] += float(slope[moved].mean() / slope.mean())
    assert fits[0] > 1.1 * fits[20]
