"""What Qt gives for texts with the plugin's translations; a request in JSON in, JSON out.

usage: python texts_child.py PROFILE REQUEST. The request: {"locale": [texts]}.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import session


def main():
    profile, request = sys.argv[1:]
    app = session.start(profile, processing=False)
    from camp_detector import i18n

    found = {}
    for locale, texts in json.loads(Path(request).read_text(encoding="utf-8")).items():
        i18n.install(locale)
        found[locale] = [i18n.tr(text) for text in texts]
    i18n.remove()
    found["removed"] = i18n.tr("Help")
    print(json.dumps(found))
    sys.stdout.flush()
    del app
    os._exit(0)


if __name__ == "__main__":
    main()
