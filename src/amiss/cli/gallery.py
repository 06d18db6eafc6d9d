"""`amiss gallery`: the references of products."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amiss.cli.options import (
    CONTEXT,
    AsJson,
    BundleFolder,
    Engine,
    GalleryFolder,
    OperatingPointFile,
)
from amiss.cli.output import console, number, print_json, progress, table
from amiss.domain.errors import GalleryError

if TYPE_CHECKING:
    from amiss.gallery.store import Change, GalleryStore

SHOWN_DIGITS = 12  # of a digest: enough to name a reference by

app = typer.Typer(
    help="Keep the references of products.", rich_markup_mode=None, context_settings=CONTEXT
)

Product = Annotated[
    str, typer.Option("--product", metavar="SKU", help="The product that is shown.")
]


@app.command()
def add(
    pictures: Annotated[list[Path], typer.Argument(metavar="IMG", help="Pristine views.")],
    gallery: GalleryFolder,
    product: Product,
    bundle: BundleFolder = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Add pristine views of a product; the gallery is made where there is none."""
    from amiss.bundle.read import open_bundle
    from amiss.detect.damage import DamageModel
    from amiss.detect.read import Reader
    from amiss.gallery.reference import marked
    from amiss.gallery.sqlite import SqliteGallery
    from amiss.vision.decode import decode
    from amiss.vision.engine.choose import load_engine
    from amiss.vision.look import Eye

    opened = open_bundle(bundle)
    eye = Eye(load_engine(opened, engine), opened.manifest.encoder)
    reader = Reader(eye, None if opened.manifest.damage is None else DamageModel(opened))
    seen = []
    with progress("Looking") as moved:  # at all of them first: a bad picture adds nothing
        for done, path in enumerate(pictures, start=1):
            view = decode(path)
            reference = marked(reader.reference(path.name, view), view.rgb)
            seen.append((reference, path.read_bytes()))
            moved(done, len(pictures))
    store = SqliteGallery.open(gallery, opened.id, create=True)
    for done, (reference, picture) in enumerate(seen):
        try:
            store.add(product, reference, picture)
        except GalleryError as error:
            if done == 0:
                raise
            sentence = str(error).removesuffix(".")
            raise GalleryError(f"{sentence}; the {done} before it are added.") from error
    digests = [reference.digest for reference, _ in seen]
    document = {"product": product, "added": digests, "revision": store.revision}
    _tell(document, f"{len(seen)} added to {product}; revision {store.revision}.", as_json=as_json)


@app.command("list")
def list_(
    gallery: GalleryFolder,
    product: Annotated[
        str | None, typer.Option(metavar="SKU", help="List this product only.")
    ] = None,
    bundle: BundleFolder = None,
    as_json: AsJson = False,
) -> None:
    """List products and their references."""
    store = _open(gallery, bundle)
    there = {name: store.listed(name) for name in ([product] if product else store.products())}
    if product is not None and not there[product]:
        raise GalleryError(f"There is no product {product!r} in {gallery}; list all of them.")
    listed = [
        {
            "product": name,
            "references": [
                {"name": one.name, "digest": one.digest, "revision": one.revision} for one in added
            ],
        }
        for name, added in there.items()
    ]
    document = {"gallery": str(gallery), "revision": store.revision, "products": listed}
    if as_json:
        print_json(document)
        return
    shown = table("product", "reference", "digest", ">since revision")
    for name, added in there.items():
        for one in added:
            shown.add_row(name, one.name, one.digest[:SHOWN_DIGITS], str(one.revision))
    console().print(shown)


@app.command()
def describe(
    cards: Annotated[
        Path,
        typer.Argument(
            metavar="CSV",
            help="Columns product, title, codes, length_m, width_m, height_m, weight_kg.",
        ),
    ],
    gallery: GalleryFolder,
    bundle: BundleFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say what products are called, what their barcodes say, how large and heavy they are."""
    from amiss.bundle.read import open_bundle
    from amiss.gallery.card import read_cards
    from amiss.gallery.sqlite import SqliteGallery

    read = list(read_cards(cards))  # all of them first: a bad line changes nothing
    store = SqliteGallery.open(gallery, open_bundle(bundle).id, create=True)
    before = store.revision
    with progress("Describing") as moved:
        for done, card in enumerate(read, start=1):
            store.describe(card)
            moved(done, len(read))
    shared = sorted({code for card in read for code in card.codes if len(store.coded(code)) > 1})
    document = {
        "described": len(read),
        "changed": store.revision - before,
        "revision": store.revision,
        "shared_codes": {code: list(store.coded(code)) for code in shared},
    }
    sentence = f"{len(read)} cards read, {document['changed']} changed; revision {store.revision}."
    if shared:
        sentence += (
            f" {len(shared)} codes belong to several products, {shared[0]} to "
            f"{' and '.join(store.coded(shared[0]))}: correct the cards."
        )
    _tell(document, sentence, as_json=as_json)


@app.command()
def check(
    gallery: GalleryFolder,
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Name references that mislead: damaged ones, the same for two products, products all alike."""
    from amiss.evaluate.gallery import doubts
    from amiss.gallery.sqlite import SqliteGallery
    from amiss.inspector import Inspector

    inspector = Inspector.load(bundle, operating_point=operating_point, engine=engine)
    store = SqliteGallery.open(gallery, inspector.bundle.id)
    with progress("Checking") as moved:
        found = [one.export() for one in doubts(inspector, store, moved)]
    if as_json:
        print_json({"gallery": str(gallery), "revision": store.revision, "doubts": found})
        return
    shown = table("product", "reference", "doubt", "other product", ">score")
    for one in found:
        words = one["kind"].replace("_", " ")
        shown.add_row(
            one["product"], one["reference"], words, one["other"] or "", number(one["score"])
        )
    console().print(shown if found else "Nothing is doubtful.")


@app.command()
def remove(
    reference: Annotated[str, typer.Argument(help="Name or digest of the reference.")],
    gallery: GalleryFolder,
    product: Product,
    bundle: BundleFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take a reference out; undo brings it back."""
    revision = _open(gallery, bundle).remove(product, reference)
    document = {"product": product, "removed": reference, "revision": revision}
    _tell(document, f"{reference} is removed; revision {revision}.", as_json=as_json)


@app.command()
def undo(gallery: GalleryFolder, bundle: BundleFolder = None, as_json: AsJson = False) -> None:
    """Take back the last change that still stands."""
    store = _open(gallery, bundle)
    revision = store.undo()
    change = next(one for one in store.history() if one.revision == revision)
    document = _export(change)
    sentence = f"Change {change.undoes} is taken back; revision {revision}."
    _tell(document, sentence, as_json=as_json)


@app.command()
def history(gallery: GalleryFolder, bundle: BundleFolder = None, as_json: AsJson = False) -> None:
    """List every change there ever was."""
    store = _open(gallery, bundle)
    changes = store.history()
    if as_json:
        listed = [_export(change) for change in changes]
        print_json({"gallery": str(gallery), "revision": store.revision, "changes": listed})
        return
    shown = table(">revision", "time", "change", "product", "reference", "digest")
    for one in changes:
        what = one.action.value if one.undoes is None else f"undo {one.undoes}"
        when = one.time.isoformat(" ", "seconds")
        digest = one.digest[:SHOWN_DIGITS]
        shown.add_row(str(one.revision), when, what, one.product, one.name, digest)
    console().print(shown)


def _open(folder: Path, bundle: Path | None) -> "GalleryStore":
    from amiss.bundle.read import open_bundle
    from amiss.gallery.sqlite import SqliteGallery

    return SqliteGallery.open(folder, open_bundle(bundle).id)


def _export(change: "Change") -> dict[str, Any]:
    return {
        "revision": change.revision,
        "time": change.time.isoformat(),
        "action": change.action.value,
        "product": change.product,
        "name": change.name,
        "digest": change.digest,
        "undoes": change.undoes,
    }


def _tell(document: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        typer.echo(sentence)
