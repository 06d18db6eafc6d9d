"""How much of the light a glossy surface sends back, whatever comes from all around.

The GGX lobe (Walter et al. 2007) with Smith's height-correlated shadowing and Schlick's Fresnel
term, integrated over all directions: E = F0 · factor + summand (the split of Karis 2013).
"""

import functools

import numpy as np
from numpy.typing import NDArray

SIDE = 32
_RINGS, _SPOKES = 48, 24


@functools.cache
def albedo_table() -> NDArray[np.float32]:
    """SIDE×SIDE×2 float32: rows of roughness, columns of the cosine to the eye; factor, summand.

    Texel i stands for (i + ½) / SIDE in either direction. α is the square of the roughness.
    """
    spots = (np.arange(SIDE) + 0.5) / SIDE
    return np.stack([_row(max(rough**2, 0.002), spots) for rough in spots]).astype(np.float32)


def _row(alpha: float, cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sampled by the distribution of normals: a grid of quantiles instead of random numbers."""
    quantile = (np.arange(_RINGS) + 0.5) / _RINGS
    around = (np.arange(_SPOKES) + 0.5) / _SPOKES * 2 * np.pi
    tilt = np.arctan(alpha * np.sqrt(quantile / (1 - quantile)))[:, None]
    half_x, half_z = (
        (np.sin(tilt) * np.cos(around)).ravel(),
        np.cos(tilt).repeat(_SPOKES, 1).ravel(),
    )
    eye_z = cosines[:, None]
    eye_x = np.sqrt(1 - eye_z**2)
    toward = np.maximum(eye_x * half_x + eye_z * half_z, 0)
    light_z = 2 * toward * half_z - eye_z
    lit = light_z > 0
    light_z = np.maximum(light_z, 1e-6)
    smith = (
        2
        * light_z
        * eye_z
        / (
            eye_z * np.sqrt(alpha**2 + (1 - alpha**2) * light_z**2)
            + light_z * np.sqrt(alpha**2 + (1 - alpha**2) * eye_z**2)
        )
    )
    weight = np.where(lit, smith * toward / (half_z * eye_z), 0)
    schlick = (1 - toward) ** 5
    return np.stack([(weight * (1 - schlick)).mean(1), (weight * schlick).mean(1)], axis=-1)
