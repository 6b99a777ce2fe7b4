"""``python -m camp_detector_core`` is ``camp-detector``."""

from __future__ import annotations

import sys

_INTERRUPTED = 130
"""Exit code that shells report for a program that Ctrl-C ended."""


def main() -> None:
    """Run the command; Ctrl-C is answered in one line even while libraries are imported."""
    try:
        from .cli import main as command

        command()
    except KeyboardInterrupt:
        sys.stderr.write("error: stopped; nothing was written\n")
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
