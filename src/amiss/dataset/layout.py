"""Where manifests and pictures lie: Kaputt is unpacked in several ways, and all are found.

    as one        <root>/query-test.parquet, <root>/data/test/query-data/image/…
    by archives   <root>/datasets/query-test.parquet, <root>/query-image/data/test/query-data/…
    as published  the same below <root>/kaputt-release, also without the folder data/

What Amiss writes lies as one. Manifests may also lie elsewhere: those of kaputt-rare name the
pictures of Kaputt itself.
"""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from amiss.dataset.manifest import manifest_name
from amiss.dataset.words import SPLITS, SplitName
from amiss.domain.errors import DatasetError

_RELEASE = "kaputt-release"


@dataclass(frozen=True, slots=True)
class Layout:
    """A data set's folder, and the folder of its manifests."""

    root: Path
    manifests: Path
    _folders: dict[str, Path | None] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def find(cls, root: str | Path, manifests: str | Path | None = None) -> "Layout":
        """Looks for the manifests.

        Args:
            root: the data set's folder.
            manifests: where its manifests lie, if not there.

        Raises:
            DatasetError: there is no such folder, or no manifest in it.
        """
        base = Path(root)
        start = base if manifests is None else Path(manifests)
        for folder in (base, start):
            if not folder.is_dir():
                raise DatasetError(f"There is no folder {folder}.")
        found = _find_manifests(start)
        if found is not None:
            return cls(base, found)
        names = ", ".join(manifest_name("query", split) for split in SPLITS)
        raise DatasetError(f"{start} needs a manifest: {names}, there or in its folder datasets/.")

    @staticmethod
    def is_one(root: Path) -> bool:
        """Whether a folder has manifests."""
        return _find_manifests(root) is not None

    @property
    def splits(self) -> tuple[SplitName, ...]:
        """The splits that have a manifest."""
        return tuple(s for s in SPLITS if self.manifest("query", s).is_file())

    def manifest(self, kind: str, split: SplitName) -> Path:
        """The file of a manifest, there or not; kind: query or reference."""
        return self.manifests / manifest_name(kind, split)

    def resolve(self, value: str | None) -> Path | None:
        """The file that a manifest names; None where it names none or its folder is not there.

        Only the folder is looked for, once: asking a disk for every file takes minutes.

        Raises:
            DatasetError: the path leads out of the data set.
        """
        if not value:
            return None
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or "\\" in value:
            raise DatasetError(
                f"A manifest in {self.manifests} leads out of it: {value!r}; fix it."
            )
        parent = path.parent.as_posix()
        if parent not in self._folders:
            self._folders[parent] = self._search(path.parent)
        folder = self._folders[parent]
        return None if folder is None else folder / path.name

    def _search(self, parent: PurePosixPath) -> Path | None:
        archive = "-".join(parent.parts[-2:]).replace("-data", "", 1)  # query-data/crop: query-crop
        bare = PurePosixPath(*parent.parts[1:]) if parent.parts[:1] == ("data",) else parent
        for base in (self.root, self.root / _RELEASE):
            for folder in (base / parent, base / archive / parent, base / bare):
                if folder.is_dir():
                    return folder
        return None


def _find_manifests(start: Path) -> Path | None:
    release = start / _RELEASE
    for folder in (start, start / "datasets", release, release / "datasets"):
        if any((folder / manifest_name("query", split)).is_file() for split in SPLITS):
            return folder
    return None
