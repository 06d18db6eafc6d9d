"""The pictures that the demo writes: one of each item that is sidelined, and an overview."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from amiss.cli.output import write_picture
from amiss.domain.errors import InputError
from amiss.domain.words import Decision

if TYPE_CHECKING:
    from amiss.cli.demo_rows import Row
    from amiss.domain.capture import RgbArray
    from amiss.domain.result import Result

TILE_SIZE = 320  # pixels of one item on the overview
FRAMES = {  # RGB
    Decision.PASS: (40, 160, 60),
    Decision.SIDELINE: (210, 40, 30),
    Decision.NOT_INSPECTED: (220, 170, 20),
}


@dataclass(slots=True)
class Album:
    """A folder of pictures, filled item by item."""

    folder: Path
    written: list[str] = field(default_factory=list)
    _tiles: list["RgbArray"] = field(default_factory=list)

    @classmethod
    def make(cls, folder: Path) -> "Album":
        """Makes the folder, where it is not there yet.

        Raises:
            InputError: it cannot be made.
        """
        try:
            (folder / "sidelined").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{str(folder)!r} cannot hold the pictures ({error.strerror}); name another folder."
            ) from error
        return cls(folder)

    def add(self, row: "Row", result: "Result") -> None:
        """Keeps a tile of the item; writes its picture if it is sidelined."""
        picture = result.picture()
        self._tiles.append(_tile(row, picture))
        if row.decision is Decision.SIDELINE:
            self._write(self.folder / "sidelined" / f"{row.item}.png", picture)

    def finish(self) -> list[str]:
        """Writes the overview; all files that were written, the overview first."""
        from amiss.domain.picture import contact_sheet

        self._write(self.folder / "overview.png", contact_sheet(self._tiles))
        return [self.written[-1], *self.written[:-1]]

    def _write(self, path: Path, picture: "RgbArray") -> None:
        write_picture(path, picture)
        self.written.append(str(path))


def _tile(row: "Row", picture: "RgbArray") -> "RgbArray":
    """A small picture in a frame of the decision's colour, with score and truth."""
    import cv2
    import numpy as np

    scale = TILE_SIZE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    frame = FRAMES[row.decision]
    cv2.rectangle(small, (0, 0), (width - 1, height - 1), frame, 6)
    cv2.rectangle(small, (0, height - 38), (width - 1, height - 1), frame, cv2.FILLED)
    score = "no score" if row.score is None else f"{row.score:.2f}"
    for line, words in enumerate((f"{row.item}: {row.decision.value} {score}", row.truth)):
        at = (6, height - 23 + 16 * line)
        face = cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(small, words, at, face, 0.43, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(small, np.uint8)
