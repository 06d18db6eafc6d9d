"""The model card of an encoder bundle, in plain language."""

from amiss.bundle.manifest import Encoder, Source

_CARD = """# {name} {version}

Made on {created} by `amiss bundle export`. Hashes of all files stand in `bundle.json`.

## What it is

The encoder of Amiss: the first blocks of EfficientNet-Lite0, an image network for small computers.
It turns a picture into maps of numbers ("features") that describe what each place looks like.
Amiss compares these with the features of pristine references. The encoder alone says nothing
about damage.

- Input: RGB, 8 bits, height and width multiples of {multiple} pixels. The scaling of colours is
  part of the network.
- Outputs, each with one place per so many pixels:
{outputs}
- Weights: stored as 16-bit floats; everything is computed in 32 bits.

## Where the weights come from

{sources}

Changed by Amiss: batch normalisation is folded into the convolutions, weights are rounded to 16
bits, the format is ONNX, and the layers after the last output are left out.{changes}

## What it was trained on

ImageNet-1k: 1.28 million photographs from the web in 1,000 classes of animals and everyday things,
to name the class. It has seen no warehouse, no damage labels and none of your pictures. ImageNet's
photographs are not part of this bundle.

## What it is not for

- It is not a damage detector by itself, and its scores mean nothing without references or a
  calibration on your own captures.
- It is not for people: do not use it to recognise, compare or judge persons.
- It is not a safety device: food, medicine and anything whose damage can hurt somebody needs the
  checks that the law asks for.
- Web photographs differ from booth pictures: expect less from very dark, blurred or tiny items, and
  measure before you rely on it.
"""

_PROJECTED = " A learnt linear projection follows the outputs."
_STANDARDISED = """

Each channel of an output is standardised: its mean is subtracted, and the rest divided by its
standard deviation. Both were measured on the pictures named last above, averaged over 3×3 places.
Nothing else was learnt from these pictures, and they are not part of this bundle."""


def model_card(
    name: str,
    version: str,
    created: str,
    encoder: Encoder,
    sources: tuple[Source, ...],
    *,
    projected: bool,
    standardised: bool,
) -> str:
    """The text of `MODEL_CARD.md`.

    projected: whether learnt projections were added. standardised: whether channels were brought
    to mean 0 and standard deviation 1, by statistics that stand last among the sources.
    """
    outputs = "\n".join(
        f"  - `{o.name}`: {o.channels} channels, {o.stride}×{o.stride} pixels"
        for o in encoder.outputs
    )
    return _CARD.format(
        name=name,
        version=version,
        created=created,
        multiple=encoder.multiple,
        outputs=outputs,
        sources="\n".join(f"- {s.what}. Licence: {s.licence}.\n  <{s.where}>" for s in sources),
        changes=(_PROJECTED if projected else "") + (_STANDARDISED if standardised else ""),
    )
