"""The models that the user has: bundled ones, those added, and those in folders."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Iterator, Mapping, Optional, Sequence

from camp_detector_core.engine.errors import CampDetectorError, OutputError, PredictorError
from camp_detector_core.model_file.reader import ORIGINALS, open_model

from ..i18n import tr
from .installed import ADDED, BUNDLED, FOLDER, InstalledModel
from .reading import ENDINGS, all_of, files_in, json_of, look_at

_PLUGIN = Path(__file__).resolve().parent.parent
_FOLDERS, _DEFAULT = "camp_detector/model_folders", "camp_detector/default_model"


@dataclass(frozen=True)
class ModelLibrary:
    """The installed models and their folders."""

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
        profile = Path(QgsApplication.qgisSettingsDirPath())
        return cls(
            home=profile / "camp_detector" / "models",
            bundled=bundled_files(),
            folders=_folders_of(settings.value(_FOLDERS, [])),
            preferred=str(settings.value(_DEFAULT, "") or ""),
        )

    def models(self) -> list[InstalledModel]:
        """All of them, bundled ones first, each with an id of its own.

        Files that are no model are left out.
        """
        models = [*all_of(self.bundled, BUNDLED), *self._added()]
        for folder in self.folders:
            models += all_of(files_in(folder), FOLDER)
        unique: dict[str, InstalledModel] = {}
        for model in models:
            unique.setdefault(model.sha256, model)
        counts = Counter(model.spec.id for model in unique.values())
        return [replace(m, namesake=counts[m.spec.id] > 1) for m in unique.values()]

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

    def find(self, name: str) -> InstalledModel:
        """A model by its id, the beginning of its checksum, or the path of its file.

        Name and version alone stand for the preferred one of several, or the first of them.

        Raises:
            CampDetectorError: There is none, or the file is none.
        """
        models = self.models()
        for model in models:
            if name in {model.id, model.key, model.sha256, model.sha256[:12]}:
                return model
        several = [model for model in models if model.spec.id == name]
        preferred = self.default(several) if several else None
        if preferred is not None:
            return preferred
        path = Path(name)
        if path.suffix.lower() in ENDINGS:
            return look_at(path, FOLDER)
        names = ", ".join(m.id for m in models) or tr("none")
        raise PredictorError(
            tr(
                "There is no model {name} (there are: {known}): add it under Plugins > Camp "
                "Detector > Models, or give its file as “Another model file” (MODEL_FILE).",
                name=name,
                known=names,
            )
        )

    def add(
        self, path: Path, *, original: Optional[Path] = None, source: str = ""
    ) -> InstalledModel:
        """Copy a model from ``.onnx``, a STAC item or ``.dlpk``; the network alone is taken.

        Args:
            path: The file.
            original: ``.onnx`` with the float32 weights that those of 8 bits were made from.
            source: Words for where it came from; empty: the file.

        Raises:
            CampDetectorError: It is no model, or cannot be stored.
        """
        model_file = open_model(path)
        weights = None if original is None else open_model(original).onnx
        item, source = model_file.item, source or str(path)
        return self.add_bytes(model_file.onnx, item=item, source=source, original=weights)

    def add_bytes(
        self,
        data: bytes,
        *,
        item: Mapping[str, object],
        source: str,
        original: Optional[bytes] = None,
    ) -> InstalledModel:
        """Store the bytes of an ONNX file; nothing is stored of what came with the plugin.

        Args:
            data: The ONNX file.
            item: Its STAC item, which is kept for what it says.
            source: Where it came from.
            original: The ONNX file with float32 weights, which a further training starts from.

        Raises:
            CampDetectorError: It is no model, or cannot be stored.
        """
        digest = hashlib.sha256(data).hexdigest()
        for model in all_of(self.bundled, BUNDLED):
            if model.sha256 == digest:
                return model
        stage = self.home / f".new-{uuid.uuid4().hex[:8]}"
        final = self.home / digest[:24]
        try:
            stage.mkdir(parents=True)
            (stage / "model.onnx").write_bytes(data)
            if original is not None:
                (stage / ORIGINALS).mkdir()
                (stage / ORIGINALS / "model.onnx").write_bytes(original)
            about = {"sha256": digest, "source": source, "item": dict(item)}
            (stage / "about.json").write_text(json.dumps(about), encoding="utf-8")
            look_at(stage / "model.onnx", ADDED)
            if final.exists():
                shutil.rmtree(final)
            stage.rename(final)
        except OSError as error:
            raise OutputError(
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
        if model.origin != ADDED or self.home not in model.path.parents:
            raise OutputError(
                tr("{name} was not added here, so it is not removed here.", name=model.id)
            )
        try:
            shutil.rmtree(model.path.parent)
        except OSError as error:
            raise OutputError(
                tr("{name} could not be removed: {reason}", name=model.id, reason=error)
            ) from error

    def _added(self) -> Iterator[InstalledModel]:
        try:
            folders = sorted(f for f in self.home.iterdir() if not f.name.startswith("."))
        except OSError:
            return
        for folder in folders:
            try:
                yield self._one_added(folder)
            except (OSError, CampDetectorError):  # noqa: PERF203 - each for itself
                continue

    @staticmethod
    def _one_added(folder: Path) -> InstalledModel:
        about = json_of(folder / "about.json")
        model = look_at(folder / "model.onnx", ADDED)
        item = about.get("item")
        return replace(
            model,
            sha256=str(about.get("sha256") or model.sha256),
            item=item if isinstance(item, dict) else {},
            source=str(about.get("source") or ""),
        )


def _folders_of(value: object) -> list[Path]:
    """The folders in a setting; what is no text there, as after an edit by hand, is left out."""
    texts = value if isinstance(value, (list, tuple)) else [value]
    return [Path(text) for text in texts if isinstance(text, str) and text]


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
