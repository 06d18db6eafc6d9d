"""Finds photographs of sound items, by product, in one or several folders.

    FOLDER/<product>/…/<anything>.jpg    photographs of a product, nested as deep as you like
    FOLDER/<product>.jpg                 the one photograph of a product, as catalogues have it

A product has all that any folder shows of it. Other files than JPEG and PNG, and hidden ones, are
left alone.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from amiss.dataset.folder import PICTURES, visible_files
from amiss.domain.errors import DatasetError
from amiss.vision.decode import decode

Progress = Callable[[int, int], None]
_LEAST = 64  # pixels to which a photograph is reduced where it only has to be readable


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture of a sound item.

    path: its file. name: its folder's name and its place in there, for people. digest: SHA-256 of
    its file, in hex: what it is, whatever it is called.
    """

    path: Path
    name: str
    product: str
    digest: str


@dataclass(frozen=True, slots=True)
class Found:
    """What there is.

    photographs: by product and name. doubles: files that another one equals. ignored: files that
    are no JPEG or PNG.
    """

    photographs: tuple[Photograph, ...]
    doubles: int
    ignored: int

    @property
    def products(self) -> dict[str, list[Photograph]]:
        """The photographs of each product."""
        found: dict[str, list[Photograph]] = {}
        for photograph in self.photographs:
            found.setdefault(photograph.product, []).append(photograph)
        return found


def find(folders: Sequence[Path], progress: Progress = lambda _done, _all: None) -> Found:
    """Lists the photographs below some folders, and looks whether each can be read.

    Raises:
        DatasetError: there is no such folder, none holds a photograph, a name cannot be written
            down, or two products share a photograph.
        ImageError: a photograph cannot be read.
    """
    paths, ignored = _listed(folders)
    first: dict[str, Photograph] = {}
    for done, (folder, path) in enumerate(paths):
        progress(done, len(paths))
        photograph = _looked_at(folder, path)
        twin = first.setdefault(photograph.digest, photograph)
        if twin.product != photograph.product:
            raise DatasetError(
                f"{twin.path} and {photograph.path} are one photograph of two products; delete "
                "where it does not belong."
            )
    progress(len(paths), len(paths))
    found = sorted(first.values(), key=lambda one: (one.product, one.name, one.digest))
    return Found(tuple(found), len(paths) - len(found), ignored)


def _listed(folders: Sequence[Path]) -> tuple[list[tuple[Path, Path]], int]:
    """Each photograph's file with the folder that it was found in; how many files are none."""
    paths: dict[Path, Path] = {}
    ignored: set[Path] = set()
    for folder in folders:
        if not folder.is_dir():
            raise DatasetError(f"There is no folder {folder} with photographs; check its name.")
        for path in _in(folder):
            if path.suffix.lower() in PICTURES:
                paths.setdefault(path, folder)
            else:
                ignored.add(path)
    if not paths:
        raise DatasetError(
            f"There is no photograph in {' or '.join(map(str, folders))}; name folders with one "
            "folder of JPEG or PNG files for each product."
        )
    return [(folder, path) for path, folder in paths.items()], len(ignored)


def _in(folder: Path) -> Iterator[Path]:
    try:
        yield from visible_files(folder)
    except OSError as error:
        raise DatasetError(
            f"The folder {folder} cannot be read ({error.strerror or error}); check who owns it."
        ) from error


def _looked_at(folder: Path, path: Path) -> Photograph:
    inside = path.relative_to(folder)
    product = inside.parts[0] if len(inside.parts) > 1 else inside.stem
    name = f"{folder.resolve().name}/{inside.as_posix()}"
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise DatasetError(f"The name of {str(path)!r} is not UTF-8; rename it.") from error
    decode(path, min_side=_LEAST)
    return Photograph(path, name, product, _digest(path))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
