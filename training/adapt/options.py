"""The options of an adaptation, with their defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path  # noqa: TC003 - types of options are read at run time

from training.fit.place_options import LabelChanges, OptionsError


@dataclass(frozen=True)
class AdaptOptions:
    """One adaptation.

    Raises:
        OptionsError: A number that makes no sense.
    """

    model: Path
    """The model to start from: float32 ``.onnx``, ``.dlpk``, or STAC item."""
    image: Path
    """The raster that the dwellings were reviewed on."""
    labels: Path
    """Corrected dwellings: one vector file of polygons."""
    out: Path
    """Folder of results."""
    area: Path | None = None
    """Polygons within which the labels are complete; None: on all of the image."""
    class_field: str | None = None
    """Attribute of the labels that names the class."""
    layer: str | None = None
    """Layer of the labels, where the file has several."""
    changes: LabelChanges = field(default_factory=LabelChanges)
    """Changes of the labels; an area in it restricts the ground further."""
    mix: Path | None = None
    """File of places that the model was trained on, to be mixed in; None: none."""
    mix_share: float = 0.2
    """Share of the samples that come from them."""
    version: str | None = None
    """Version of the adapted model; None: that of the model and the name of the folder."""
    attribution: tuple[str, ...] = ()
    """Credits that image and labels ask for."""
    folds: int = 3
    """Parts of the ground, each of which is held out once."""
    block_metres: float | None = None
    """Side of the blocks that parts are made of; None: by the size of the ground."""
    steps: int = 200
    """Steps of the fit on all of the ground, at most; those on parts of it take half as many."""
    minutes: float = 10.0
    """Wall clock for all; fits are cut short where it would not do."""
    lr: float = 1.5e-4
    """Highest learning rate."""
    start_decay: float = 10.0
    """Decay of the weights towards those of the model."""
    batch_size: int = 8
    """Samples in a step."""
    crop: int = 256
    """Side of a sample, pixels."""
    seed: int = 0
    """Random seed of the samples."""
    overwrite: bool = False
    """True where files of an earlier adaptation may be replaced."""

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not 2 <= self.folds <= 10:  # noqa: PLR2004 - more take more time than they tell
            msg = f"folds must be 2 to 10, got {self.folds}"
            raise OptionsError(msg)
        if self.steps < 1 or self.batch_size < 1:
            msg = f"steps and batch_size must be positive, got {self.steps} and {self.batch_size}"
            raise OptionsError(msg)
        if not self.minutes > 0 or not self.lr > 0 or not self.start_decay >= 0:
            msg = "minutes and lr must be positive, and start_decay not negative"
            raise OptionsError(msg)
        if self.crop < 32 or self.crop % 32:  # noqa: PLR2004 - the network's stride
            msg = f"crop must be a positive multiple of 32, got {self.crop}"
            raise OptionsError(msg)
        if not 0 < self.mix_share < 1:
            msg = f"mix_share must lie between 0 and 1, got {self.mix_share}"
            raise OptionsError(msg)
        if self.block_metres is not None and not self.block_metres > 0:
            msg = f"block_metres must be positive, got {self.block_metres}"
            raise OptionsError(msg)
