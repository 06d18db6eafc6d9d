"""Lines of JSON that a benchmark goes on with where it was cut off.

The first line says what the file was made with; a line that was cut off is made anew.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import amiss
from amiss.domain.errors import DatasetError

Document = dict[str, Any]
_INSPECTS = ("bundle", "decide", "detect", "domain", "gallery", "vision", "simulate/paint")
"""What a picture goes through until there is a result, and what paints it."""


def begin(path: Path, header: Document) -> list[Document]:
    """The lines that stand in a file, which is begun where it is not there.

    Raises:
        DatasetError: it was made with something else.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    *lines, cut_off = path.read_bytes().split(b"\n") if path.exists() else [b""]
    if not lines:
        path.write_text(json.dumps(header) + "\n", encoding="utf-8")
        return []
    if cut_off:
        path.write_bytes(b"".join(line + b"\n" for line in lines))
    stands, *rest = map(json.loads, lines)
    other = [name for name, value in header.items() if stands.get(name) != value]
    if other:
        raise DatasetError(
            f"{path} was made with another {', '.join(other).replace('_', ' ')}; remove it, or "
            "name another --work."
        )
    return rest


def add(path: Path, line: Document) -> None:
    """One more line; it stands once this returns."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def code() -> str:
    """Which code inspects: figures of two versions must not stand in one table."""
    root = Path(amiss.__file__).parent
    files = [root / "inspector.py"]
    files += [one for name in _INSPECTS for one in sorted((root / name).rglob("*.py"))]
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()[:12]
