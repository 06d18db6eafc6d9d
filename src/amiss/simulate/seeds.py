"""Which seeds belong to whom, so that nothing is tested on what it was set by.

A seed says which product it is, how an item lies, which booth it lies in. The recorded booth and
the provisional threshold have ranges of their own. Data sets that are planned for training and
testing begin beyond both (see `amiss.simulate.plan`), and a test holds all of them apart.
"""

RECORDED = range(900_000, 910_000)
"""Of the recorded booth, which is shown and tested with; nothing is ever trained or set by it."""

CALIBRATED = range(910_000, 920_000)
"""Of the pristine items by which the provisional threshold is set."""

RETOLD = range(1_000_000, 2_000_000)
"""Of the recorded booth's stories told anew, a stretch as long as RECORDED for each time."""


def told(time: int) -> range:
    """The seeds by which the stories of the recorded booth are told; 0: as recorded."""
    if time == 0:
        return RECORDED
    return RETOLD[(time - 1) * len(RECORDED) : time * len(RECORDED)]
