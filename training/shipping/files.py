"""The files that the package carries: model, its float32 original, its item and its card."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from camp_detector_core.model_file import ORIGINALS, open_model
from camp_detector_core.outputs.output_set import OutputSet, cannot_write
from camp_detector_core.stac import create_stac_mlm_item, facts_of
from camp_detector_core.stac.files import item_bytes
from training.artefacts.footprint import area_of_chips
from training.artefacts.run_item import area_of_item
from training.fit.run_folder import RunFolder
from training.output import made_folder, read_json
from training.shipping.card import fill, parts_of, unseen_figures
from training.shipping.chain import FLOAT, INT8, RUN, UNSEEN
from training.shipping.recipe import ShippingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.stac import TrainingArea
    from training.shipping.chain import Chain

CARD = "MODEL_CARD.md"
"""Name of the card."""
METRICS = "places_never_seen"
"""Key of the figures on places that models never saw, among the metrics of the item."""


def ship(chain: Chain, card: Path, folder: Path) -> list[Path]:
    """Write the files into a folder, all or none; they replace earlier ones.

    Args:
        chain: A chain that has gone to its end.
        card: Text of the card, with marks.
        folder: Of the package, or another.

    Returns:
        The files.

    Raises:
        CampDetectorError: A file cannot be read or written.
    """
    run, name = RunFolder.read(chain.out / RUN), chain.recipe.name
    model = chain.out / RUN / INT8
    spec = open_model(model).spec
    text = fill(_text(card), parts_of(chain, spec))
    area = area_of_chips(run.data, run.split_file, manifests=run.manifests())
    metrics = {METRICS: unseen_figures(chain.out / UNSEEN)}
    finals = [folder / f"{name}.onnx", folder / ORIGINALS / f"{name}.onnx",
              folder / f"{name}.json", folder / CARD]  # fmt: skip
    with (
        made_folder(folder / ORIGINALS),
        OutputSet(finals, overwrite=True) as outputs,
        TemporaryDirectory() as scratch,
    ):
        small, original, item, own_card = (outputs.target(path).temporary for path in finals)
        _copy(model, small)
        _copy(chain.out / RUN / FLOAT, original)
        # The item names the file as it is called in the package.
        named_model = Path(scratch, f"{name}.onnx")
        _copy(model, named_model)
        for path, data in ((item, item_of(named_model, area, metrics)), (own_card, text.encode())):
            try:
                path.write_bytes(data)
            except OSError as error:
                raise cannot_write(path, error) from error
        outputs.commit()
    return finals


def _text(card: Path) -> str:
    """Text of the card.

    Raises:
        ShippingError: It cannot be read.
    """
    try:
        return card.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"the card {card} cannot be read: {error}"
        raise ShippingError(msg) from error


def _copy(source: Path, target: Path) -> None:
    """Copy a file.

    Raises:
        ShippingError: It cannot be read or written.
    """
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        msg = f"{source} cannot be copied to {target.parent}: {error.strerror}"
        raise ShippingError(msg) from error


def item_of(model: Path, area: TrainingArea, metrics: Mapping[str, Any]) -> bytes:
    """The STAC item of a model that lies beside it; equal ones have equal bytes.

    Args:
        model: The ``.onnx``.
        area: Ground that it was trained on.
        metrics: Figures by part.
    """
    facts = replace(facts_of(open_model(model).spec), metrics=metrics)
    item = create_stac_mlm_item(model, area=area, run=facts, assets={}, folder=model.parent)
    return item_bytes(item.to_dict(include_self_link=False, transform_hrefs=False))


def renew_item(model: Path) -> bytes:
    """The item of a model as this release writes it, with ground and figures of its earlier one.

    Raises:
        ShippingError: There is no earlier item.
    """
    earlier = read_json(model.with_suffix(".json"), ShippingError)
    if not earlier:
        msg = f"{model.with_suffix('.json')} is missing, which knows the ground of {model.name}"
        raise ShippingError(msg)
    properties = earlier.get("properties")
    if not isinstance(properties, dict):
        msg = f"{model.with_suffix('.json')} is no STAC item: take it from a copy"
        raise ShippingError(msg)
    metrics = properties.get("camp_detector:metrics", {})
    return item_of(model, area_of_item(earlier), metrics)
