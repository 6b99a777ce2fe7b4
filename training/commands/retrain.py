"""Train a model with the options of this one. Needs camp-detector[training].

    python retrain.py --chips FOLDER --labels FILE_OR_FOLDER --out FOLDER
    python retrain.py --places FILE --out FOLDER    # a model of several places

The chips are dealt by the split of this model, if they have its names, and otherwise by the shares
and the seed of the options.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

OPTIONS = "{}"
"""Options of the training as JSON; a run fills them in where it copies this script."""
SPLIT = "{}"
"""Names of its chips by part, likewise."""


def main() -> None:
    """Read the command line, and train."""
    from training import train_model
    from training.fit.options_file import read_options

    options, split = json.loads(OPTIONS), json.loads(SPLIT)
    several = bool(options.get("data", {}).get("places"))
    parser = argparse.ArgumentParser(description=__doc__)
    if several:
        parser.add_argument("--places", type=Path, required=True, help="TOML file of the places")
    else:
        parser.add_argument("--chips", type=Path, required=True, help="folder of images")
        parser.add_argument("--labels", type=Path, required=True, help="masks, or a vector file")
    parser.add_argument("--out", type=Path, required=True, help="folder of the results")
    parser.add_argument("--fast-dev-run", action="store_true", help="one step, to see it work")
    args = parser.parse_args()
    if several:
        options["data"]["places"] = places_in(args.places)
    else:
        options["data"] |= {"chips": str(args.chips), "labels": str(args.labels)}
    options |= {"out": str(args.out), "fast_dev_run": args.fast_dev_run}
    with tempfile.TemporaryDirectory() as folder:
        if {n for part in split.values() for n in part} <= names_of(options["data"]):
            file = Path(folder, "split.json")
            file.write_text(SPLIT, encoding="utf-8")
            options["data"]["split"]["file"] = str(file)
            for place in options["data"]["places"]:
                place["split"] = None
        file = Path(folder, "options.json")
        file.write_text(json.dumps(options), encoding="utf-8")
        train_model(read_options(file))


def places_in(path: Path) -> list[dict[str, Any]]:
    """Read the file of places, as the options of a training hold them."""
    from training.data.places_file import read_places
    from training.fit.options import DataOptions, to_plain

    places: list[dict[str, Any]] = to_plain(DataOptions(places=read_places(path)))["places"]
    return places


def names_of(data: dict[str, Any]) -> set[str]:
    """Names of the chips that are there, as the split has them."""
    from training.data.place import chips_of
    from training.fit.place_options import PlaceOptions

    sources = data["places"] or [{"name": "", **data}]
    places = [
        PlaceOptions(each["name"], Path(each["chips"]), Path(each["labels"])) for each in sources
    ]
    return {chip.name for place in places for chip in chips_of(place)}


if __name__ == "__main__":
    main()
