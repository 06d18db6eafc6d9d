"""Which barcode belongs to a capture: the one that was scanned since the capture before it."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from amiss.domain.errors import CameraError

REOPEN_SECONDS = 1.0


class Scanner:
    """Keeps the codes that were scanned until a capture takes them.

    Whoever hears the scanner calls `scanned`: a page that a scanner types into, a thread that reads
    a serial line (`LineScanner`), a PLC.
    """

    def __init__(self) -> None:
        self._codes: dict[str, None] = {}
        self._lock = threading.Lock()

    def scanned(self, code: str) -> None:
        """A code came in; spaces around it and empty ones do not count, nor does a second look."""
        code = code.strip()
        if code:
            with self._lock:
                self._codes[code] = None

    def take(self) -> tuple[str, ...]:
        """All different codes since the last call, in their order; they are forgotten here."""
        with self._lock:
            codes, self._codes = tuple(self._codes), {}
        return codes

    def close(self) -> None:
        """There is nothing to let go of."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class LineScanner(Scanner):
    """A scanner that writes a line per code: a serial device (USB CDC, RS-232), or a pipe.

    The line's speed is set outside (`stty -F /dev/ttyS0 9600`); USB scanners need none. One that
    was unplugged is heard again when it is back.
    """

    def __init__(self, device: Path) -> None:
        """Starts to listen.

        Raises:
            CameraError: there is no such device.
        """
        super().__init__()
        if not (device.is_char_device() or device.is_fifo()):
            raise CameraError(
                f"There is no barcode scanner at {device}; connect it, or name its device."
            )
        self._device = device
        self._closing = threading.Event()
        threading.Thread(target=self._listen, name="scanner", daemon=True).start()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                with self._device.open(encoding="ascii", errors="replace") as lines:
                    for line in lines:
                        if self._closing.is_set():
                            return
                        self.scanned(line)
            except OSError:
                pass  # unplugged: it may come back
            self._closing.wait(REOPEN_SECONDS)

    def close(self) -> None:
        """Stops listening; the thread ends with the next line, or with the process."""
        self._closing.set()
