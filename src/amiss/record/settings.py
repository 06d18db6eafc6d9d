"""Where a site keeps its record: `site.toml` in its folder, or two URLs."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from amiss.domain.errors import RecordError

FILE = "site.toml"
DATABASE, IMAGES = "AMISS_DATABASE", "AMISS_IMAGES"
"""Environment variables that come before what the file says: they may hold passwords."""
_KNOWN = {"name", "database", "images"}


@dataclass(frozen=True, slots=True)
class Settings:
    """A site. database: a URL of SQLite or PostgreSQL. images: of a folder or a bucket."""

    name: str
    database: str
    images: str


def read_settings(folder: Path) -> Settings:
    """The settings of the site in a folder, which need not say anything: all have defaults.

    A URL that begins with a dot is below the folder.

    Raises:
        RecordError: the file cannot be read, or says what no setting is.
    """
    told = _told(folder / FILE)
    if unknown := set(told) - _KNOWN:
        raise RecordError(
            f"{folder / FILE} says {', '.join(sorted(unknown))}; it may say "
            f"{', '.join(sorted(_KNOWN))}."
        )
    if not all(isinstance(value, str) for value in told.values()):
        raise RecordError(f"{folder / FILE} holds what is no text; give text in quotes.")
    database = os.environ.get(DATABASE) or told.get("database", "./record.sqlite")
    images = os.environ.get(IMAGES) or told.get("images", "./images")
    here = folder.resolve()
    if database.startswith("."):
        database = f"sqlite:///{here / database}"
    if images.startswith("."):
        images = f"file://{here / images}"
    return Settings(told.get("name", here.name), database, images)


def _told(path: Path) -> dict[str, str]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecordError(f"{path} cannot be read ({error}); correct it.") from error
