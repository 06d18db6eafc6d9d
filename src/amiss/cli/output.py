"""How commands speak: documents and tables on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amiss.domain.errors import InputError
from amiss.domain.words import Decision

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from amiss.domain.capture import RgbArray

COLOURS = {Decision.PASS: "green", Decision.SIDELINE: "red", Decision.NOT_INSPECTED: "yellow"}


def print_json(document: dict[str, Any]) -> None:
    """Prints one document on stdout; a figure that is no number is a fault, not a value."""
    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False) + "\n")


def say(sentence: str) -> None:
    """Says something on stderr."""
    sys.stderr.write(f"{sentence}\n")


def console() -> "Console":
    """Stdout for people; names are shown as they are, whatever markup they happen to hold."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def table(*columns: str, title: str | None = None) -> "Table":
    """An empty table; numbers are set right by prefixing a column's name with `>`."""
    from rich.box import SIMPLE
    from rich.table import Table

    made = Table(title=title, box=SIMPLE, title_justify="left", pad_edge=False)
    for column in columns:
        name = column.removeprefix(">")
        made.add_column(name, justify="right" if name != column else "left", overflow="fold")
    return made


def number(value: float | None, digits: int = 3) -> str:
    """A figure for people; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yields a function of (done, total) that moves a bar on stderr; none where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def check_picture_file(path: Path, inputs: list[Path]) -> None:
    """Refuses, before any work is done, a picture that cannot be written.

    Raises:
        InputError: it is no PNG, has no folder, or would replace one of the inputs.
    """
    if path.suffix.lower() != ".png":
        raise InputError(f"The heat map is written as PNG, not as {path.name!r}; end it in .png.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {str(path.parent)!r} for the heat map; make it.")
    if path.is_dir() or path.resolve() in {file.resolve() for file in inputs}:
        raise InputError(f"The heat map would replace {str(path)!r}; name another file.")


def write_picture(path: Path, rgb: "RgbArray") -> None:
    """Writes an H×W×3 uint8 picture as PNG.

    Raises:
        InputError: the file cannot be written.
    """
    from PIL import Image

    try:
        Image.fromarray(rgb).save(path, format="PNG")
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written ({error.strerror or error}).") from error
