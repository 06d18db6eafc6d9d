"""Matches of all views with their references, found once, by the descriptors as they will serve.

Each family is matched twice: with its own references, and with references as they go wrong in the
field, so that the comparator learns how far to trust them. What goes wrong is drawn from the seed:
they are another product's, a damaged item was taken for one, or there are fewer.
"""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from amiss.detect.align import Described
from amiss.detect.match import Match, match
from amiss.domain.errors import DatasetError
from amiss.train.cache.store import Kept
from amiss.train.damage.describe import features
from amiss.train.damage.families import Family
from amiss.train.damage.network import Descriptor, over_item

ITEM = 0.0
"""Logit from which a cell may be matched."""
PER_FILE = 32  # families
_PARTS = ("reference", "row", "column", "support", "likeness")
_BROKEN = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """A family with references. views: by id of a view its match with them, in 16 bits.

    references: in the order that matches count them. lender: place among all families of the one
    that they come from. spoilt: id of the item that was taken for a reference, if one was; it
    cannot be asked about. pooled: by id of each view and own reference P numbers of what it shows
    as a whole, see `over_item`; nothing beside references that go wrong.
    """

    references: tuple[Kept, ...]
    lender: int
    spoilt: str | None
    views: dict[str, Match]
    pooled: dict[str, NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Described:
    """A view by its descriptors, and as a whole."""

    places: Described
    pooled: NDArray[np.float32]


def match_families(
    folder: Path,
    families: Sequence[Family],
    network: Descriptor,
    seed: int,
    *,
    threads: int = 1,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[tuple[Matched, Matched]]:
    """Each family with its own references, and with references as they go wrong.

    What lies in the folder already is read, the rest is made and kept there.

    Raises:
        DatasetError: a file in the folder is broken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[tuple[Matched, Matched]] = []
    with ThreadPoolExecutor(threads) as pool:
        for first in range(0, len(families), PER_FILE):
            tell(first, len(families))
            some = range(first, min(first + PER_FILE, len(families)))
            file = folder / f"matches-{first:06d}.npz"
            if not file.exists():
                made = list(pool.map(lambda at: matched(families, at, network, seed), some))
                _write(file, made)
            found += _read(file, families, some)
    tell(len(families), len(families))
    return found


def matched(
    families: Sequence[Family], place: int, network: Descriptor, seed: int
) -> tuple[Matched, Matched]:
    """A family with its own references, and with references as they go wrong."""
    family = families[place]
    rng = np.random.default_rng([seed, place])
    own = tuple(view for capture in family.captures for view in capture)
    views = (*(view for item in family.items for view in item.views), *own)
    known = _described(family, views, network)
    right = replace(
        _matched(family, own, place, None, known),
        pooled={name: one.pooled for name, one in known.items()},
    )
    hurt = [item for item in family.items if item.damages]
    kind = int(rng.integers(3))
    if kind == 0 and len(families) > 1:
        lender = (place + 1 + int(rng.integers(len(families) - 1))) % len(families)
        theirs = tuple(view for capture in families[lender].captures for view in capture)
        if theirs:
            known = known | _described(families[lender], theirs, network)
            return right, _matched(family, theirs, lender, None, known)
    if kind == 1 and hurt and len(family.captures) > 1:
        item = hurt[int(rng.integers(len(hurt)))]
        mixed = (*family.captures[0], *item.views)
        return right, _matched(family, mixed, place, item.id, known)
    fewer = tuple(view for capture in family.captures[:1] for view in capture)
    return right, _matched(family, fewer, place, None, known)


def _described(family: Family, views: Sequence[Kept], network: Descriptor) -> dict[str, _Described]:
    """Views of a family, by their ids."""
    sights = [family.sight(view) for view in views]
    found: dict[str, _Described] = {}
    for grid in dict.fromkeys(sight.grid for sight in sights):
        places = [place for place, sight in enumerate(sights) if sight.grid == grid]
        maps = features([sights[place] for place in places])
        with torch.inference_mode():
            shallow, deep = map(torch.from_numpy, maps)
            told, item = network.places(shallow, deep)
            pooled = over_item(shallow, deep, torch.sigmoid(item))
        for place, one, there, whole in zip(places, told, item, pooled, strict=True):
            found[views[place].id] = _Described((one.numpy(), there.numpy() > ITEM), whole.numpy())
    return found


def _matched(
    family: Family,
    references: tuple[Kept, ...],
    lender: int,
    spoilt: str | None,
    known: Mapping[str, _Described],
) -> Matched:
    if not references:
        return Matched((), lender, None, {})
    theirs = [known[view.id].places for view in references]
    found = {
        view.id: match(known[view.id].places, theirs)
        for item in family.items
        if item.id != spoilt
        for view in item.views
    }
    return Matched(references, lender, spoilt, found)


def _write(file: Path, made: Sequence[tuple[Matched, Matched]]) -> None:
    """Whole or not at all."""
    arrays: dict[str, Any] = {}
    document = []
    for number, pair in enumerate(made):
        told = []
        for side, one in enumerate(pair):
            told.append(
                {
                    "references": [view.id for view in one.references],
                    "lender": one.lender,
                    "spoilt": one.spoilt,
                    "views": list(one.views),
                    "pooled": list(one.pooled),
                }
            )
            if one.pooled:
                arrays[f"{number}:{side}:pooled"] = np.stack(list(one.pooled.values()))
            for place, found in enumerate(one.views.values()):
                for part in _PARTS:
                    arrays[f"{number}:{side}:{place}:{part}"] = _short(getattr(found, part))
        document.append(told)
    arrays["text"] = np.frombuffer(json.dumps(document).encode(), np.uint8)
    draft = file.with_suffix(".draft")
    with draft.open("wb") as stream:
        np.savez(stream, **arrays)
    draft.rename(file)


def _short(values: NDArray[Any]) -> NDArray[Any]:
    return values if values.dtype == np.uint8 else np.clip(values, -999, 999).astype(np.float16)


def _read(
    file: Path, families: Sequence[Family], places: range
) -> Iterator[tuple[Matched, Matched]]:
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            document = json.loads(stored["text"].tobytes())
            for number, (told, place) in enumerate(zip(document, places, strict=True)):
                sides = [
                    Matched(
                        _views(families[one["lender"]], families[place], one["references"]),
                        one["lender"],
                        one["spoilt"],
                        {
                            view: Match(
                                *(stored[f"{number}:{side}:{at}:{part}"] for part in _PARTS)
                            )
                            for at, view in enumerate(one["views"])
                        },
                        dict(zip(one["pooled"], stored[f"{number}:{side}:pooled"], strict=True))
                        if one["pooled"]
                        else {},
                    )
                    for side, one in enumerate(told)
                ]
                yield sides[0], sides[1]
    except _BROKEN as error:
        raise DatasetError(f"{file} is broken; delete it and train on.") from error


def _views(lender: Family, family: Family, names: Sequence[str]) -> tuple[Kept, ...]:
    known = {view.id: view for capture in lender.captures for view in capture}
    known |= {view.id: view for item in family.items for view in item.views}
    return tuple(known[name] for name in names)
