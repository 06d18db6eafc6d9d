"""The packaged bundle without its damage model: references alone decide."""

from amiss.bundle.manifest import (
    COMPARE_FILE,
    DESCRIBE_FILE,
    HEAD_FILE,
    MANIFEST_FILE,
    SEAL_FILE,
    VIEW_FILE,
    seal,
)
from amiss.bundle.operating_point import OperatingPoint, write_operating_point
from amiss.bundle.read import open_bundle


def write_plain_bundle(folder):
    """Writes it into a new folder, and opens it."""
    packaged = open_bundle()
    kept = {
        name: digest
        for name, digest in packaged.manifest.files.items()
        if name not in (VIEW_FILE, DESCRIBE_FILE, COMPARE_FILE, HEAD_FILE)
    }
    changes = {"name": "plain", "damage": None, "files": kept}
    manifest = packaged.manifest.model_copy(update=changes).to_bytes()
    folder.mkdir()
    for name in kept:
        (folder / name).write_bytes(packaged.read(name))
    (folder / MANIFEST_FILE).write_bytes(manifest)
    (folder / SEAL_FILE).write_bytes(seal(manifest))
    return open_bundle(folder)


def write_plain_point(path, bundle, **facts):
    """A threshold for it."""
    fields = {"threshold": 0.5, "provisional": True, "midpoint": 0.5, "slope": 10.0} | facts
    write_operating_point(
        path, OperatingPoint(bundle=bundle.id, calibration={"made": "for a test"}, **fields)
    )
    return path
