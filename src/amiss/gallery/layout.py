"""How a gallery lies on the disk, and how an empty one is made.

gallery.json                    the format, and the bundle whose encoder saw the references
log.jsonl                       every change there ever was; the state is their sum
products/<name>/<digest>.npz    one reference; its picture may lie beside it
lock                            held by whoever writes
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from amiss.domain.errors import GalleryError
from amiss.gallery.disk import disk_errors, locked, make_folder, write_file

PASSPORT_FILE, LOG_FILE, LOCK_FILE = "gallery.json", "log.jsonl", "lock"
PRODUCTS_FOLDER = "products"


class Passport(BaseModel):
    """The format of the gallery's files, and the bundle whose encoder saw its references."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    format: Literal[1] = 1
    bundle: str
    created: AwareDatetime


def make_gallery(folder: Path, bundle_id: str, created: datetime) -> None:
    """Makes an empty gallery, unless there is one already; `gallery.json` comes last.

    Raises:
        GalleryError: the folder cannot be written, or holds a gallery that lost its `gallery.json`.
    """
    with disk_errors(folder):
        if (folder / PASSPORT_FILE).exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / LOCK_FILE):
            if not (folder / PASSPORT_FILE).exists():
                _make(folder, Passport(bundle=bundle_id, created=created))


def _make(folder: Path, passport: Passport) -> None:
    log_file = folder / LOG_FILE
    log_file.touch()
    if log_file.stat().st_size > 0:
        raise GalleryError(
            f"The gallery in {folder} has lost its {PASSPORT_FILE}; restore it from a copy."
        )
    make_folder(folder / PRODUCTS_FOLDER)
    write_file(folder / PASSPORT_FILE, f"{passport.model_dump_json(indent=2)}\n".encode())


def check_passport(folder: Path, bundle_id: str) -> None:
    """Raises GalleryError unless the folder is a gallery made with this bundle."""
    try:
        passport = Passport.model_validate_json((folder / PASSPORT_FILE).read_bytes())
    except FileNotFoundError as error:
        raise GalleryError(
            f"There is no gallery in {folder}; name another folder or create one."
        ) from error
    except (OSError, ValidationError) as error:
        raise GalleryError(
            f"{PASSPORT_FILE} in {folder} cannot be read, or was written by another version of "
            "Amiss; restore the gallery from a copy."
        ) from error
    if passport.bundle != bundle_id:
        raise GalleryError(
            f"The gallery in {folder} was made with bundle {passport.bundle}, and what that saw "
            f"means nothing to {bundle_id}; create a new gallery and re-add the references with "
            "this bundle."
        )
