"""Teaches the default bundle to identify, from simulated look-alikes.

    python -m amiss.train.identify.default WORK

WORK is where `amiss.train.default` worked: the data set is simulated there, and all that was seen
is kept. The packaged bundle is replaced by one that differs in how cues are weighed alone.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from amiss.bundle.manifest import MANIFEST_FILE, SEAL_FILE, Identification, Source, seal
from amiss.bundle.operating_point import (
    default_operating_point_path,
    read_operating_point,
    write_operating_point,
)
from amiss.bundle.read import Bundle, default_bundle_path, open_bundle
from amiss.dataset.reader import open_dataset
from amiss.inspector import Inspector
from amiss.train.default import Simulated, simulated
from amiss.train.export import put_in_place
from amiss.train.identify.fit import fit
from amiss.train.identify.lessons import FIRST, gather, with_limit
from amiss.train.identify.see import SeenProduct, eyes, see_products

KIN = Simulated("kin-0", 750, 1200, "fast", damaged=0.3, per_product=3, siblings=0.6, references=3)
SOURCE = Source(
    what="Pictures of look-alikes that do not exist, rendered by `amiss simulate`",
    licence="Apache-2.0",
    where="this repository",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes all of it."""
    parser = argparse.ArgumentParser(
        prog="python -m amiss.train.identify.default", description="Teaches it to identify."
    )
    parser.add_argument("work", type=Path, metavar="WORK")
    asked = parser.parse_args(arguments)
    data = open_dataset(simulated(asked.work, KIN))
    inspector = Inspector.load()
    kept = asked.work / "identify" / eyes(inspector.bundle)
    seen = list(see_products(data, kept, inspector, _told("looking")))
    bundle = put_identification(learnt(seen), inspector.bundle)
    print(bundle.id)  # noqa: T201


def learnt(seen: Sequence[SeenProduct], seed: int = 0) -> Identification:
    """From what was seen of products: by look, then by all cues of those that this makes likely."""
    first = fit(gather(seen, FIRST, seed, _told("comparing")).lessons, (SOURCE,))
    found = gather(seen, first, seed, _told("comparing again"))
    return with_limit(found, fit(found.lessons, (SOURCE,)))


def put_identification(facts: Identification, bundle: Bundle) -> Bundle:
    """Puts it into the packaged bundle, and names that in the packaged operating point."""
    manifest = bundle.manifest.model_copy(update={"identification": facts}).to_bytes()
    files = {file: bundle.read(file) for file in bundle.manifest.files}
    point = read_operating_point(None, bundle)
    put_in_place(
        default_bundle_path(), {**files, MANIFEST_FILE: manifest, SEAL_FILE: seal(manifest)}
    )
    made = open_bundle()
    write_operating_point(
        default_operating_point_path(), point.model_copy(update={"bundle": made.id})
    )
    return made


def _told(stage: str) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        if done == total or done % 20 == 0:
            print(stage, done, "of", total, flush=True)  # noqa: T201

    return tell


if __name__ == "__main__":
    main()
