"""What each cue says of each candidate: one number, the larger the likelier; NaN: nothing."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from amiss.domain.identity import Cue
from amiss.gallery.card import Card
from amiss.gallery.identify.agree import MOST_COLOUR, Agreement, agree, is_printed
from amiss.gallery.identify.seen import Unnamed
from amiss.gallery.identify.text import agree_in_words
from amiss.gallery.index import Index
from amiss.gallery.store import Catalogue, Printed
from amiss.vision.marks import Marks

Values = NDArray[np.float64]

COMPARED = 4
"""Candidates whose print is compared: that takes time, and further down none is right."""
REFERENCES = 2
"""Of each of them, those that look most like a view."""

SAID = {
    Cue.LOOK: "No damage model has seen a reference of any candidate.",
    Cue.PRINT: "The look alone is sure enough, or no reference was added with its print.",
    Cue.TEXT: "No text was read, or no card has a title.",
    Cue.SIZE: "No depth with lens and pose was handed in, or no card has a size.",
    Cue.WEIGHT: "The item was not weighed, or no card has a weight.",
    Cue.BARCODE: "No barcode was read that a card names.",
    Cue.EXPECTED: "No expected products were named.",
}
"""Why a cue says nothing; structure and colour come with the print."""


def look(index: Index, item: Unnamed, products: Sequence[str]) -> Values:
    """Cosine to each candidate's most alike reference, averaged over views."""
    found = np.full(len(products), np.nan)
    if not len(item.embeddings) or not products:
        return found
    place = {product: number for number, product in enumerate(products)}
    of_views = np.full((len(item.embeddings), len(products)), np.nan)
    hits = index.search(item.embeddings, len(products), among=products)
    for row, view in zip(of_views, hits, strict=True):
        for hit in view:
            row[place[hit.product]] = hit.likeness
    return np.asarray(of_views.mean(axis=0))


def printed(
    store: Catalogue,
    item: Unnamed,
    products: Sequence[str],
    likely: Values,
    named: Collection[str] = (),
) -> dict[Cue, Values]:
    """Print, structure and colour of the likeliest COMPARED candidates, and of those named."""
    found = {cue: np.full(len(products), np.nan) for cue in (Cue.PRINT, Cue.STRUCTURE, Cue.COLOUR)}
    views = [one for one in zip(item.embeddings, item.marks, strict=True) if is_printed(one[1])]
    if not views:  # nothing is printed on it that could agree or not
        return found
    first = np.argsort(-likely, kind="stable")[:COMPARED].tolist()
    others = [place for place, one in enumerate(products) if one in named and place not in first]
    for place in (*first, *others):
        references = store.printed(products[place])
        told = [_best(vector, marks, references) for vector, marks in views]
        if all(one is None for one in told):
            continue  # nothing is printed on its references
        for cue, value in _together([one for view in told for one in view or ()]).items():
            found[cue][place] = value
    return found


def _best(
    vector: NDArray[np.float32], marks: Marks, references: Sequence[Printed]
) -> tuple[Agreement | None] | None:
    """How far a view agrees with the best of the references that look most like it.

    None if nothing is printed on them.
    """
    like = [-1.0 if one.vector is None else float(one.vector @ vector) for one in references]
    nearest = [references[place].marks for place in np.argsort(like)[::-1][:REFERENCES]]
    told = [agree(marks, one) for one in nearest if is_printed(one)]
    return (max(told, key=_alike),) if told else None


def _alike(one: Agreement | None) -> float:
    return -1.0 if one is None else one.alike


def _together(told: Sequence[Agreement | None]) -> dict[Cue, float]:
    """Over views: how many places are alike in all; structure and colour of the best view."""
    able = [one for one in told if one is not None]
    best = max(able, key=lambda one: one.alike, default=None)
    return {
        Cue.PRINT: float(np.sqrt(sum(one.alike for one in able))),
        Cue.STRUCTURE: 0.0 if best is None else max(best.structure, 0.0),
        Cue.COLOUR: -MOST_COLOUR if best is None else -best.colour,
    }


def size(item: Unnamed, cards: Sequence[Card | None]) -> Values:
    """How far the item's sides are from a card's, as minus the mean of |log| ratios."""
    known = [None if card is None else card.size for card in cards]
    if item.size is None or not any(known):
        return np.full(len(cards), np.nan)
    measured = np.log(item.size)
    return np.array(
        [
            np.nan if one is None else -np.abs(measured - np.log(sorted(one, reverse=True))).mean()
            for one in known
        ]
    )


def weight(item: Unnamed, cards: Sequence[Card | None]) -> Values:
    """The same of weights."""
    known = [None if card is None else card.weight for card in cards]
    if item.weight is None or not any(known):
        return np.full(len(cards), np.nan)
    return np.array([np.nan if one is None else -abs(np.log(item.weight / one)) for one in known])


def text(item: Unnamed, cards: Sequence[Card | None]) -> Values:
    """How much of each title was read, words that few have counting most."""
    titles = {card.product: card.title for card in cards if card is not None and card.title}
    if not item.lines or not titles:
        return np.full(len(cards), np.nan)
    found = agree_in_words(item.lines, titles)
    return np.array([np.nan if card is None else found.get(card.product, np.nan) for card in cards])
