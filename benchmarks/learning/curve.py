"""How figures grow with the number of items that are learnt from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from amiss.train.damage.families import read_families
from amiss.train.damage.run import Options, Tell, train

Document = dict[str, Any]


def curve(
    folder: Path,
    caches: Sequence[Path],
    runs: Sequence[tuple[int, int]],
    options: Options,
    tell: Tell,
) -> list[Document]:
    """A line for each run. runs: items that are learnt from, about, and epochs.

    A product comes or goes with all its items; fewer are part of more. All are measured on the
    whole validation split.
    """
    families = read_families(caches, frozenset(options.on))
    items = sum(len(family.items) for family in families)
    found = []
    for wanted, epochs in runs:
        asked = replace(options, share=min(1.0, wanted / items), epochs=epochs)
        name = f"items-{min(wanted, items)}-epochs-{epochs}-seed-{options.seed}"
        trained = train(folder / name, caches, asked, tell)
        line = {"items": min(wanted, items), "epochs": epochs, "seed": options.seed}
        found.append({**line, "validation": trained.figures})
    return found
