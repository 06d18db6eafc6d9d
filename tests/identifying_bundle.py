"""The packaged bundle with plain weights for identification: for tests of what uses them."""

from amiss.bundle.manifest import MANIFEST_FILE, SEAL_FILE, CueFacts, Identification, seal
from amiss.bundle.operating_point import read_operating_point, write_operating_point
from amiss.bundle.read import open_bundle

FACTS = Identification(
    cues={
        "look": CueFacts(knots=(0.3,), weights=(30.0,), unknown=9.0),
        "print": CueFacts(knots=(0.0,), weights=(1.0,), unknown=0.5),
        "structure": CueFacts(knots=(0.2,), weights=(8.0,), unknown=1.5),
        "colour": CueFacts(knots=(-30.0,), weights=(0.1,), unknown=2.0),
        "size": CueFacts(knots=(-0.3,), weights=(20.0,), unknown=4.0),
    },
    unknown=0.0,
    sure=0.9,
    wrong=0.1,
    sources=(),
)


def write_identifying_bundle(folder):
    """Writes it, with an operating point beside it; gives both paths."""
    packaged = open_bundle()
    manifest = packaged.manifest.model_copy(update={"identification": FACTS})
    folder.mkdir()
    for name in packaged.manifest.files:
        (folder / name).write_bytes(packaged.read(name))
    (folder / MANIFEST_FILE).write_bytes(manifest.to_bytes())
    (folder / SEAL_FILE).write_bytes(seal(manifest.to_bytes()))
    point = read_operating_point(None, packaged).model_copy(update={"bundle": manifest.id})
    path = folder.parent / "identifying_point.json"
    write_operating_point(path, point)
    return folder, path
