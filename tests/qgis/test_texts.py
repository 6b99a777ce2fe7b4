"""Translations: whole, with the same places for values, and what Qt shows."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.engine.separation import Separation
from camp_detector_core.model_file.facts import facts_of
from qgis_plugin.i18n import LANGUAGES, texts
from tests.support.models import tiny_spec

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

UPDATE = "run python -m qgis_plugin.i18n.texts and translate what waits"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_compiled(language: str) -> None:
    translations = texts.read_ts(texts.HOME / f"camp_detector_{language}.ts")
    assert list(translations) == list(texts.texts()), UPDATE
    assert [source for source, translation in translations.items() if not translation] == [], UPDATE
    compiled = (texts.HOME / f"camp_detector_{language}.qm").read_bytes()
    assert compiled == texts.qm_bytes(language, translations), UPDATE


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_places_for_values(language: str) -> None:
    for source, translation in texts.read_ts(texts.HOME / f"camp_detector_{language}.ts").items():
        for pattern in (r"\{\w*\}", r"\*\.\w+", r"\n", r"…$"):
            assert sorted(re.findall(pattern, source)) == sorted(
                re.findall(pattern, translation)
            ), translation


def test_arabic_is_arabic() -> None:
    translations = texts.read_ts(texts.HOME / "camp_detector_ar.ts")
    latin = [
        s
        for s, translation in translations.items()
        if not re.search(r"[\u0600-\u06ff]", translation)
    ]
    assert latin == []
    # What begins with a Latin name would be set from left to right without a mark.
    first = [
        re.search(r"[A-Za-z{\u0600-\u06ff\u200f]", translation)
        for translation in translations.values()
    ]
    assert [f.string for f in first if f and re.match(r"[A-Za-z{]", f.group())] == []


def test_texts_are_found_wherever_they_are_written() -> None:
    code = 'tr("a" "b"); x.tr("c" if y else "d", n=1); LABELS = {"k": "e"}; other("f"); tr(g)'
    assert sorted(texts._texts_in(ast.parse(code))) == ["ab", "c", "d", "e"]


def test_all_that_is_said_of_a_model_is_translated() -> None:
    phrases = set()

    def tr(text: str, **values: object) -> str:
        phrases.add(text)
        return text.format(**values)

    facts_of(tiny_spec(licence="", attribution=()), tr)
    facts_of(tiny_spec(separation=Separation("border", 0.5, reach=4, min_seed=2)), tr)
    assert {"are told apart", "are taken for one dwelling", "nobody"} < phrases
    assert phrases <= texts.texts().keys()


def test_qt_shows_each_translation(qgis: Qgis) -> None:
    sources = list(texts.texts())
    answer = qgis.python("texts_child.py", dict.fromkeys(("fr_FR", "es", "ar_EG", "de"), sources))
    for locale in ("fr_FR", "es", "ar_EG"):
        translations = texts.read_ts(texts.HOME / f"camp_detector_{locale[:2]}.ts")
        assert answer[locale] == [translations[source] for source in sources]
    assert answer["de"] == sources
    assert answer["removed"] == "Help"
    # In QGIS' own Arabic "1%" stands for the name of each optional parameter.
    french, spanish, arabic, german, without = answer["mended"]
    assert arabic == "%1 [اختياري]"
    assert {french, spanish, german, without} == {"1% [اختياري]"}
    # Numbers and brackets keep to themselves in what runs from right to left.
    assert "\u20681,234 (m)\u2069" in answer["filled"]
