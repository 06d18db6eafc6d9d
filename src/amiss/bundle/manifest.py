"""What stands in `bundle.json`: the contents of a bundle, with a hash of every file.

The bytes of `bundle.json` are canonical (sorted keys, two spaces, a last newline), so that the
same content always has the same hash; that hash names the bundle.
"""

import hashlib
import json
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    model_validator,
)

from amiss.domain.errors import BundleError

MANIFEST_FILE = "bundle.json"
SEAL_FILE = "bundle.sha256"
ENCODER_FILE = "encoder.onnx"
VIEW_FILE, DESCRIBE_FILE = "view.onnx", "describe.onnx"
COMPARE_FILE, HEAD_FILE = "compare.onnx", "head.onnx"
GOLDEN_FILE = "golden.npz"
CARD_FILE = "MODEL_CARD.md"
ID_DIGITS = 12


def _inside(path: str) -> str:
    """A relative path that cannot leave the folder, and is written in one way only."""
    pure = PurePosixPath(path)
    parts_are_plain = not any(part in {"..", "."} for part in pure.parts)
    if pure.is_absolute() or not parts_are_plain or str(pure) != path or "\\" in path:
        raise ValueError(f"{path!r} is not a plain path inside the bundle")
    if path in {"", ".", MANIFEST_FILE, SEAL_FILE}:
        raise ValueError(f"{path!r} cannot be one of the bundle's files")
    return path


InsidePath = Annotated[str, AfterValidator(_inside)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
NotNegative = Annotated[FiniteFloat, Field(ge=0)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]


class _Document(BaseModel):
    """Nothing is guessed, nothing is left over, nothing changes afterwards."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Output(_Document):
    """One feature map: float32 N×channels×H/stride×W/stride."""

    name: Name
    stride: Annotated[int, Field(ge=1)]
    channels: Annotated[int, Field(ge=1)]


class Encoder(_Document):
    """The network. Input `image`: uint8 N×H×W×3 RGB, H and W multiples of `multiple` pixels.

    square: it takes frames of one size only, as wide as high.
    """

    file: InsidePath
    multiple: Annotated[int, Field(ge=1)]
    square: bool = False
    outputs: Annotated[tuple[Output, ...], Field(min_length=1)]

    @property
    def cell(self) -> int:
        """Pixels of a fine cell."""
        return min(output.stride for output in self.outputs)

    @property
    def shallow(self) -> tuple[str, ...]:
        """Outputs with one place per fine cell, by name."""
        return tuple(output.name for output in self.outputs if output.stride == self.cell)

    @property
    def deep(self) -> tuple[str, ...]:
        """Outputs with one place per coarse cell: the largest."""
        coarsest = max(output.stride for output in self.outputs)
        return tuple(output.name for output in self.outputs if output.stride == coarsest)


class Source(_Document):
    """Something that went into the bundle, and the terms under which it may be used."""

    what: str
    licence: str
    where: str


class Weighing(_Document):
    """How the views of an item become one number: the log of how much likelier damage made them.

    bias + damage · the largest logit of any damage + major · the largest one of major damage
    + mean · the mean over views of both.
    """

    bias: FiniteFloat
    damage: NotNegative
    major: NotNegative
    mean: NotNegative


class Damage(_Document):
    """The damage model. view, describe, compare, head: its graphs; see `amiss.detect.damage`.

    preprocessing: hash of everything that is done to pictures before they reach it. alone, beside:
    how its evidence is weighed without and with references. sources: what it was trained on.
    """

    view: InsidePath
    describe: InsidePath
    compare: InsidePath
    head: InsidePath
    preprocessing: Sha256
    alone: Weighing
    beside: Weighing
    sources: tuple[Source, ...]


class CueFacts(_Document):
    """What a cue adds to the log-odds of a product: Σ weight · how far it lies beyond its knot.

    unknown: what it adds to those of none of the products, wherever it says anything.
    """

    knots: Annotated[tuple[FiniteFloat, ...], Field(min_length=1)]
    weights: tuple[NotNegative, ...]
    unknown: FiniteFloat

    @model_validator(mode="after")
    def _one_weight_each(self) -> Self:
        if len(self.weights) != len(self.knots):
            raise ValueError("a cue needs one weight for each knot")
        return self


class Identification(_Document):
    """How the product is told from what cues say; see `amiss.gallery.identify.fuse`.

    unknown: log-odds of none of the products where no cue says anything. sure: the probability from
    which a product is named. wrong: the probability, of its pictures alone, below which an item is
    held not to be what it is said to be. sources: what it was learned from.
    """

    cues: dict[Name, CueFacts]
    unknown: FiniteFloat
    sure: Annotated[FiniteFloat, Field(gt=0, lt=1)]
    wrong: Annotated[FiniteFloat, Field(ge=0, lt=1)]
    sources: tuple[Source, ...]


class Manifest(_Document):
    """The whole of `bundle.json`. created: the date YYYY-MM-DD that the maker gave."""

    schema_version: Literal[2] = 2
    name: Name
    version: Annotated[str, Field(min_length=1)]
    created: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    encoder: Encoder
    damage: Damage | None = None
    identification: Identification | None = None
    sources: tuple[Source, ...]
    files: dict[InsidePath, Sha256]

    def graphs(self) -> tuple[str, ...]:
        """The files that are computed with."""
        damage = self.damage
        if damage is None:
            return (self.encoder.file,)
        return (self.encoder.file, damage.view, damage.describe, damage.compare, damage.head)

    def to_bytes(self) -> bytes:
        """The canonical bytes of `bundle.json`."""
        content = self.model_dump(mode="json")
        if self.identification is None:  # bundles from before there was any keep their hash
            del content["identification"]
        return canonical(content)

    @property
    def id(self) -> str:
        """`name@` and the first 12 hex digits of the SHA-256 of `bundle.json`."""
        return f"{self.name}@{sha256(self.to_bytes())[:ID_DIGITS]}"


def canonical(content: dict[str, Any]) -> bytes:
    """JSON that is written in one way only."""
    text = json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def sha256(data: bytes) -> str:
    """The SHA-256 as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def seal(manifest: bytes) -> bytes:
    """What `bundle.sha256` holds; `sha256sum --check bundle.sha256` reads it too."""
    return f"{sha256(manifest)}  {MANIFEST_FILE}\n".encode()


def parse_manifest(data: bytes) -> Manifest:
    """The manifest in these bytes.

    Raises:
        BundleError: it is not JSON, not a manifest, not canonical, or leaves out its encoder.
    """
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        raise BundleError(f"{MANIFEST_FILE} is not a manifest: {first_problem(error)}.") from error
    if manifest.to_bytes() != data:
        raise BundleError(f"{MANIFEST_FILE} is not in canonical form; export the bundle anew.")
    for file in manifest.graphs():
        if file not in manifest.files:
            raise BundleError(f"{MANIFEST_FILE} has no hash for {file}.")
    return manifest


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong, with its place, in one line."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in problem["loc"]) or "the document"
    return f"{place}: {problem['msg'][:1].lower()}{problem['msg'][1:]}"
