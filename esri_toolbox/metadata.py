"""The metadata files of the toolbox (``*.pyt.xml``), made from the words of the tools.

ArcGIS shows them as help: summary, usage, and an explanation of each parameter. They are committed
beside the toolbox; ``python -m esri_toolbox.build --metadata`` writes them anew.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from esri_toolbox.rcd_toolbox.wording import TOOLBOX, TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esri_toolbox.rcd_toolbox.wording_types import ParameterText, ToolText

NAME, ALIAS = "CampDetector", "campdetector"
_TYPES = {
    "GPRasterLayer": "Raster Layer",
    "GPFeatureLayer": "Feature Layer",
    "GPExtent": "Extent",
    "GPDouble": "Double",
    "GPLong": "Long",
    "GPString": "String",
    "GPBoolean": "Boolean",
    "DEFile": "File",
    "DEFolder": "Folder",
    "DEFeatureClass": "Feature Class",
    "DERasterDataset": "Raster Dataset",
    "Field": "Field",
}
"""Names of ArcGIS' types of parameters, by their keywords."""


def metadata_files() -> dict[str, bytes]:
    """Each file by its name."""
    files = {f"{NAME}.pyt.xml": _of_toolbox()}
    for text in TOOLS:
        files[f"{NAME}.{text.name}.pyt.xml"] = _of_tool(text)
    return files


def _of_toolbox() -> bytes:
    root = _root()
    toolbox = ET.SubElement(root, "toolbox", name=NAME, alias=ALIAS)
    ET.SubElement(toolbox, "arcToolboxHelpPath")
    ET.SubElement(toolbox, "toolsets")
    info = _information(root, TOOLBOX.label, TOOLBOX.tags)
    _add(info, "idPurp", TOOLBOX.summary)
    _add(info, "idAbs", _paragraphs(TOOLBOX.description))
    _format(root, "ArcToolbox Toolbox")
    return _bytes(root)


def _of_tool(text: ToolText) -> bytes:
    root = _root()
    tool = ET.SubElement(root, "tool", name=text.name, displayname=text.label, toolboxalias=ALIAS)
    ET.SubElement(tool, "arcToolboxHelpPath")
    parameters = ET.SubElement(tool, "parameters")
    for parameter in text.parameters:
        _of_parameter(parameters, parameter)
    _add(tool, "summary", _paragraphs([text.summary]))
    _add(tool, "usage", _paragraphs(text.usage))
    example = ET.SubElement(ET.SubElement(tool, "scriptExamples"), "scriptExample")
    _add(example, "title", f"{text.label} in Python")
    _add(example, "code", f'arcpy.ImportToolbox(r"C:\\CampDetector\\{NAME}.pyt")\n{text.example}')
    _information(root, text.label, text.tags)
    _format(root, "ArcToolbox Tool")
    return _bytes(root)


def _of_parameter(parent: ET.Element, text: ParameterText) -> None:
    optional = text.kind == "Optional"
    element = ET.SubElement(
        parent,
        "param",
        name=text.name,
        displayname=text.label,
        type=text.kind,
        direction="Output" if text.output else "Input",
        datatype=_TYPES[text.datatype],
        expression="{" + text.name + "}" if optional else text.name,
    )
    words = [text.help]
    if text.choices:
        words.append(f"One of {', '.join(text.choices)}.")
    _add(element, "dialogReference", _paragraphs(words))
    _add(element, "pythonReference", _paragraphs(words))


def _root() -> ET.Element:
    root = ET.Element("metadata", {"xml:lang": "en"})
    esri = ET.SubElement(root, "Esri")
    _add(esri, "ArcGISFormat", "1.0")
    _add(esri, "SyncOnce", "TRUE")
    return root


def _information(root: ET.Element, title: str, tags: Iterable[str]) -> ET.Element:
    info = ET.SubElement(root, "dataIdInfo")
    _add(ET.SubElement(info, "idCitation"), "resTitle", title)
    keys = ET.SubElement(info, "searchKeys")
    for tag in tags:
        _add(keys, "keyword", tag)
    _add(info, "idCredit", TOOLBOX.credits)
    _add(ET.SubElement(ET.SubElement(info, "resConst"), "Consts"), "useLimit", TOOLBOX.licence)
    return info


def _format(root: ET.Element, name: str) -> None:
    parent = root
    for tag in ("distInfo", "distributor", "distorFormat"):
        parent = ET.SubElement(parent, tag)
    _add(parent, "formatName", name)


def _paragraphs(texts: Iterable[str]) -> str:
    """HTML, which ArcGIS keeps as text inside of its elements."""
    inner = "".join(f"<P><SPAN>{escape(text, quote=False)}</SPAN></P>" for text in texts)
    return f'<DIV STYLE="text-align:Left;"><DIV>{inner}</DIV></DIV>'


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
