"""A reference as the bytes of one zip archive; the only place that knows how it is laid out.

Patches are stored as float16, which moves a distance near 0 by about 0.001 and others by 0.0001;
everything else is stored exactly. The file ends in the SHA-256 of all that stands before (as the
comment of the zip archive), so that no damaged byte is ever parsed.
"""

import hashlib
import io
import json
import struct
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amiss.gallery.reference import Reference
from amiss.vision.look import Look, Patches
from amiss.vision.seen import Seen

FORMAT = 5
ANOTHER_VERSION = "it was written by another version of Amiss"
FACTS_FILE = "facts.json"
_SEAL_BYTES = 64  # hex digits
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # equal references make equal files

_SEEN = ("keys", "fine_keys", "descriptors", "embedding")

Arrays = dict[str, NDArray[np.generic]]


def to_bytes(reference: Reference) -> bytes:
    """The file of a reference."""
    look = reference.look
    facts = {
        "format": FORMAT,
        "name": reference.name,
        "digest": reference.digest,
        "isolated": look.isolated,
        "round": look.round,
        "layers": list(look.patches),
        "turned": len(reference.turned),
        "seen": reference.seen is not None,
    }
    arrays: Arrays = {
        "item": look.item,
        "colours": look.colours.astype(np.min_scalar_type(int(look.colours.max()))),
        "silhouette": look.silhouette,
        "palette": reference.palette,
        "thumbnail": reference.thumbnail,
    }
    for turn, patches in enumerate((look.patches, *reference.turned)):
        for layer in look.patches:
            arrays[_entry(turn, layer)] = patches[layer].astype(np.float16)
    if reference.seen is not None:
        arrays["seen/item"] = reference.seen.item
        for name in _SEEN:
            arrays[f"seen/{name}"] = getattr(reference.seen, name).astype(np.float16)
    return _seal(_zip(facts, arrays))


def from_bytes(data: bytes) -> Reference:
    """The reference in a file; distances to its patches are as near as float16 allows.

    Raises:
        ValueError: the file is damaged, or was written by another version of Amiss.
    """
    facts, arrays = _unzip(_unseal(data))
    if facts.get("format") != FORMAT:
        raise ValueError(ANOTHER_VERSION)
    try:
        return _rebuild(facts, arrays)
    except KeyError as error:
        raise ValueError(ANOTHER_VERSION) from error


def _rebuild(facts: dict[str, Any], arrays: Arrays) -> Reference:
    upright, *turned = (
        {layer: _unit(arrays[_entry(turn, layer)]) for layer in facts["layers"]}
        for turn in range(1 + facts["turned"])
    )
    item = arrays["item"].astype(np.float32)
    return Reference(
        name=facts["name"],
        digest=facts["digest"],
        look=Look(
            patches=upright,
            grid=(item.shape[0], item.shape[1]),
            item=item,
            isolated=facts["isolated"],
            silhouette=arrays["silhouette"].astype(np.bool_),
            round=facts["round"],
            colours=arrays["colours"].astype(np.int32),
        ),
        turned=tuple(turned),
        palette=arrays["palette"].astype(np.bool_),
        thumbnail=arrays["thumbnail"].astype(np.float32),
        seen=_seen(arrays) if facts["seen"] else None,
    )


def _seen(arrays: Arrays) -> Seen:
    kept = {name: arrays[f"seen/{name}"].astype(np.float32) for name in _SEEN}
    return Seen(**kept, item=arrays["seen/item"].astype(np.bool_))


def _entry(turn: int, layer: str) -> str:
    return f"patches/{turn}/{layer}"


def _unit(stored: NDArray[np.generic]) -> Patches:
    """Length 1 again: a length off by 1e-5 alone would move a small distance by 0.004."""
    patches = stored.astype(np.float32)
    norms = np.sqrt(np.einsum("nc,nc->n", patches, patches))
    norms[norms < 0.5] = 1  # a patch of zeros stays one
    return np.asarray(patches / norms[:, None], np.float32)


def _zip(facts: dict[str, Any], arrays: Arrays) -> bytes:
    """An archive of plain numbers; patches are left as they are: deflate gains 8 %.

    Kinds and shapes stand among the facts, not before each array as in an `.npz`: numpy reads
    those with `ast`, which CPython 3.11 cannot do in several threads at once.
    """
    buffer = io.BytesIO()
    shapes = {name: [array.dtype.str, *array.shape] for name, array in arrays.items()}
    with zipfile.ZipFile(buffer, "w") as archive:
        text = json.dumps({**facts, "arrays": shapes}).encode()
        _write(archive, FACTS_FILE, text, zipfile.ZIP_DEFLATED)
        for name, array in arrays.items():
            stored = array.dtype == np.float16
            method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            _write(archive, name, np.ascontiguousarray(array).tobytes(), method)
    return buffer.getvalue()


def _write(archive: zipfile.ZipFile, name: str, data: bytes, method: int) -> None:
    archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data, method)


def _unzip(data: bytes) -> tuple[dict[str, Any], Arrays]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            facts = json.loads(archive.read(FACTS_FILE))
            return facts, {
                name: np.frombuffer(archive.read(name), kind).reshape(shape)
                for name, (kind, *shape) in facts["arrays"].items()
            }
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(ANOTHER_VERSION) from error


def _seal(archive: bytes) -> bytes:
    """Adds the hash as the archive's comment: its length replaces the 0 at the archive's end."""
    sealed = archive[:-2] + struct.pack("<H", _SEAL_BYTES)
    return sealed + hashlib.sha256(sealed).hexdigest().encode()


def _unseal(data: bytes) -> bytes:
    sealed, digest = data[:-_SEAL_BYTES], data[-_SEAL_BYTES:]
    if hashlib.sha256(sealed).hexdigest().encode() != digest:
        raise ValueError("it is damaged")
    return data
