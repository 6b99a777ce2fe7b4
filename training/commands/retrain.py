"""Train a model with the options of this one. Needs camp-detector[training].

    python retrain.py --chips FOLDER --labels FILE_OR_FOLDER --out FOLDER

The chips are dealt by the split of this model, if they have its names, and otherwise by the shares
and the seed of the options.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

OPTIONS = "{}"
"""Options of the training as JSON; a run fills them in where it copies this script."""
SPLIT = "{}"
"""Names of its chips by part, likewise."""


def main() -> None:
    """Read the command line, and train."""
    from training import train_model
    from training.fit.options_file import read_options

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chips", type=Path, required=True, help="folder of images")
    parser.add_argument("--labels", type=Path, required=True, help="masks, or a vector file")
    parser.add_argument("--out", type=Path, required=True, help="folder of the results")
    parser.add_argument("--fast-dev-run", action="store_true", help="one step, to see it work")
    args = parser.parse_args()
    options, split = json.loads(OPTIONS), json.loads(SPLIT)
    options["data"] |= {"chips": str(args.chips), "labels": str(args.labels)}
    options |= {"out": str(args.out), "fast_dev_run": args.fast_dev_run}
    with tempfile.TemporaryDirectory() as folder:
        names = {p.stem for p in args.chips.iterdir()}
        if {n for part in split.values() for n in part} <= names:
            file = Path(folder, "split.json")
            file.write_text(SPLIT, encoding="utf-8")
            options["data"]["split"]["file"] = str(file)
        file = Path(folder, "options.json")
        file.write_text(json.dumps(options), encoding="utf-8")
        train_model(read_options(file))


if __name__ == "__main__":
    main()
