"""What is done to a picture before the damage model reads it, as one hash.

A model that was trained on pictures prepared otherwise would answer, and be wrong; so a bundle
names this hash, and one that names another is refused. Raise a version when its code changes what
it computes.
"""

from amiss.bundle.manifest import canonical, sha256
from amiss.detect import cues
from amiss.detect.match import BEST, FINE_REACH, REACH
from amiss.vision.frame import WORKING_SIZE

FRAME_VERSION = TRAY_VERSION = RELIEF_VERSION = MATCH_VERSION = 1


def fingerprint() -> str:
    """SHA-256 of all that a trained model relies on."""
    return sha256(
        canonical(
            {
                "working_size": WORKING_SIZE,
                "frame": FRAME_VERSION,
                "cues": cues.CHANNELS,
                "tray": TRAY_VERSION,
                "relief": RELIEF_VERSION,
                "match": MATCH_VERSION,
                "best": BEST,
                "reach": [REACH, FINE_REACH],
            }
        )
    )
