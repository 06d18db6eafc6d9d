"""Which references of a product an item is compared with."""

import hashlib
from collections.abc import Sequence

import numpy as np

from amiss.dataset.records import ReferenceRecord


def draw_of_each_camera(
    references: Sequence[ReferenceRecord], k: int, seed: int
) -> tuple[ReferenceRecord, ...]:
    """K pictures of each camera, or all where it has fewer; no camera counts as a camera, too.

    In the order of their names every camera gives the same places, so that one capture of the
    product gives all its views. With one seed, fewer are always a part of more. What is drawn
    depends on the product's name and not on other products.
    """
    by_camera: dict[str, list[ReferenceRecord]] = {}
    for reference in sorted(references, key=lambda reference: reference.view.id):
        by_camera.setdefault(reference.view.camera, []).append(reference)
    drawn = []
    for members in by_camera.values():
        digest = hashlib.sha256(members[0].item.encode("utf-8", "surrogateescape")).digest()
        generator = np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])
        drawn += [members[place] for place in generator.permutation(len(members))[:k]]
    return tuple(sorted(drawn, key=lambda reference: reference.view.id))
