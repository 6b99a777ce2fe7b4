"""The models that the user has: bundled ones, those added, and those in folders."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional, Sequence

from ..i18n import tr
from ..vendored import engine as core
from .installed import ADDED, BUNDLED, FOLDER, InstalledModel

_PLUGIN = Path(__file__).resolve().parent.parent
_ENDINGS = {".onnx", ".dlpk", ".json"}
_MOST_IN_FOLDER = 500
_MAX_TEXT = 16 << 20
_FOLDERS, _DEFAULT = "camp_detector/model_folders", "camp_detector/default_model"
_State = tuple[tuple[str, int, int], ...]
_read: dict[_State, Any] = {}
"""What files said, or why they are no model, by path, time and size: lists of models are asked for
often, and may lie on slow drives."""
_hrefs: dict[_State, Any] = {}
"""Where items say that their networks lie; None: they are no items of models."""


@dataclass(frozen=True)
class ModelLibrary:
    """Where models lie, and which."""

    home: Path
    """Added models lie here, each in a folder."""
    bundled: Sequence[Path] = ()
    folders: Sequence[Path] = ()
    """The user's own folders; nothing in them is changed."""
    preferred: str = ""
    """Key, or id, of the model that the user prefers."""

    @classmethod
    def from_settings(cls) -> ModelLibrary:
        """As the user has set it up in QGIS."""
        from qgis.core import QgsApplication, QgsSettings

        settings = QgsSettings()
        folders = settings.value(_FOLDERS, []) or []
        profile = Path(QgsApplication.qgisSettingsDirPath())
        return cls(
            home=profile / "camp_detector" / "models",
            bundled=bundled_files(),
            folders=[Path(f) for f in ([folders] if isinstance(folders, str) else folders)],
            preferred=str(settings.value(_DEFAULT, "") or ""),
        )

    def models(self) -> list[InstalledModel]:
        """All of them, bundled ones first, each with an id of its own.

        Files that are no model are left out.
        """
        found = [*_all(self.bundled, BUNDLED), *self._added()]
        for folder in self.folders:
            found += _all(_files_in(folder), FOLDER)
        unique: dict[str, InstalledModel] = {}
        for model in found:
            unique.setdefault(model.sha256, model)
        named = Counter(model.spec.id for model in unique.values())
        return [replace(m, namesake=named[m.spec.id] > 1) for m in unique.values()]

    def default(self, among: Optional[Sequence[InstalledModel]] = None) -> Optional[InstalledModel]:
        """The model that the user prefers, else the first one; None where there is none.

        Args:
            among: What `models` gave, so that they are not looked for again.
        """
        models = self.models() if among is None else among
        # Where the very file is gone or was replaced, another of that name and version will do.
        name = self.preferred.rpartition(" (")[0] or self.preferred
        preferred = [m for m in models if m.key == self.preferred]
        preferred += [m for m in models if m.spec.id in {self.preferred, name}]
        return next(iter(preferred or models), None)

    def find(self, wanted: str) -> InstalledModel:
        """A model by its id, the beginning of its checksum, or the path of its file.

        Raises:
            CampDetectorError: There is none, or several, or the file is none.
        """
        models = self.models()
        for model in models:
            if wanted in {model.id, model.key, model.sha256, model.sha256[:12]}:
                return model
        several = [model.id for model in models if model.spec.id == wanted]
        if several:
            raise core("engine.errors").PredictorError(
                tr(
                    "There are several models {name}: choose one of {known}.",
                    name=wanted,
                    known=", ".join(several),
                )
            )
        path = Path(wanted)
        if path.suffix.lower() in _ENDINGS:
            return look_at(path, FOLDER)
        known = ", ".join(m.id for m in models) or tr("none")
        raise core("engine.errors").PredictorError(
            tr(
                "There is no model {name} (there are: {known}): add it under Plugins > Camp "
                "Detector > Models, or give the path of a model file.",
                name=wanted,
                known=known,
            )
        )

    def add(self, path: Path) -> InstalledModel:
        """Copy a model from ``.onnx``, a STAC item or ``.dlpk``; the network alone is taken.

        Raises:
            CampDetectorError: It is no model, or cannot be stored.
        """
        opened = core("packaging.model_file").open_model(path)
        item = _item_of(path) if path.suffix.lower() == ".json" else {}
        return self.add_bytes(opened.onnx, item=item, source=str(path))

    def add_bytes(self, data: bytes, *, item: Mapping[str, Any], source: str) -> InstalledModel:
        """Store the bytes of an ONNX file; nothing is stored of what came with the plugin.

        Args:
            data: The ONNX file.
            item: Its STAC item, which is kept for what it says.
            source: Where it came from.

        Raises:
            CampDetectorError: It is no model, or cannot be stored.
        """
        errors = core("engine.errors")
        digest = hashlib.sha256(data).hexdigest()
        for model in _all(self.bundled, BUNDLED):
            if model.sha256 == digest:
                return model
        stage = self.home / f".new-{uuid.uuid4().hex[:8]}"
        final = self.home / digest[:24]
        try:
            stage.mkdir(parents=True)
            (stage / "model.onnx").write_bytes(data)
            about = {"sha256": digest, "source": source, "item": dict(item)}
            (stage / "about.json").write_text(json.dumps(about), encoding="utf-8")
            look_at(stage / "model.onnx", ADDED)
            if final.exists():
                shutil.rmtree(final)
            stage.rename(final)
        except OSError as error:
            raise errors.OutputError(
                tr(
                    "The model could not be stored in {folder}: {reason}",
                    folder=self.home,
                    reason=error,
                )
            ) from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        return self._one_added(final)

    def remove(self, model: InstalledModel) -> None:
        """Delete an added model.

        Raises:
            CampDetectorError: It was not added, or is in use.
        """
        errors = core("engine.errors")
        if model.origin != ADDED or self.home not in model.path.parents:
            raise errors.OutputError(
                tr("{name} was not added here, so it is not removed here.", name=model.id)
            )
        try:
            shutil.rmtree(model.path.parent)
        except OSError as error:
            raise errors.OutputError(
                tr("{name} could not be removed: {reason}", name=model.id, reason=error)
            ) from error

    def _added(self) -> Iterator[InstalledModel]:
        if not self.home.is_dir():
            return
        for folder in sorted(self.home.iterdir()):
            if folder.name.startswith(".") or not folder.is_dir():
                continue
            try:
                yield self._one_added(folder)
            except core("engine.errors").CampDetectorError:
                continue

    @staticmethod
    def _one_added(folder: Path) -> InstalledModel:
        about = _json(folder / "about.json")
        found = look_at(folder / "model.onnx", ADDED)
        item = about.get("item")
        return InstalledModel(
            path=found.path, spec=found.spec, origin=ADDED, size=found.size,
            sha256=str(about.get("sha256") or found.sha256),
            item=item if isinstance(item, dict) else {}, source=str(about.get("source") or ""),
        )  # fmt: skip


def bundled_files() -> list[Path]:
    """The models that come with the plugin, or with the sources beside it in a checkout."""
    own = sorted((_PLUGIN / "models" / "bundled").glob("*.onnx"))
    return own or sorted((_PLUGIN.parent / "camp_detector_core" / "models").glob("*.onnx"))


def set_folders(folders: Sequence[Path]) -> None:
    """Say in which folders models are looked for."""
    from qgis.core import QgsSettings

    QgsSettings().setValue(_FOLDERS, [str(f) for f in folders])


def set_default(model: str) -> None:
    """Say which model is preferred, by its key or id."""
    from qgis.core import QgsSettings

    QgsSettings().setValue(_DEFAULT, model)


def look_at(path: Path, origin: str) -> InstalledModel:
    """A model in a file.

    Raises:
        CampDetectorError: It is none.
    """
    key = _state_of(path)
    found = _read.get(key)
    if found is None:
        try:
            opened = core("packaging.model_file").open_model(path)
            item = _item_of(path) if path.suffix.lower() == ".json" else {}
            found = (opened.spec, opened.sha256, len(opened.onnx), item)
        except core("engine.errors").CampDetectorError as error:
            if isinstance(error.__cause__, OSError):  # it may be readable in a moment
                raise
            found = error
        if key:
            _read[key] = found
    if isinstance(found, Exception):
        raise found.with_traceback(None)
    spec, digest, size, item = found
    return InstalledModel(path, spec, origin, digest, size, item)


def _state_of(path: Path) -> _State:
    """Path, time and size of what a model is read from; empty where it cannot be told."""
    files = core("packaging.model_file")
    own = _stated([path])
    if path.suffix.lower() != ".json" or not own:
        return own
    if own not in _hrefs:
        try:
            asset = files._onnx_asset(_item_of(path), path)  # noqa: SLF001 - the rule of `open_model`
            _hrefs[own] = asset.get("href")
        except core("engine.errors").CampDetectorError as error:
            if isinstance(error.__cause__, OSError):
                return ()
            _hrefs[own] = None
    href = _hrefs[own]
    if href is None:
        return own  # no item of a model, whatever lies beside it
    try:
        return _stated([path, files._local(href, path)])  # noqa: SLF001
    except core("engine.errors").CampDetectorError:
        return own  # which says it of the link as it stands there


def _stated(paths: Sequence[Path]) -> _State:
    try:
        states = [(str(p.resolve()), p.stat()) for p in paths]
    except (OSError, RuntimeError):
        return ()
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def _all(paths: Sequence[Path], origin: str) -> Iterator[InstalledModel]:
    for path in paths:
        try:
            yield look_at(path, origin)
        except core("engine.errors").CampDetectorError:  # noqa: PERF203 - each for itself
            continue


def _files_in(folder: Path) -> list[Path]:
    """The files in a folder, and in the folders in it, that may be models; items first."""
    try:
        found = [p for pattern in ("*", "*/*") for p in folder.glob(pattern)]
    except OSError:
        return []
    likely = [p for p in found if p.suffix.lower() in _ENDINGS and p.is_file()]
    return sorted(likely, key=lambda p: (p.suffix.lower() != ".json", str(p)))[:_MOST_IN_FOLDER]


def _item_of(path: Path) -> dict[str, Any]:
    strangers = core("packaging.strangers")
    return dict(strangers.read_json(strangers.read_file(path, _MAX_TEXT), str(path)))


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
