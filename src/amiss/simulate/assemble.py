"""A product and what befell it become triangles and one atlas, in the frame of the product.

Every patch is sampled twice: its grid becomes vertices, its skin becomes a rectangle of the atlas.
Harms act on both at rest positions. What a harm adds (a puddle, a flap) is taken as it was made,
and all of it that is not hidden counts as damage; fields act on the product's own patches only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Locus
from amiss.simulate.damages.harm import Field, Harm
from amiss.simulate.products.product import Film, Product
from amiss.simulate.scene import Atlas, Mesh
from amiss.simulate.shapes.patch import Patch, Points, Skin
from amiss.simulate.sheet import Cloth, Place, Sheet, join
from amiss.simulate.texels import Print, pack
from amiss.simulate.wear import Wear, extent_of

BESIDE = "beside/"
"""Names of parts that lie beside the item, and are no part of it, start with this."""
_SPECK = Skin(  # of what is gone; it needs no look, only a place in the atlas
    np.zeros((1, 1, 3), np.uint8), (0, 0, 0), *np.zeros((3, 1, 1), np.float32)
)
_INDEX = {kind: 1 + place for place, kind in enumerate(DamageType)}


@dataclass(frozen=True, slots=True, eq=False)
class Assembly:
    """A product after its harms; the twin of a harmed item is the same without harms.

    item: its opaque surfaces, film: its clear ones (or None), both in the product's frame, z up.
    beside: what lies around it (or None), in the frame of the tray turned with the item, origin
    where the item lies; its parts' names start with BESIDE. ghost: where surfaces of the item were
    before harms moved, cut or removed them (or None). All four share the atlas; a ghost's damage
    says what took it. clarity: share of light that the film lets through. outline: n×3 metres,
    points of the whole, intact product, hidden ones left out: what it stands on.
    """

    item: Mesh
    beside: Mesh | None
    film: Mesh | None
    ghost: Mesh | None
    clarity: float
    atlas: Atlas
    outline: Points


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A patch and what acts on it.

    own: index of the damage that it is itself, or that took it; 0 if it is none. gone: it is not
    there any more.
    """

    patch: Patch
    fields: tuple[tuple[int, Field], ...] = ()
    own: int = 0
    gone: bool = False


_Done = tuple[_Piece, Sheet, Place]


def damage_index(damage: DamageType) -> int:
    """The number of a damage type in Atlas.damage and in every damage map: 1 + its place."""
    return _INDEX[damage]


def assemble(product: Product, harms: Sequence[Harm] = (), wear: Wear | None = None) -> Assembly:
    """Triangles and one atlas of a product after `harms`, in their order.

    wear: what handling had left on its prints before; None: nothing.

    Displacements add up, the smallest cut counts, paint goes on in order, and where two harms mark
    the same texel the later one's type stays.

    Raises:
        SimulationError: the harms remove everything.
    """
    fields = tuple((damage_index(harm.type), harm.field) for harm in harms if harm.field)
    taken = {part: damage_index(harm.type) for harm in harms for part in harm.removed}
    films = _films(product, harms)
    item = [_Piece(patch, fields) for patch in product.patches if patch.part not in taken]
    lost = [
        _Piece(patch, own=taken[patch.part], gone=True)
        for patch in product.patches
        if patch.part in taken and not patch.hidden
    ]
    beside: list[_Piece] = []
    for harm in harms:
        for patch in harm.added:
            piece = _Piece(patch, own=0 if patch.hidden else damage_index(harm.type))
            (beside if patch.locus is Locus.SURROUNDINGS else item).append(piece)
    clear = [
        _Piece(patch, fields) for film in films for patch in film.patches if patch.part not in taken
    ]
    if not item:
        raise SimulationError(f"Nothing of {product.name} is left: leave some part of it.")

    everything = [*item, *beside, *clear, *lost]
    sheets = [_sheet(piece) for piece in everything]
    atlas, places = pack(
        [_print(piece, at, wear) for piece, at in zip(everything, sheets, strict=True)]
    )
    size = (atlas.damage.shape[1], atlas.damage.shape[0])
    done = list(zip(everything, sheets, places, strict=True))
    ends = np.cumsum([0, len(item), len(beside), len(clear), len(lost)])
    solid, around, sheer, _ = (done[first:last] for first, last in pairwise(ends))
    return Assembly(
        item=join(_cloths(solid), size),
        beside=join(_cloths(around, BESIDE), size) if around else None,
        film=join(_cloths(sheer), size) if sheer else None,
        ghost=_ghost(done, size),
        clarity=float(np.mean([film.clarity for film in films])) if films else 1.0,
        atlas=atlas,
        outline=_outline(product, everything, sheets),
    )


def _cloths(done: Iterable[_Done], prefix: str = "") -> list[Cloth]:
    return [
        Cloth(sheet, sheet.faces(), prefix + piece.patch.part, place)
        for piece, sheet, place in done
    ]


def _ghost(done: Iterable[_Done], size: tuple[int, int]) -> Mesh | None:
    """What was visible and is no longer where it was."""
    cloths = []
    for piece, sheet, place in done:
        faces = sheet.faces() if piece.gone else sheet.ghost()
        if len(faces) and not piece.patch.hidden:
            cloths.append(Cloth(sheet.at_rest(), faces, piece.patch.part, place))
    return join(cloths, size) if cloths else None


def _films(product: Product, harms: Sequence[Harm]) -> tuple[Film, ...]:
    films = product.films
    for harm in harms:
        films = films if harm.films is None else harm.films
    return films


def _sheet(piece: _Piece) -> Sheet:
    """The patch as a grid of vertices, moved and cut by its harms."""
    sheet = Sheet.sample(piece.patch)
    if not piece.fields:
        return sheet
    rest, normals = sheet.rest.reshape(-1, 3), sheet.normals.reshape(-1, 3)
    moved = rest.copy()
    cut = np.full(len(rest), np.inf)
    for _, field in piece.fields:
        moved += field.displace(piece.patch, rest, normals)
        np.minimum(cut, field.cut(piece.patch, rest), out=cut)
    return sheet.after(moved.reshape(sheet.rest.shape), cut.reshape(sheet.rest.shape[:2]))


def _print(piece: _Piece, sheet: Sheet, wear: Wear | None) -> Print:
    """The patch's skin with what its harms painted on it, and which texels show damage."""
    skin, patch = _SPECK if piece.gone else piece.patch.skin, piece.patch
    damage = np.full(skin.base.shape[:2], piece.own, np.uint8)
    worn = wear is not None and not piece.gone and wear.shows_on(patch)
    if not piece.fields and not worn:
        return Print(skin, skin.base, damage, patch.closed_u)
    base = np.asarray(skin.base / 255, np.float32)
    if wear is not None and worn:
        base = wear.paint(patch, base, extent_of(sheet.rest))
    if piece.fields:
        flat = sheet.at_texels(skin.base.shape[:2]).reshape(-1, 3)
        look = base.reshape(-1, 3)
        for index, field in piece.fields:
            look = field.paint(patch, flat, look)
            damage.reshape(-1)[field.touched(patch, flat) > 0.5] = index
        base = look.reshape(skin.base.shape)
    painted = np.rint(np.clip(base, 0, 1) * 255).astype(np.uint8)
    return Print(skin, painted, damage, patch.closed_u)


def _outline(product: Product, pieces: Sequence[_Piece], sheets: Sequence[Sheet]) -> Points:
    """Rest positions of the intact product's visible patches and films."""
    sampled = {id(piece.patch): sheet for piece, sheet in zip(pieces, sheets, strict=True)}
    whole = [*product.patches, *(patch for film in product.films for patch in film.patches)]
    points: list[NDArray[np.float64]] = []
    for patch in whole:
        if not patch.hidden:
            sheet = sampled.get(id(patch)) or Sheet.sample(patch)
            points.append(sheet.rest.reshape(-1, 3))
    return np.concatenate(points)
