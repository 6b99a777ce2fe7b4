"""Translate texts by Qt with the plugin's translations; a request in JSON in, JSON out.

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
    from qgis.PyQt.QtCore import QCoreApplication, QTranslator

    # QGIS' own Arabic, which QGIS installs before any plugin.
    own = QTranslator()
    assert own.load("/usr/share/qgis/i18n/qgis_ar.qm")
    QCoreApplication.installTranslator(own)
    mended = []
    translations = {}
    for locale, texts in json.loads(Path(request).read_text(encoding="utf-8")).items():
        i18n.install(locale)
        translations[locale] = [i18n.tr(text) for text in texts]
        mended.append(QCoreApplication.translate("QObject", "%1 [optional]"))
        if locale.startswith("ar"):
            translations["filled"] = i18n.tr("{count} dwellings", count="1,234 (m)")
    i18n.remove()
    mended.append(QCoreApplication.translate("QObject", "%1 [optional]"))
    translations["mended"] = mended
    translations["removed"] = i18n.tr("Help")
    print(json.dumps(translations))
    sys.stdout.flush()
    del app
    os._exit(0)


if __name__ == "__main__":
    main()
