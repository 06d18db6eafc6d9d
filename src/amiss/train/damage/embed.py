"""Teaches embeddings to tell products apart, from what all views show as a whole.

A view of each of many products is to be more like another capture of its product than like any
other product of the same step (van den Oord et al., contrastive predictive coding, 2018). What the
layer reads of a view is few numbers, so that all views fit into memory and every step is made of
what the layer says now; taught against a bank of what it said before, it only learnt to drift away
from its own past.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from amiss.train.damage.families import Family
from amiss.train.damage.matches import Matched
from amiss.train.damage.network import Embedding

PRODUCTS = 64
"""Of a step, at most."""
EPOCHS = 60
SHARPNESS = 16.0
"""What cosines are multiplied with."""

Captures = list[NDArray[np.float32]]
"""What the views of each capture of one product show, V×P numbers each."""


def captures_of(family: Family, matched: Matched) -> Captures:
    """Of a product's items that are what they were taken for, and then of its references."""
    own = [item.views for item in family.items if item.product in (None, family.product)]
    every = (*own, *family.captures)
    return [np.stack([matched.pooled[view.id] for view in views]) for views in every]


def standardise(embedding: Embedding, products: Sequence[Captures]) -> None:
    """Learns from all views how large their numbers usually are."""
    every = np.concatenate([capture for captures in products for capture in captures])
    embedding.standardise(torch.from_numpy(every))


def steps(products: Sequence[Captures]) -> int:
    """Of an epoch; 0 where products cannot be told apart, since there are no two."""
    taught = sum(len(captures) > 1 for captures in products)
    return -(-taught // PRODUCTS) if taught > 1 else 0


def embedding(
    layer: Embedding, products: Sequence[Captures], rng: np.random.Generator
) -> Iterator[Tensor]:
    """Losses of an epoch: of each product two views, of two captures."""
    taught = [captures for captures in products if len(captures) > 1]
    order = rng.permutation(len(taught))
    for some in np.array_split(order, steps(products)):
        pairs = [_two(taught[place], rng) for place in some]
        one, other = (layer(torch.from_numpy(np.stack(side))) for side in zip(*pairs, strict=True))
        yield embedding_loss(one, other)


def embedding_loss(one: Tensor, other: Tensor) -> Tensor:
    """How badly views find their product among those of the step. N×E each, row by row alike."""
    alike = SHARPNESS * one @ other.T
    right = torch.arange(len(one))
    there, back = functional.cross_entropy(alike, right), functional.cross_entropy(alike.T, right)
    return (there + back) / 2


def embed(layer: Embedding, pooled: NDArray[np.float32]) -> NDArray[np.float32]:
    """N×P numbers to N×E."""
    with torch.inference_mode():
        return np.asarray(layer(torch.from_numpy(pooled)).numpy(), np.float32)


def _two(captures: Captures, rng: np.random.Generator) -> list[NDArray[np.float32]]:
    drawn = [captures[place] for place in rng.permutation(len(captures))[:2]]
    return [views[int(rng.integers(len(views)))] for views in drawn]
