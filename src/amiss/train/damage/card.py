"""The model card of a bundle with a damage model, in plain language."""

from collections.abc import Sequence
from typing import Any

from amiss.bundle.manifest import Source

_CARD = """# {name} {version}

Made on {created} by `amiss train`. Hashes of all files stand in `bundle.json`.

## What it is

A damage model: small networks on an encoder's maps; the encoder itself was not changed for them.
It gives any item, seen before or not, a damage confidence, the type of the damage, whether it is
major, whether it is the product or its packaging, and where it is. It compares the item with
pristine references where there are any, in whatever pose both are; and it reads depth and a picture
of the empty tray where they are handed in. None of these is needed.

- `encoder.onnx`: a picture to maps of features.
- `view.onnx`: reads a view.
- `describe.onnx`: what a view is compared by; all that is kept of a reference.
- `compare.onnx`: adds what its references say.
- `head.onnx`: tells damage from what was read, with or without references.
- `bundle.json` says how the evidence of all views is weighed.

## What it was trained on

{data}

{sources}

The first of them are the encoder's. Nothing was taken from the photographs that figures on real
pictures are measured on.

## Figures

On the validation split, during training, all views of an item taken together ("alone": without
references; "beside": with them; "r1": recall at 1 % false positives). Figures on products that were
never used are in the documentation.

{figures}

## What it is not for

- Types are those of the training data. What looks like none of them is found by comparison only.
- Simulated damage is not real damage: measure on your own captures before you rely on it, and set
  the threshold on them.
- It is not for people: do not use it to recognise, compare or judge persons.
- It is not a safety device: food, medicine and anything whose damage can hurt somebody needs the
  checks that the law asks for.
"""


def damage_card(
    name: str,
    version: str,
    created: str,
    sources: Sequence[Source],
    facts: dict[str, Any],
) -> str:
    """The text of `MODEL_CARD.md`. facts: of the run; see `amiss.train.damage.make`."""
    data = "\n".join(
        f"- {one['path']}: "
        + ", ".join(
            f"{count} captures of {one['products'][split]} products in {split}"
            for split, count in one["captures"].items()
        )
        for one in facts["datasets"]
    )
    return _CARD.format(
        name=name,
        version=version,
        created=created,
        data=data,
        sources="\n".join(f"- {s.what}. Licence: {s.licence}.\n  <{s.where}>" for s in sources),
        figures="\n".join(f"- {what}: {value}" for what, value in facts["validation"].items()),
    )
