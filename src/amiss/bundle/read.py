"""Opens a bundle: every hash is checked before any byte is used.

A bundle is a folder with `bundle.json`, `bundle.sha256` (the hash of `bundle.json`) and the files
that `bundle.json` lists, nothing else. Hashes show damage and mix-ups; they do not show who made
a bundle.
"""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from amiss.bundle.manifest import MANIFEST_FILE, SEAL_FILE, Manifest, parse_manifest, seal, sha256
from amiss.domain.errors import BundleError

LARGEST_FILE = 2 * 1024**3
REMEDY = "install or export the bundle anew"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose files all had the right hash when it was opened."""

    path: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        """Name and hash, as it stands in every decision."""
        return self.manifest.id

    def read(self, name: str) -> bytes:
        """The bytes of one file, checked again: the file may have changed since it was opened.

        Raises:
            BundleError: the file is not part of the bundle, missing or altered.
        """
        if name not in self.manifest.files:
            raise BundleError(f"Bundle {self.id} has no file {name}; choose another bundle.")
        return _read_checked(self.path, name, self.manifest.files[name])


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `amiss bundle verify`; problem is None where all is well."""

    name: str
    problem: str | None

    @property
    def passed(self) -> bool:
        """Whether all is well."""
        return self.problem is None


def default_bundle_path() -> Path:
    """The bundle that comes with the package."""
    return Path(str(files("amiss"))) / "bundles" / "default"


def open_bundle(path: Path | None = None) -> Bundle:
    """The bundle in this folder, every file of it checked; None is the default bundle.

    Raises:
        BundleError: a file is missing, altered, a link, or should not be there.
    """
    folder = default_bundle_path() if path is None else path
    manifest = _read_manifest(folder)
    for _ in _check_files(folder, manifest):
        pass
    return Bundle(folder, manifest)


def verify(path: Path) -> list[Check]:
    """What `open_bundle` checks, as a list to show; ends at the first problem."""
    checks: list[Check] = []
    try:
        manifest = _read_manifest(path)
        checks.append(Check(MANIFEST_FILE, None))
        checks.extend(Check(name, None) for name in _check_files(path, manifest))
    except BundleError as error:
        checks.append(Check("problem", str(error)))
    return checks


def _read_manifest(folder: Path) -> Manifest:
    """`bundle.json`, once it has the hash that `bundle.sha256` gives."""
    if not folder.is_dir():
        raise BundleError(f"There is no bundle at {folder}; name a folder with a {MANIFEST_FILE}.")
    data = _read_plain(folder, MANIFEST_FILE)
    if _read_plain(folder, SEAL_FILE) != seal(data):
        raise BundleError(
            f"{MANIFEST_FILE} in {folder} does not have the hash in {SEAL_FILE}; {REMEDY}."
        )
    return parse_manifest(data)


def _check_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Check the folder's contents, then each file; yields the name of each one that is right."""
    expected = {*manifest.files, MANIFEST_FILE, SEAL_FILE}
    for entry in sorted(folder.rglob("*")):
        name = entry.relative_to(folder).as_posix()
        if entry.is_symlink():
            raise BundleError(f"{name} in {folder} is a link; {REMEDY}.")
        if not entry.is_dir() and name not in expected:
            raise BundleError(f"{name} in {folder} is not part of the bundle; take it away.")
    for name, digest in manifest.files.items():
        _read_checked(folder, name, digest)
        yield name


def _read_checked(folder: Path, name: str, digest: str) -> bytes:
    data = _read_plain(folder, name)
    if sha256(data) != digest:
        raise BundleError(f"{name} in {folder} is not what the bundle was made with; {REMEDY}.")
    return data


def _read_plain(folder: Path, name: str) -> bytes:
    """The bytes of a file that really lies in the folder."""
    path = folder / name
    try:
        if path.resolve() != folder.resolve() / name:
            raise BundleError(f"{name} in {folder} is a link; {REMEDY}.")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_FILE:
            raise BundleError(f"{name} in {folder} is not a plain file; {REMEDY}.")
        return path.read_bytes()
    except OSError as error:
        raise BundleError(
            f"{name} in {folder} cannot be read ({error.strerror}); {REMEDY}."
        ) from error
