"""The files of a gallery's references: `products/<product>/<digest>.npz`, pictures beside them."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from amiss.domain.errors import GalleryError
from amiss.gallery.disk import make_folder, write_file
from amiss.gallery.ledger import Change
from amiss.gallery.names import safe_name
from amiss.gallery.reference import Reference
from amiss.gallery.reference_file import from_bytes, to_bytes

STEM_DIGITS = 16  # hex digits of a digest
PICTURE_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}
OWN_FILES = re.compile(r"([0-9a-f]{16})\.(npz|jpg|png)(\.tmp)?")


class ReferenceFiles:
    """Files of references, each written once and whole; what stands is for the log to say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pack(self, reference: Reference, picture: bytes | None) -> dict[str, bytes]:
        """What to write for a reference, by suffix.

        Raises:
            GalleryError: the picture is neither a JPEG nor a PNG file.
        """
        files = {".npz": to_bytes(reference)}
        if picture is not None:
            files[_picture_suffix(picture)] = picture
        return files

    def write(self, added: Change, files: dict[str, bytes]) -> None:
        """Writes the files of a reference, over any that it left behind when it was removed."""
        stem = self._stem(added)
        make_folder(stem.parent)
        for suffix, data in files.items():
            write_file(stem.with_suffix(suffix), data)

    def read(self, added: Change) -> Reference:
        """The reference that a change added.

        Raises:
            GalleryError: its file is missing or damaged.
        """
        try:
            data = self._stem(added).with_suffix(".npz").read_bytes()
            return _identify(from_bytes(data), added)
        except FileNotFoundError as error:
            raise _unusable(added, "it is missing") from error
        except (OSError, ValueError) as error:
            raise _unusable(added, str(error)) from error

    def picture(self, added: Change) -> bytes | None:
        """The picture that lies beside a reference, as JPEG or PNG bytes."""
        paths = [self._stem(added).with_suffix(suffix) for suffix in PICTURE_SUFFIXES.values()]
        return next((path.read_bytes() for path in paths if path.is_file()), None)

    def delete_all_but(self, kept: Iterable[Change]) -> int:
        """Deletes the files of all other references, and half-written ones; returns how many."""
        stems = {self._stem(added) for added in kept}
        doomed = [path for path in self.folder.glob("*/*") if _is_waste(path, stems)]
        for path in doomed:
            path.unlink()
        for folder in {path.parent for path in doomed}:
            with suppress(OSError):  # it is not empty
                folder.rmdir()
        return len(doomed)

    def _stem(self, added: Change) -> Path:
        """Where the files of a reference lie, without their suffix."""
        return self.folder / safe_name(added.product) / added.digest[:STEM_DIGITS]


def _identify(reference: Reference, added: Change) -> Reference:
    """The reference under the name that it was added with."""
    if reference.digest != added.digest:
        raise ValueError("it is the file of another reference")
    return replace(reference, name=added.name)


def _is_waste(path: Path, stems: set[Path]) -> bool:
    """Whether a file is ours and of no more use; files of others are left alone."""
    own = OWN_FILES.fullmatch(path.name)
    if own is None:
        return False
    is_temporary = own[3] is not None
    return is_temporary or path.parent / own[1] not in stems


def _picture_suffix(picture: bytes) -> str:
    for start, suffix in PICTURE_SUFFIXES.items():
        if picture.startswith(start):
            return suffix
    raise GalleryError("The picture of a reference is neither JPEG nor PNG; hand in one of these.")


def _unusable(added: Change, reason: str) -> GalleryError:
    return GalleryError(
        f"The file of reference {added.name!r} ({added.digest[:STEM_DIGITS]}) of "
        f"{added.product!r} cannot be used, {reason}; remove the reference, and re-add it from its "
        "picture."
    )
