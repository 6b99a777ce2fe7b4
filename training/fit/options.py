"""The options of a training run, with their defaults."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from camp_detector_core.engine.spec import Band, ClassDef
from camp_detector_core.network.unet import NetworkOptions
from training.fit.decoding import Decoding  # noqa: TC001 - types of options are read at run time
from training.fit.place_options import (
    ChipOptions,
    OptionsError,
    PlaceOptions,
    SplitOptions,
    shares_of,
)

IMAGENET_BANDS = (
    Band("red", 1 / 255, 0.485, 0.229),
    Band("green", 1 / 255, 0.456, 0.224),
    Band("blue", 1 / 255, 0.406, 0.225),
)
"""Mean and standard deviation of ImageNet, on the 0 to 1 scale of 8-bit images
(https://docs.pytorch.org/vision/stable/models.html)."""
EXTRAS = ("border", "core")
"""Channels that are trained after those of the classes, for the separation of dwellings."""
Separating = Literal["none", "border", "core", "both"]
"""Method of separation: none, one channel, or the mean of the logits
of ``core`` and of not being ``border``, which then is the model's one further channel."""
_MOST_SEPARATED = 251
"""Most classes of a model with a separation: its methods are run as three more channels."""
DWELLING = ClassDef(1, "dwelling", "#E4572E")


@dataclass(frozen=True)
class AugmentOptions:
    """Options of augmentation; every probability is for one sample."""

    scale: tuple[float, float] = (0.5, 1.8)
    """Range of the ground sampling distance, as a multiple of the model's, most often near 1."""
    flip: bool = True
    """Mirror and turn by quarters, each of the eight ways as likely."""
    rotate: float = 0.3
    """Probability of a turn by any angle."""
    photometric: float = 0.8
    """Probability of changes of brightness, contrast, gamma and colour."""
    camera: float = 0.1
    """Probability of a picture without colours, and of one with its bands in another order."""
    coarse: float = 0.35
    """Probability of a picture that was taken at up to three times the model's GSD."""
    degrade: float = 0.3
    """Probability of blur, noise and compression, each."""
    weather: float = 0.15
    """Probability of a shadow, and of haze."""

    def __post_init__(self) -> None:
        """Refuse ranges that are none."""
        low, high = self.scale
        if not 0 < low <= 1 <= high:
            msg = f"the range of scales must hold 1 and lie above 0, got {self.scale}"
            raise OptionsError(msg)

    @classmethod
    def none(cls) -> AugmentOptions:
        """No variation at all, but for the place of the crop."""
        changes = ("rotate", "photometric", "camera", "coarse", "degrade", "weather")
        return cls((1.0, 1.0), flip=False, **dict.fromkeys(changes, 0.0))


@dataclass(frozen=True)
class DataOptions(ChipOptions):
    """Options of the data, and of the samples made from it.

    They come from one folder of chips with its labels, or from several places; what a place does
    not say itself, it takes from here.
    """

    chips: Path | None = None
    """Folder of images; None where there are places."""
    labels: Path | None = None
    """Folder of masks with the same stems, or one vector file (or folder that is one, .gdb)."""
    places: tuple[PlaceOptions, ...] = ()
    """Several places, in place of ``chips`` and ``labels``."""
    left_out: str | None = None
    """Place that the model never sees, with all of its region: their chips are for the test."""
    gsd: float = 0.2
    """Metres a pixel of the network's input."""
    bands: tuple[Band, ...] = IMAGENET_BANDS
    """Channels, taken from the first bands of each chip."""
    dtype: str = "uint8"
    """dtype of the chips that the bands' scales are meant for."""
    classes: tuple[ClassDef, ...] = (DWELLING,)
    """Classes of the labels."""
    crop: int = 256
    """Side of the training samples, pixels."""
    batch_size: int = 8
    """Samples in a step."""
    samples: int = 512
    """Samples in an epoch."""
    workers: int | None = None
    """Processes that prepare samples; by default what the machine can spare."""
    scenes: int = 0
    """Number of generated scenes of camps that are mixed in."""
    scene_share: float = 0.25
    """Share of the training samples that come from them."""
    collages: int = 0
    """Number of collages that are mixed in: roofs of the training areas on ground of others."""
    collage_share: float = 0.25
    """Share of the training samples that come from them."""
    split: SplitOptions = field(default_factory=SplitOptions)
    augment: AugmentOptions = field(default_factory=AugmentOptions)
    seed: int = 0
    """Random seed of the split, the samples and the weights."""

    def __post_init__(self) -> None:
        """Refuse sizes that are none, and places that contradict each other."""
        super().__post_init__()
        self._check_places()
        if self.crop < 32 or self.crop % 32:  # noqa: PLR2004 - the network's stride
            msg = f"crop must be a positive multiple of 32, got {self.crop}"
            raise OptionsError(msg)
        if self.batch_size < 1 or self.samples < self.batch_size:
            msg = f"an epoch of {self.samples} samples holds no batch of {self.batch_size}"
            raise OptionsError(msg)
        self._check_mixed()
        if not self.gsd > 0:
            msg = f"gsd must be positive, got {self.gsd}"
            raise OptionsError(msg)

    def _check_mixed(self) -> None:
        """Refuse counts and shares of scenes and collages that are none, or leave nothing."""
        for name in ("scenes", "collages"):
            if getattr(self, name) < 0:
                msg = f"{name} must not be negative, got {getattr(self, name)}"
                raise OptionsError(msg)
        for name in ("scene_share", "collage_share"):
            if not 0 <= getattr(self, name) < 1:
                msg = f"{name} must be at least 0 and below 1, got {getattr(self, name)}"
                raise OptionsError(msg)
        mixed = (self.scene_share if self.scenes else 0) + (
            self.collage_share if self.collages else 0
        )
        if mixed >= 1:
            msg = f"scenes and collages take {mixed:g} of the samples and leave none for the chips"
            raise OptionsError(msg, remedy="make {scene_share} or {collage_share} smaller")

    def _check_places(self) -> None:
        """Refuse two sources of data, or none, and a place that is left out and not there."""
        single = [p for p in (self.chips, self.labels) if p is not None]
        if len(single) != (0 if self.places else 2):
            msg = "the data are either one folder of chips and its labels, or a file of places"
            raise OptionsError(msg, remedy="give {chips} and {labels}, or {places}")
        names = [p.name for p in self.places]
        if len(set(names)) < len(names) or "" in names:
            msg = f"each place needs a name of its own, got {', '.join(names)}"
            raise OptionsError(msg)
        if self.left_out is not None and self.left_out not in names:
            known = f"the places are {', '.join(names)}" if names else "there are no places"
            msg = f"{self.left_out} cannot be left out: {known}"
            raise OptionsError(msg)
        if self.places:
            self.shares()

    def each_place(self) -> tuple[PlaceOptions, ...]:
        """The places with all that holds for them; one without a name for one folder of chips."""
        if self.chips is not None and self.labels is not None:
            return (PlaceOptions("", self.chips, self.labels, split=self.split, **self._common()),)
        return tuple(
            replace(
                place,
                split=place.split or self.split,
                **{k: v for k, v in self._common().items() if getattr(place, k) is None},
            )
            for place in self.places
        )

    def learned(self) -> tuple[PlaceOptions, ...]:
        """The places that the model is trained on."""
        return tuple(p for p in self.each_place() if p.name not in self.unseen)

    @property
    def unseen(self) -> tuple[str, ...]:
        """Names of the places that the model never sees: the one left out, and its region."""
        homes = {p.home for p in self.places if p.name == self.left_out}
        return tuple(p.name for p in self.places if p.home in homes)

    def shares(self) -> dict[str, float]:
        """Share of the samples by the name of the place, for places that are learned from.

        They add up to 1.

        Raises:
            OptionsError: Shares do not add up, or nothing is left to learn from.
        """
        by_name = shares_of(self.each_place())
        shares = {p.name: by_name[p.name] for p in self.learned()}
        if not shares:
            msg = f"without {self.left_out} there is no place to learn from"
            raise OptionsError(msg)
        total = sum(shares.values())
        return {name: share / total for name, share in shares.items()}

    def _common(self) -> dict[str, Any]:
        """Give the values that places take from here."""
        return {f.name: getattr(self, f.name) for f in fields(ChipOptions)}


@dataclass(frozen=True)
class OptimOptions:
    """Options of the optimiser."""

    lr: float = 1e-3
    """Highest learning rate."""
    weight_decay: float = 1e-2
    """Weight decay of AdamW."""
    warmup: float = 0.03
    """Share of the run in which the learning rate rises."""
    epochs: int = 200
    """Most epochs."""
    minutes: float | None = None
    """Wall clock for fitting; the learning rate reaches its end with it."""
    patience: int = 50
    """Epochs without a better validation loss before stopping."""
    gap_weight: float = 2.0
    """Weight of background in gaps up to `gap_metres` between dwellings, in the loss."""
    gap_metres: float = 1.5
    """Widest gap that counts."""
    contact_weight: float = 4.0
    """Weight of pixels near two dwellings, in the loss of what tells them apart."""
    freeze_statistics: bool = False
    """Keep the statistics of batch normalisation as they are at the start; so it is anyway where
    the start is a model whose file has none of its own."""
    start_decay: float = 0.0
    """Decay of the weights towards those of the start, in place of that towards 0."""
    average: float = 0.999
    """Share of the old in the running average of the weights, which is what is validated and kept;
    0 keeps the weights themselves."""

    def __post_init__(self) -> None:
        """Refuse rates and shares out of range."""
        if not self.lr > 0:
            msg = f"lr must be positive, got {self.lr}"
            raise OptionsError(msg)
        if not 0 <= self.warmup < 1:
            msg = f"warmup must be at least 0 and below 1, got {self.warmup}"
            raise OptionsError(msg)
        if self.minutes is not None and not self.minutes > 0:
            msg = f"minutes must be positive, got {self.minutes}"
            raise OptionsError(msg)
        if not self.start_decay >= 0:
            msg = f"start_decay must not be negative, got {self.start_decay}"
            raise OptionsError(msg)
        if not 0 <= self.average < 1:
            msg = f"average must be at least 0 and below 1, got {self.average}"
            raise OptionsError(msg)
        if self.epochs < 1:
            msg = f"epochs must be at least 1, got {self.epochs}"
            raise OptionsError(msg)


@dataclass(frozen=True)
class ModelOptions:
    """Options of the model's description and of its export."""

    name: str = "camp-unet-lite0"
    version: str = "1"
    tile_size: int = 512
    overlap: int = 32
    threshold: float | None = None
    """Probability of a dwelling; by default the best on validation."""
    min_area: float = 2.0
    """Smallest dwelling, square metres."""
    settings: Decoding | None = None
    """Threshold, smallest dwelling and separation, in place of the two above and of those that
    are best on validation."""
    licence: str = "CC-BY-4.0"
    attribution: tuple[str, ...] = ()
    """Credits that the data ask for."""
    opset: int = 17

    @property
    def own_threshold(self) -> float | None:
        """The threshold that was given; None where validation chooses it."""
        return self.threshold if self.settings is None else self.settings.threshold


@dataclass(frozen=True)
class TrainOptions:
    """One training run."""

    data: DataOptions
    out: Path
    """Folder of results."""
    architecture: Literal["unet", "reference"] = "unet"
    """The U-Net, or the plain encoder-decoder that it is compared with."""
    separation: Separating = "core"
    """Method of separation of the exported model; both channels are trained, unless
    it is ``none``."""
    network: NetworkOptions = field(default_factory=lambda: NetworkOptions(classes=1 + len(EXTRAS)))
    optim: OptimOptions = field(default_factory=OptimOptions)
    model: ModelOptions = field(default_factory=ModelOptions)
    resume: bool = False
    """Go on from the last checkpoint in `out`."""
    fast_dev_run: bool = False
    """One batch of training and validation, to see that all works."""

    def __post_init__(self) -> None:
        """Refuse a network that does not fit the data."""
        if self.architecture == "reference" and self.separation != "none":
            msg = "the reference network tells no dwellings apart: its separation must be none"
            raise OptionsError(msg)
        if self.separation != "none" and len(self.data.classes) > _MOST_SEPARATED:
            count = len(self.data.classes)
            msg = f"at most {_MOST_SEPARATED} classes can be separated, got {count}"
            raise OptionsError(msg, remedy="say {separation=none}")
        self._check_settings()
        extras = len(EXTRAS) if self.separation != "none" else 0
        needed = (len(self.data.bands), len(self.data.classes) + extras)
        if (self.network.bands, self.network.classes) != needed:
            msg = (
                f"the network takes {self.network.bands} bands and gives {self.network.classes} "
                f"channels, it needs {needed[0]} and {needed[1]}"
            )
            raise OptionsError(msg)

    def _check_settings(self) -> None:
        """Refuse settings of a model that separates dwellings in another way."""
        if self.model.settings is None:
            return
        separation = self.model.settings.separation
        method = None if separation is None else separation.method
        if method != {"none": None, "border": "border"}.get(self.separation, "core"):
            msg = (
                f"the settings are those of a separation by {method or 'none'}, the model's is "
                f"{self.separation}"
            )
            raise OptionsError(msg, remedy="give the {settings} of a model of this {separation}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return to_plain(self)


def to_plain(options: DataOptions | TrainOptions | PlaceOptions) -> dict[str, Any]:
    """Give options as plain values for a JSON file."""
    plain: dict[str, Any] = _plain(asdict(options))
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 - walks nested containers
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, Path) else value
