"""``python -m camp_detector_core`` is ``camp-detector``."""

from __future__ import annotations

from .cli import main

if __name__ == "__main__":
    main()
