"""`amiss paint`."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from amiss.cli.options import AsJson
from amiss.cli.output import console, print_json, progress
from amiss.domain.errors import InputError
from amiss.domain.words import DamageType, Locus

if TYPE_CHECKING:
    from amiss.simulate.painting.bulk import Made
    from amiss.simulate.painting.photographs import Found

WHY = {
    "no_item": "no item stands out",
    "small_item": "the item is too small",
    "no_damage_fits": "no damage fits the item",
}


def paint(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER...",
            help="Photographs of sound items: FOLDER/<product>/*.jpg, or FOLDER/<product>.jpg.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder of the data set: new, or to go on with."),
    ],
    seed: Annotated[int, typer.Option(min=0, metavar="S", help="Which data set.")],
    copies: Annotated[
        int, typer.Option(min=1, max=1000, metavar="N", help="Captures of each photograph.")
    ] = 2,
    damaged: Annotated[
        float, typer.Option(min=0, max=1, metavar="SHARE", help="Share of them that are damaged.")
    ] = 0.5,
    types: Annotated[
        str, typer.Option(metavar="TYPE,…", help="Types of damage; by default all.")
    ] = "",
    families: Annotated[
        str, typer.Option(metavar="F,…", help="Families of recipes, 0 to 2; by default all.")
    ] = "",
    references: Annotated[
        int,
        typer.Option(
            min=0, metavar="K", help="Photographs of a product for reference; at most half of them."
        ),
    ] = 3,
    size: Annotated[
        int,
        typer.Option(min=128, max=4096, metavar="PX", help="Pixels of the long side, at most."),
    ] = 640,
    surface: Annotated[
        Literal["outer_packaging", "product"], typer.Option(help="What the items' outside is.")
    ] = "outer_packaging",
    split: Annotated[
        Literal["train", "validation", "test"] | None,
        typer.Option(help="Where everything goes; by default each product where its name says."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a data set of photographs of sound items, some with damage painted onto them."""
    from amiss.simulate.painting.bulk import paint_all
    from amiss.simulate.painting.photographs import find
    from amiss.simulate.painting.plan import Plan

    plan = Plan(
        seed=seed,
        copies=copies,
        damaged=damaged,
        references=references,
        types=_types(types),
        families=_families(families),
        size=size,
        surface=Locus(surface),
        split=split,
    )
    _refuse_inside(out, folders)
    with progress("Looking at photographs") as moved:
        found = find(folders, moved)
    with progress("Painting") as moved:
        made = paint_all(out, plan, found, moved)
    document = _told(out, found, made)
    if as_json:
        print_json(document)
    else:
        _show(document)


def _types(words: str) -> tuple[DamageType, ...]:
    asked = _words(words)
    unknown = sorted(asked - set(DamageType))
    if unknown:
        raise InputError(
            f"There is no type of damage {unknown[0]!r}: choose from {', '.join(DamageType)}."
        )
    return tuple(kind for kind in DamageType if kind in asked)


def _families(words: str) -> frozenset[int]:
    asked = _words(words)
    odd = sorted(word for word in asked if not word.isdecimal())
    if odd:
        raise InputError(f"A family of recipes is a number, not {odd[0]!r}: take some of 0, 1, 2.")
    return frozenset(map(int, asked))


def _words(words: str) -> set[str]:
    return {word.strip() for word in words.split(",") if word.strip()}


def _refuse_inside(out: Path, folders: list[Path]) -> None:
    """What is written among photographs would be taken for photographs next time."""
    for folder in folders:
        if out.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"The data set {out} would lie in {folder}; name a folder elsewhere.")


def _told(out: Path, found: "Found", made: "Made") -> dict[str, Any]:
    """What stands now, as the data set itself tells it."""
    from amiss.dataset.reader import open_dataset

    splits: Counter[str] = Counter()
    kinds: Counter[str] = Counter({kind.value: 0 for kind in DamageType})
    damaged = references = masks = 0
    for split in open_dataset(out):
        splits[split.name] = len(split)
        references += sum(len(split.references(item)) for item in split.items)
        for record in split:
            damages = record.labels.damages if record.labels else None
            damaged += bool(damages)
            kinds.update(one.type.value for one in damages or ())
            masks += record.views[0].item_mask is not None
    captures = sum(splits.values())
    return {
        "out": str(out),
        "photographs": len(found.photographs),
        "products": len(found.products),
        "doubles": found.doubles,
        "ignored": found.ignored,
        "captures": captures,
        "sound": captures - damaged,
        "damaged": damaged,
        "references": references,
        "item_masks": masks,
        "by_type": dict(kinds),
        "by_split": dict(splits),
        "left_out": {**dict.fromkeys(WHY, 0), **made.left_out},
        "written": made.written,
        "seconds": made.seconds,
    }


def _show(document: dict[str, Any]) -> None:
    """The same for people."""
    to = console()
    to.print(
        f"{document['photographs']} photographs of {document['products']} products: "
        f"{document['captures']} captures, {document['damaged']} of them damaged, and "
        f"{document['references']} references in {document['out']}."
    )
    for part in ("by_type", "by_split"):
        to.print(", ".join(f"{name} {count}" for name, count in document[part].items()) + ".")
    for why, count in document["left_out"].items():
        if count:
            to.print(f"{count} captures were left out: {WHY[why]}.")
    for name, words in (("doubles", "are there twice"), ("ignored", "are no JPEG or PNG")):
        if document[name]:
            to.print(f"{document[name]} files {words}, and were not used.")
    to.print(f"{document['written']} captures were written now.")
