"""Damage in other people's words, as labels in ours and in Kaputt's."""

from collections.abc import Iterable
from dataclasses import dataclass

from amiss.dataset.labels import UNTYPED, Damage, Defects, Labels
from amiss.dataset.words import DEFECT_OF, DefectType
from amiss.domain.words import DamageType, Severity

_TYPES = tuple(DamageType)
_OURS = {str(word): word for word in DamageType} | {
    # Words of Kaputt's that stand for one of ours; penetration may be a tear or a hole.
    str(DefectType.DEFORMATION): DamageType.CRUSH,
    str(DefectType.ACTUATION): DamageType.OPENED,
}
_KAPUTTS = {str(word): word for word in DefectType} | {
    str(ours): defect for ours, defect in DEFECT_OF.items()
}


def plain(word: str) -> str:
    """A word as ours are written: small, with underscores."""
    return "_".join(word.lower().replace("-", " ").replace("_", " ").split())


def is_damage(word: str) -> bool:
    """Whether a word, once plain, names damage in our words or Kaputt's."""
    return word in _KAPUTTS


def our_type(word: str) -> DamageType | None:
    """Our type for a plain word; None where it is none, or may be one of several."""
    return _OURS.get(word)


def index_of(word: str) -> int:
    """What a damage mask holds where it shows damage of this word."""
    ours = our_type(word)
    return UNTYPED if ours is None else 1 + _TYPES.index(ours)


@dataclass(frozen=True, slots=True)
class Told:
    """One damage as somebody else tells of it; word: plain."""

    word: str
    severity: Severity | None = None


def labels_of(told: Iterable[Told], product: str | None) -> tuple[Labels, Defects]:
    """What is true of an item with this damage, none of it where there is none.

    `damages` is None where one of the words is none of ours. Words that nobody knows are tags, so
    that figures are sliced by them. Without a severity nothing counts as major.
    """
    found = tuple(told)
    types = [our_type(one.word) for one in found]
    known = [kind for kind in types if kind is not None]
    damages = tuple(
        Damage(kind, one.severity) for kind, one in zip(types, found, strict=True) if kind
    )
    defects = Defects(
        any=bool(found),
        major=any(one.severity is Severity.MAJOR for one in found),
        types=tuple(sorted({_KAPUTTS[one.word] for one in found if one.word in _KAPUTTS})),
    )
    labels = Labels(
        damages=damages if len(known) == len(found) else None,
        product=product,
        tags=tuple(sorted({one.word for one in found if not is_damage(one.word)})),
    )
    return labels, defects
