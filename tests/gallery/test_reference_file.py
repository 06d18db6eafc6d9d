from dataclasses import replace

import numpy as np
import pytest
from gallery_helpers import picture

from amiss.gallery import reference_file
from amiss.gallery.reference_file import from_bytes, to_bytes


def nearest(query, bank):
    """Distance of each query patch to its nearest in the bank, by brute force."""
    differences = query[:, None].astype(np.float64) - bank[None]
    return np.linalg.norm(differences, axis=2).min(axis=1)


def test_a_reference_comes_back_with_its_distances(eye, seen):
    back = from_bytes(to_bytes(seen))
    queries = [eye.look(picture(seed)) for seed in (0, 1, 2)]
    for layer in seen.look.patches:
        stored = [back.look.patches[layer], *(turn[layer] for turn in back.turned)]
        original = [seen.look.patches[layer], *(turn[layer] for turn in seen.turned)]
        for one, other in zip(stored, original, strict=True):
            assert one.dtype == np.float32
            np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1, atol=1e-6)
            for query in queries:
                ours, theirs = (nearest(query.patches[layer], bank) for bank in (one, other))
                np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-3)


def test_all_but_the_patches_comes_back_exactly(seen):
    back = from_bytes(to_bytes(seen))
    assert (back.name, back.digest) == (seen.name, seen.digest)
    assert (back.look.grid, back.look.isolated) == (seen.look.grid, seen.look.isolated)
    assert list(back.look.patches) == list(seen.look.patches)
    for one, other in [
        (back.look.item, seen.look.item),
        (back.look.colours, seen.look.colours),
        (back.palette, seen.palette),
        (back.thumbnail, seen.thumbnail),
    ]:
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_equal_references_make_equal_files(seen):
    assert to_bytes(seen) == to_bytes(replace(seen))


def test_patches_of_zeros_stay_zeros(seen):
    nothing = {layer: np.zeros_like(patches) for layer, patches in seen.look.patches.items()}
    back = from_bytes(to_bytes(replace(seen, look=replace(seen.look, patches=nothing))))
    assert all(not patches.any() for patches in back.look.patches.values())


def test_no_damaged_byte_is_ever_parsed(seen):
    data = to_bytes(seen)
    for position in range(0, len(data), 97):
        damaged = bytearray(data)
        damaged[position] ^= 0x10
        with pytest.raises(ValueError, match="damaged"):
            from_bytes(bytes(damaged))
    for length in (0, 10, 64, len(data) - 1):
        with pytest.raises(ValueError, match="damaged"):
            from_bytes(data[:length])


def test_the_file_of_another_version_is_refused(seen, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(reference_file, "FORMAT", reference_file.FORMAT + 1)
        newer = to_bytes(seen)
    with pytest.raises(ValueError, match="another version"):
        from_bytes(newer)
    with monkeypatch.context() as patch:
        patch.setattr(reference_file, "_entry", lambda turn, layer: f"{layer} {turn}")
        renamed = to_bytes(seen)
    with pytest.raises(ValueError, match="another version"):
        from_bytes(renamed)
