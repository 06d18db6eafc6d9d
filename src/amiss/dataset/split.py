"""Which split a product belongs to; never to two, so that nothing is tested that was trained on."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

from amiss.dataset.records import CaptureRecord, ReferenceRecord
from amiss.dataset.words import SPLITS, SplitName
from amiss.domain.errors import DatasetError

SHARES: dict[SplitName, float] = {"train": 0.85, "validation": 0.05, "test": 0.10}
"""Kaputt's shares."""


Named = TypeVar("Named", CaptureRecord, ReferenceRecord)


def split_of(product: str, shares: Mapping[SplitName, float] = SHARES) -> SplitName:
    """The split of a product, by the SHA-256 of its name: the same for ever, on every machine.

    What other products there are changes nothing. shares: how large each split is.

    Raises:
        DatasetError: shares are negative or do not add up to 1.
    """
    if min(shares.values(), default=0) < 0 or abs(sum(shares.values()) - 1) > 1e-9:
        raise DatasetError("The shares of the splits must be 0 or more and add up to 1.")
    digest = hashlib.sha256(product.encode("utf-8", "surrogateescape")).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    for split in SPLITS:
        place -= shares.get(split, 0.0)
        if place < 0:
            return split
    return next(split for split in reversed(SPLITS) if shares.get(split))  # rounding, at the end


def in_splits(
    records: Iterable[Named], shares: Mapping[SplitName, float] = SHARES
) -> dict[SplitName, list[Named]]:
    """Records of captures or references by their split, each product in one; for layouts without.

    Splits that come out empty are left out.

    Raises:
        DatasetError: as `split_of`.
    """
    found: dict[SplitName, list[Named]] = {split: [] for split in SPLITS}
    for record in records:
        found[split_of(record.item, shares)].append(record)
    return {split: members for split, members in found.items() if members}
