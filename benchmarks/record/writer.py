"""One writer, to be killed: records inspections, and says so once each is acknowledged.

    python -m benchmarks.record.writer SITE NAME FIRST ACKNOWLEDGED

What it records follows from NAME and the number, so that after a kill the same is asked again.
"""

import json
import os
import random
import sys
import time
from pathlib import Path

from amiss.domain.errors import RecordError
from amiss.record.inspections import Inspected, ViewPictures
from amiss.record.outbox import Message
from amiss.record.site import Site

BYTES = 20_000


def what(name: str, number: int) -> Inspected:
    """The same for the same name and number."""
    chance = random.Random(f"{name} {number}")
    finding = {"kind": "crush", "severity": "major", "locus": "product", "view": 0,
               "box": [0, 0, 9, 9], "score": 0.9}  # fmt: skip
    result = {
        "product": f"p{number % 7}",
        "decision": "sideline",
        "score": chance.random(),
        "bundle": "b@1",
        "operating_point": "p",
        "findings": [finding],
    }
    pictures = [ViewPictures(chance.randbytes(BYTES), camera=f"c{n}") for n in range(3)]
    return Inspected(result, pictures, item=f"{name} {number}", station=name)


def main() -> None:
    """Records until it is killed."""
    folder, name, first, acknowledged = sys.argv[1:]
    out = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = int(first)
    site = Site.open(folder)
    while True:
        key = f"{name} {number}"
        try:
            message = Message("mqtt", key, {"item": key})
            receipt = site.record(what(name, number), key=key, messages=[message])
        except RecordError as error:
            sys.stderr.write(f"{error}\n")
            time.sleep(0.05)
            continue
        said = {"key": key, "number": number, "id": receipt.id, "again": receipt.again,
                "at": time.time()}  # fmt: skip
        os.write(out, (json.dumps(said) + "\n").encode())
        number += 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
