"""One way to write a thing down, so that equal things have equal hashes."""

import hashlib
import json
from typing import Any

from amiss.domain.errors import RecordError


def canonical(value: Any) -> str:  # noqa: ANN401 - any plain JSON value
    """JSON with sorted keys, without spaces.

    Raises:
        RecordError: it holds a number that is not finite, or text that is no text.
    """
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        text.encode()
    except (ValueError, TypeError) as error:
        raise RecordError(f"This cannot be recorded ({error}); hand in plain values.") from error
    return text


def digest(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:  # noqa: ANN401 - any plain JSON value
    """SHA-256 of a value's canonical form.

    Raises:
        RecordError: as `canonical`.
    """
    return digest(canonical(value).encode())
