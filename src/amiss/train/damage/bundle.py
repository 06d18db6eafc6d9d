"""Puts a trained damage model into a bundle, beside the encoder that it was trained on."""

from collections.abc import Mapping
from pathlib import Path

from amiss.bundle.manifest import (
    CARD_FILE,
    COMPARE_FILE,
    DESCRIBE_FILE,
    HEAD_FILE,
    MANIFEST_FILE,
    SEAL_FILE,
    VIEW_FILE,
    Damage,
    Manifest,
    Source,
    Weighing,
    seal,
    sha256,
)
from amiss.bundle.read import Bundle, open_bundle
from amiss.detect.preprocessing import fingerprint
from amiss.train.export import put_in_place, refuse_other_folders

AS_TRAINED = Weighing(bias=0, damage=0.5, major=0.5, mean=0)
"""Before anything was weighed."""


def write_bundle(
    out: Path,
    encoder: Bundle,
    graphs: Mapping[str, bytes],
    weighings: tuple[Weighing, Weighing],
    card: str,
    *,
    name: str,
    version: str,
    created: str,
    sources: tuple[Source, ...],
) -> Bundle:
    """Writes a whole bundle folder, and puts it in place of an older bundle.

    Args:
        out: the folder.
        encoder: the bundle whose encoder the model reads; its files are taken over.
        graphs: by file; see `amiss.train.damage.graphs`.
        weighings: without references, and with them.
        card: the text of the model card.
        name: of the bundle.
        version: of the bundle.
        created: YYYY-MM-DD.
        sources: what the damage model was trained on.

    Raises:
        BundleError: the folder holds something else.
    """
    taken = {file: encoder.read(file) for file in encoder.manifest.files if file not in _OURS}
    contents = {
        **taken,
        **graphs,
        CARD_FILE: card.encode(),
    }
    manifest = Manifest(
        name=name,
        version=version,
        created=created,
        encoder=encoder.manifest.encoder,
        damage=Damage(
            view=VIEW_FILE,
            describe=DESCRIBE_FILE,
            compare=COMPARE_FILE,
            head=HEAD_FILE,
            preprocessing=fingerprint(),
            alone=weighings[0],
            beside=weighings[1],
            sources=sources,
        ),
        sources=encoder.manifest.sources,
        files={file: sha256(data) for file, data in contents.items()},
    ).to_bytes()
    refuse_other_folders(out)
    put_in_place(out, {**contents, MANIFEST_FILE: manifest, SEAL_FILE: seal(manifest)})
    return open_bundle(out)


_OURS = {VIEW_FILE, DESCRIBE_FILE, COMPARE_FILE, HEAD_FILE, CARD_FILE}
