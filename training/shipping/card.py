"""The parts of the model card that are made from figures, between marks in its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from training.data.names import place_and_stem
from training.fit.place_options import shares_of
from training.leave_one_out import CHOSEN, TABLE
from training.output import read_json
from training.shipping.chain import HELD_OUT, INT8_FIGURES, PAGES, RUN, UNSEEN
from training.shipping.recipe import ShippingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from training.fit.place_options import PlaceOptions
    from training.shipping.chain import Chain

TABLES = (CHOSEN, TABLE)
"""Stems of the tables of places that models never saw; the first that is there counts."""
_MARKS = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(card: str, parts: Mapping[str, str]) -> str:
    """Put text between the marks ``<!-- made: NAME -->`` and ``<!-- end -->`` of a card.

    Args:
        card: Text with marks.
        parts: Text by the name of its mark.

    Raises:
        ShippingError: Marks and parts do not have the same names.
    """
    names = [match[2] for match in _MARKS.finditer(card)]
    if sorted(names) != sorted(parts):
        msg = f"the card has marks for {', '.join(names) or 'nothing'}, not {', '.join(parts)}"
        raise ShippingError(msg)
    return _MARKS.sub(lambda match: f"{match[1]}{parts[match[2]].strip()}\n{match[3]}", card)


def parts_of(chain: Chain, spec: ModelSpec) -> dict[str, str]:
    """Text of each part of the card.

    Raises:
        ShippingError: A file of figures is missing or damaged.
    """
    return {
        "unseen": f"{_how_made(chain)}\n\n{_unseen(chain.out / UNSEEN)}",
        "data": _data(chain),
        "heldout": _held_out(chain),
        "origin": _origin(chain.out, spec),
    }


def unseen_figures(folder: Path) -> dict[str, Any]:
    """Mean and worst figures over places that models never saw.

    Raises:
        ShippingError: The table is damaged.
    """
    return dict(read_json(_table(folder).with_suffix(".json"), ShippingError).get("summary", {}))


def _table(folder: Path) -> Path:
    """Stem of the table."""
    stems = [folder / name for name in TABLES]
    return next((stem for stem in stems if stem.with_suffix(".md").is_file()), stems[-1])


def _unseen(folder: Path) -> str:
    path = _table(folder).with_suffix(".md")
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise ShippingError(msg) from error


def _how_made(chain: Chain) -> str:
    """Tell how the models of the table were made, as against the one that ships."""
    epochs = [
        _options(chain.out / UNSEEN / home)["epochs"]
        for home in dict.fromkeys(p.home for p in chain.places if p.measure)
    ]
    own = _options(chain.out / RUN)["epochs"]
    return (
        "These figures are of models that were made for this table alone, each without the place "
        f"and its region, in {max(epochs)} epochs at most and with float32 weights. The model that "
        f"ships learned from all places, in {own} epochs at most, and has 8-bit weights. The pages "
        "of evaluation of these places have the settings that each run chose on its validation, "
        "so their figures differ from a table whose settings were chosen in other regions."
    )


def _options(run: Path) -> dict[str, Any]:
    """Options of the data and of the fit of a run.

    Raises:
        ShippingError: They are missing or damaged.
    """
    options = read_json(run / "options.json", ShippingError)
    if not isinstance(options.get("optim"), dict) or not isinstance(options.get("data"), dict):
        msg = f"{run / 'options.json'} is missing or damaged: take it from a copy"
        raise ShippingError(msg)
    return {**options["data"], **options["optim"]}


def _data(chain: Chain) -> str:
    """A table of the places, and of what else samples are drawn from."""
    split, options = chain.split(), _options(chain.out / RUN)
    mixed = [
        (f"{options[kind]} {text}", options[share])
        for kind, share, text in (
            ("scenes", "scene_share", "generated camps"),
            ("collages", "collage_share", "collages of labelled roofs of these places"),
        )
        if options.get(kind)
    ]
    rest = 1 - sum(share for _, share in mixed)
    lines = [
        "| place | chips for training, validation, test | share of samples | credits |",
        "|---|---|---|---|",
    ]
    shares = shares_of(chain.places)
    for place in chain.places:
        counts = ", ".join(str(_chips(split, part, place)) for part in ("train", "val", "test"))
        cells = (
            place.name,
            counts,
            f"{shares[place.name] * rest:.1%}",
            "; ".join(place.attribution),
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += [f"| {text} | | {share:.1%} | |" for text, share in mixed]
    return "\n".join(lines)


def _chips(split: Mapping[str, Any], part: str, place: PlaceOptions) -> int:
    return sum(place_and_stem(str(name))[0] == place.name for name in split.get(part, []))


def _held_out(chain: Chain) -> str:
    """A table of the model that ships on ground of its places that was held out."""
    rows, split = [], chain.split()
    unmeasured = []
    for place in chain.places:
        path = chain.out / PAGES / f"{HELD_OUT}{place.name}" / "evaluation.json"
        if path.is_file():
            rows.append(_row(place.name, read_json(path, ShippingError)))
        elif _chips(split, "test", place):
            unmeasured.append(place.name)
    note = f"Ground of {' and '.join(unmeasured)} was held out in one image, and is not measured."
    if not rows and unmeasured:
        return note
    if not rows:
        return "No ground was held out of the places that the model is trained on."
    head = ("place", "hectares", "dwellings", "F1", "95 %", "precision", "recall", "count error",
            "pixel IoU", "all marked")  # fmt: skip
    lines = (f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}", *rows)
    return "\n".join((*lines, "", note) if unmeasured else lines)


def _row(name: str, figures: Mapping[str, Any]) -> str:
    total = figures["total"]
    houses, pixels = total["buildings"], total["pixels"]
    interval = (total.get("intervals_95") or {}).get("f1")
    cells = (
        name,
        f"{figures['data']['hectares']:.1f}",
        str(houses["labelled"]),
        _number(houses["f1"]),
        "" if interval is None else " to ".join(map(_number, interval)),
        _number(houses["precision"]),
        _number(houses["recall"]),
        "-" if houses["count_error"] is None else f"{houses['count_error']:+.0%}",
        _number(pixels["iou"]),
        _number(pixels["all_ones_iou"]),
    )
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _origin(out: Path, spec: ModelSpec) -> str:
    """Version, settings, and what 8 bits cost."""
    int8 = read_json(out / INT8_FIGURES, ShippingError)
    fidelity = int8.get("fidelity", {})
    separation = spec.separation
    settings = f"threshold {spec.threshold:g}, smallest dwelling {spec.min_area:g} m²"
    if separation is not None:
        settings += f", {separation.method} threshold {separation.threshold:g}"
    return (
        f"{spec.id}, trained {spec.provenance.get('date', 'at an unknown date')}: {settings}. "
        f"With 8-bit weights it takes {int8['bytes_int8'] / 1e6:.1f} MB in place of "
        f"{int8['bytes_float'] / 1e6:.1f}, is {int8['speed_ratio']:.1f} times as fast, and has an "
        f"IoU of {fidelity['iou_int8']:.4f} on validation in place of {fidelity['iou_float']:.4f}."
    )
