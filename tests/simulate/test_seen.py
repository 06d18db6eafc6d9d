"""Whether a camera sees a harm: the quick guess beside the truth of the pixels."""

import numpy as np
import pytest

from amiss.domain.words import DamageType
from amiss.simulate.damages.make import harm
from amiss.simulate.damages.seen import seen
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind
from amiss.simulate.rig import empty_booth
from amiss.simulate.shoot import lying, stage
from amiss.simulate.streams import stream
from amiss.simulate.truth import truth


@pytest.mark.parametrize("kind", [Kind.CARTON, Kind.POLY_BAG, Kind.TIN, Kind.MULTIPACK])
def test_what_is_seen_has_pixels(kind):
    booth, product = empty_booth(1, 3, 160), make_product(6, kind, texels_per_metre=300)
    agree = []
    for seed in range(6):
        where = lying(product, seed)
        made = harm(product, DamageType.SUPERFICIAL, stream("damage", seed), rest=where.side)
        scene = stage(booth, product, [made], seed, placement=where)
        shown = max(int((truth(scene, eye).damage > 0).sum()) for eye in scene.cameras)
        agree.append(seen(product, made, where.side, where.yaw) <= (shown > 0))
    assert np.mean(agree) >= 5 / 6


def test_a_unit_that_is_missing_behind_its_card_is_not_seen():
    product = make_product(4, Kind.BLISTER, texels_per_metre=300)
    made = harm(product, DamageType.MISSING_UNIT, stream("damage", 1))
    assert seen(product, made, 0, 0.0)
    assert not seen(product, made, 1, 0.0)
