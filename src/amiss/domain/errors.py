"""What can go wrong, as one small tree.

    AmissError
    ├── InputError            what was handed in is not usable: say so, exit code 2
    │   ├── ImageError        a picture cannot be read safely
    │   ├── DatasetError      a data set does not have the layout it should have
    │   ├── GalleryError      a reference cannot be added, removed or found
    │   ├── BundleError       a bundle or operating point is missing, altered or does not fit
    │   ├── CameraError       a camera cannot be opened, or does not deliver
    │   ├── RecordError       what happened cannot be recorded or looked up
    │   │   └── ConflictError an idempotency key was used for something else
    │   └── SimulationError   a scene cannot be simulated as asked on this machine
    └── EngineError           the inference engine failed: an internal fault, exit code 1

Every message is one sentence that says what to do. An error is never turned into a "pass".
"""


class AmissError(Exception):
    """Base of every error that Amiss raises on purpose."""


class InputError(AmissError):
    """What was handed in is not usable."""


class ImageError(InputError):
    """A picture cannot be read safely."""


class DatasetError(InputError):
    """A data set does not have the layout it should have."""


class GalleryError(InputError):
    """A reference cannot be added, removed or found."""


class BundleError(InputError):
    """A bundle or an operating point is missing, altered or does not fit."""


class CameraError(InputError):
    """A camera cannot be opened, or does not deliver."""


class RecordError(InputError):
    """What happened cannot be recorded or looked up."""


class ConflictError(RecordError):
    """An idempotency key was used for something else."""


class SimulationError(InputError):
    """A scene cannot be simulated as asked on this machine."""


class EngineError(AmissError):
    """The inference engine failed."""
