"""Start of `deploy/native`: lets the modules beside this file be found from any folder."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    from deploy.stack.cli import main

    sys.exit(main(sys.argv[1:]))
