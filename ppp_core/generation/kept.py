"""Drawn pictures on disk: each whole or not there, beside a record of what they were drawn with.

``$PPP_HOME/datasets/<name>/pictures`` holds one folder a prompt; the data set's frames stand beside it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from ..datasets.importing import check_name
from ..datasets.rated import forget_ratings
from ..datasets.shelf import folder_of
from ..errors import PPPError
from ..store import write_atomically
from .pipelines import Drawn
from .settings import Settings, differences, webui_text

FORMAT = 1
RECORD = "generation.json"
PICTURES = "pictures"


class Kept:
    """The pictures of one data set that is being drawn.

    Args:
        name: of the data set.
    """

    def __init__(self, name: str):
        self.name = name
        self.folder = folder_of(name)
        self.pictures = self.folder / PICTURES

    def check(self, settings: Settings, *, replace: bool) -> None:
        """Raises PPPError when the name is taken by something else than pictures of the same settings."""
        check_name(self.name, True)
        record = self._record()
        if replace or not self.folder.exists():
            return
        if record is None:
            check_name(self.name, False)
            return  # left by a run that stopped before it began
        changed = differences(record["settings"], settings.as_dict())
        if changed:
            raise PPPError(
                f"The pictures of {self.name} were drawn with other settings ({'; '.join(changed)}). Choose "
                "another name, or replace it."
            )

    def begin(self, settings: Settings, model: str, *, replace: bool) -> str:
        """Makes the folder, emptied first where it is replaced.

        Returns:
            The model's name as the first pictures tell it; a folder may have been renamed meanwhile.
        """
        if replace and self.folder.exists():
            self._clear()
        record = self._record() if self.folder.exists() else None
        if record is None:
            record = {"format": FORMAT, "model": model, "settings": settings.as_dict()}
            with write_atomically(self.folder / RECORD) as temporary:
                temporary.write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")
        return record["model"]

    def is_drawn(self, image_id: str) -> bool:
        """Whether a picture is here, or known to have come out flawed."""
        return self.path(image_id).is_file() or self._flaw(image_id).is_file()

    def path(self, image_id: str) -> Path:
        """Where a picture is or would be."""
        return self.pictures / image_id

    def flaw(self, image_id: str) -> str:
        """Why there is no picture although it was drawn; empty for a picture."""
        try:
            return self._flaw(image_id).read_text(encoding="utf-8")
        except OSError:
            return ""

    def keep(self, image_id: str, drawn: Drawn, told: str) -> None:
        """Writes a picture with what it was drawn with in its metadata, or why there is none.

        Raises:
            PPPError: when it cannot be written; nothing is then.
        """
        from PIL.PngImagePlugin import PngInfo

        if drawn.picture is None:
            with write_atomically(self._flaw(image_id)) as temporary:
                temporary.write_text(drawn.flaw, encoding="utf-8")
            return
        metadata = PngInfo()
        metadata.add_text("parameters", told)
        with write_atomically(self.path(image_id)) as temporary:
            drawn.picture.save(temporary, format="PNG", pnginfo=metadata)

    def tidy(self) -> None:
        """Removes a folder in which nothing was drawn, so that other settings may be tried."""
        if not any(self.pictures.rglob("*.*")) and not (self.folder / "manifest.json").exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def count(self) -> tuple[int, int]:
        """Pictures in the folder, asked for now or not, and their bytes."""
        paths = (path for path in self.pictures.glob("*/*.png") if not path.name.startswith("."))
        sizes = [path.stat().st_size for path in paths]
        return len(sizes), sum(sizes)

    def _flaw(self, image_id: str) -> Path:
        return self.path(image_id).with_suffix(".flaw")

    def _record(self) -> dict | None:
        try:
            record = json.loads((self.folder / RECORD).read_text(encoding="utf-8"))
            if record["format"] == FORMAT and isinstance(record["settings"], dict):
                return {**record, "model": str(record["model"])}
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def _clear(self) -> None:
        doomed = Path(tempfile.mkdtemp(prefix=f".{self.name}-", dir=self.folder.parent))
        self.folder.rename(doomed / "old")
        shutil.rmtree(doomed, ignore_errors=True)
        forget_ratings(self.name)


def picture_text(prompt: str, seed: int, settings: Settings, model: str, drawn: Drawn) -> str:
    """What goes into a picture's metadata; empty where there is no picture."""
    if drawn.picture is None:
        return ""
    return webui_text(prompt, seed, settings, model=model, size=drawn.picture.size)
