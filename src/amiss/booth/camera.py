"""What a camera is to the booth."""

from types import TracebackType
from typing import Protocol, Self

from amiss.domain.capture import View


class Camera(Protocol):
    """One camera: it answers each trigger with one view, or says in one sentence why it cannot.

    Adapters derive from this class, so that each of them closes at the end of a `with` block.
    """

    name: str
    """Unique in the booth: `top`, `left`."""

    def grab(self, trigger: int, timeout_s: float) -> View:
        """The view that answers this trigger; blocks until it is there, at most timeout_s.

        The view bears the camera's name, the time at which the shutter opened and the number of
        the trigger that it really answers: where the camera counts by itself, its own number, so
        that a late picture is found out.

        Raises:
            CameraError: there is no such picture; the sentence says what to do.
        """
        ...

    def close(self) -> None:
        """Lets go of the device; a second call does nothing."""
        ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
