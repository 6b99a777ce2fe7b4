"""Collect the texts of the user interface, and compile their translations.

usage: python -m qgis_plugin.i18n.texts

Finds every ``tr("...")`` in the plugin, brings the ``.ts`` files up to date (texts that are gone
are dropped, new ones wait as unfinished), and writes the ``.qm`` files that Qt loads. Both are
made without Qt's tools, so that the same sources give the same bytes everywhere.
"""

from __future__ import annotations

import ast
import inspect
import logging
import struct
from pathlib import Path
from typing import Iterator, Mapping
from xml.etree import ElementTree  # noqa: ICN001 - said in full
from xml.sax.saxutils import escape

from camp_detector_core.engine.parameters import QGIS, shown_in
from camp_detector_core.model_file import facts

from ..words import texts_of
from . import CONTEXT, LANGUAGES

HOME = Path(__file__).resolve().parent
PLUGIN = HOME.parent

# Qt's format, as qtbase/src/corelib/kernel/qtranslator.cpp reads it.
_MAGIC = bytes.fromhex("3cb86418caef9c95cd211cbf60a1bddd")
_HASHES, _MESSAGES, _LANGUAGE = 0x42, 0x69, 0xA7
_END, _TRANSLATION, _SOURCE, _CONTEXT, _COMMENT = 1, 3, 6, 7, 8

MENDED = {"ar": {("QObject", "%1 [optional]"): "%1 [اختياري]"}}
"""Texts of QGIS' own, by context, whose translation there is broken: with QGIS' Arabic "1%" all
optional parameters of all algorithms would have one and the same name."""

_log = logging.getLogger(__name__)


def texts() -> dict[str, str]:
    """Every text, and the first file that has it, in order of the files."""
    places: dict[str, str] = {}
    for path in sorted(PLUGIN.rglob("*.py")):
        if path == Path(__file__).resolve():
            continue
        for text in _texts_in(ast.parse(path.read_text(encoding="utf-8"))):
            places.setdefault(text, path.relative_to(PLUGIN).as_posix())
    for text in _texts_in(ast.parse(inspect.getsource(facts))):
        places.setdefault(text, "gui/facts.py")
    for text in _texts_of_options():
        places.setdefault(text, "algorithms/options.py")
    return places


def _texts_of_options() -> Iterator[str]:
    """Yield the texts of the engine's table of options that the dialogs show."""
    for option in shown_in(QGIS):
        yield from filter(None, texts_of(option))


def _texts_in(tree: ast.AST) -> Iterator[str]:
    """Literals in ``tr(...)``, in either branch of a condition, and the values of ``LABELS``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            if name == "tr" and node.args:
                yield from _literals(node.args[0])
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value and _is_labels(node):
            for value in ast.walk(node.value):
                if isinstance(value, ast.Dict):
                    for text in value.values:
                        yield from _literals(text)


def _is_labels(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(t, ast.Name) and t.id == "LABELS" for t in targets)


def _literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def read_ts(path: Path) -> dict[str, str]:
    """Text and translation of a ``.ts`` file; empty where it is unfinished."""
    if not path.exists():
        return {}
    root = ElementTree.parse(path).getroot()  # noqa: S314 - a file of this repository
    translations = {}
    for message in root.iter("message"):
        translation = message.find("translation")
        is_finished = translation is not None and translation.get("type") is None
        translations[message.findtext("source") or ""] = (
            (translation.text or "") if is_finished and translation is not None else ""
        )
    return translations


def ts_text(language: str, translations: Mapping[str, str], places: Mapping[str, str]) -> str:
    """A ``.ts`` file, as Qt Linguist reads it."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{language}" sourcelanguage="en">',
        "<context>",
        f"    <name>{CONTEXT}</name>",
    ]
    for source, place in places.items():
        text = translations.get(source, "")
        state = "" if text else ' type="unfinished"'
        lines += [
            "    <message>",
            f'        <location filename="../{place}"/>',
            f"        <source>{escape(source)}</source>",
            f"        <translation{state}>{escape(text)}</translation>",
            "    </message>",
        ]
    return "\n".join([*lines, "</context>", "</TS>", ""])


def qm_bytes(language: str, translations: Mapping[str, str]) -> bytes:
    """A ``.qm`` file of the texts that are translated, and those of QGIS that are mended."""
    messages, offsets = bytearray(), []
    own = {(CONTEXT, source): text for source, text in translations.items() if text}
    for (context, source), text in sorted({**own, **MENDED.get(language, {})}.items()):
        offsets.append((_hash(source.encode()), len(messages)))
        messages += _tagged(_TRANSLATION, text.encode("utf-16-be"))
        messages += _tagged(_COMMENT, b"")
        messages += _tagged(_SOURCE, source.encode())
        messages += _tagged(_CONTEXT, context.encode())
        messages.append(_END)
    hashes = b"".join(struct.pack(">II", *pair) for pair in sorted(offsets))
    parts = ((_LANGUAGE, language.encode()), (_HASHES, hashes), (_MESSAGES, bytes(messages)))
    return _MAGIC + b"".join(_tagged(tag, data) for tag, data in parts)


def _tagged(tag: int, data: bytes) -> bytes:
    return struct.pack(">BI", tag, len(data)) + data


def _hash(data: bytes) -> int:
    """The ELF hash of a text and its comment, which is none here."""
    h = 0
    for byte in data:
        h = ((h << 4) + byte) & 0xFFFFFFFF
        g = h & 0xF0000000
        if g:
            h ^= g >> 24
        h &= ~g & 0xFFFFFFFF
    return h or 1


def update() -> dict[str, int]:
    """Write all files anew.

    Returns:
        For each language, how many texts wait for a translation.
    """
    places = texts()
    waiting = {}
    for language in LANGUAGES:
        stem = HOME / f"camp_detector_{language}"
        old = read_ts(stem.with_suffix(".ts"))
        translations = {source: old.get(source, "") for source in places}
        stem.with_suffix(".ts").write_text(
            ts_text(language, translations, places), encoding="utf-8"
        )
        stem.with_suffix(".qm").write_bytes(qm_bytes(language, translations))
        waiting[language] = sum(not text for text in translations.values())
    return waiting


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for tongue, count in update().items():
        _log.info("%s: %d texts wait for a translation", tongue, count)
