"""A bundle beside itself without its damage model: python -m benchmarks.real.models --data DIR.

Both see the same pictures and the same references, drawn as `amiss evaluate` draws them. Without
its damage model a bundle compares with references alone, as bundles did before they had one; so the
difference is what the model gives or takes on pictures that it was not made for. Without any
reference only the model has an opinion.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import typer
from benchmarks.familiarity import distribution, familiarity_of, in_words
from benchmarks.journal import Document, add, begin, code
from benchmarks.options import BundlePath, PointPath
from benchmarks.real.protocol import Half

from amiss.cli.output import number, progress
from amiss.dataset.folder import FolderDataset
from amiss.domain.errors import AmissError, BundleError
from amiss.evaluate.bootstrap import PairedRun, paired_bootstrap_over_seeds
from amiss.evaluate.folder import Picture, evaluate_folder
from amiss.evaluate.metrics import auroc
from amiss.evaluate.report import FolderReport
from amiss.evaluate.under_test import Opinion, PicturesUnderTest
from amiss.gallery.reference import Reference
from amiss.inspector import Inspector

WORK = Path("runs") / "benchmarks-real-models"
WITH, WITHOUT = "with", "without"
FIGURES = ("auroc", "recall_at_fpr_1pct", "pixel_auroc", "aupro")
ROUNDS = 1000


class Listened(PicturesUnderTest):
    """Pictures under test, that also says how far the model knows them."""

    def __init__(self, inspector: Inspector) -> None:
        super().__init__(inspector)
        self.familiarity: list[float | None] = []

    def __call__(self, query: Picture, references: list[Reference] | None) -> Opinion:
        """Inspects a picture."""
        result = self._inspector.inspect(query, references=references or [])
        self.familiarity.append(familiarity_of(result))
        return Opinion.of(result)


def sides(bundle: Path | None, point: Path | None) -> dict[str, Inspector]:
    """The inspector of a bundle, and of the same one without its damage model.

    Raises:
        BundleError: it has none, or cannot be used.
    """
    whole = Inspector.load(bundle, operating_point=point)
    if whole.model is None:
        raise BundleError(f"{whole.bundle.id} has no damage model; name a bundle that was trained.")
    manifest = whole.bundle.manifest.model_copy(update={"damage": None})
    bare = Inspector(replace(whole.bundle, manifest=manifest), whole.point, whole.eye.engine)
    return {WITH: whole, WITHOUT: bare}


def runs_of(sets: Sequence[str], counts: Sequence[int], seeds: Sequence[int]) -> list[Document]:
    """What is evaluated; where nothing is drawn, once and by the model alone."""
    return [
        {"set": name, "k": k, "seed": seed, "side": side}
        for name in sets
        for k in counts
        for seed in (seeds if k else seeds[:1])
        for side in ((WITH, WITHOUT) if k else (WITH,))
    ]


def evaluated(
    data: Path, run: Document, inspector: Inspector, half: Half, *, rotate: bool
) -> Document:
    """A line: the run, its figures, and what was said of each picture."""
    under_test = Listened(inspector)
    report = evaluate_folder(
        under_test,
        FolderDataset.open(data / run["set"]),
        references=run["k"],
        half=half,
        seed=run["seed"],
        rotate=rotate,
    )
    return {
        **run,
        "figures": _figures(report),
        "pictures": [
            {"name": row.name, "damaged": row.damaged, "score": row.score, "familiarity": known}
            for row, known in zip(report.rows, under_test.familiarity, strict=True)
        ],
    }


def _figures(report: FolderReport) -> dict[str, float]:
    found = report.export()
    return {name: found[name] for name in FIGURES if found.get(name) is not None}


def table(lines: Sequence[Document]) -> dict[str, Any]:
    """One document of all runs: a row for each set and number of references."""
    keys = list(dict.fromkeys((line["set"], line["k"]) for line in lines))
    return {
        "rows": [
            _row([one for one in lines if (one["set"], one["k"]) == key], *key) for key in keys
        ],
        "familiarity": {
            name: distribution(
                picture["familiarity"]
                for picture in next(one for one in lines if one["set"] == name)["pictures"]
            )
            for name in dict.fromkeys(line["set"] for line in lines)
        },
    }


def _row(lines: Sequence[Document], name: str, k: int) -> dict[str, Any]:
    of = {side: [one for one in lines if one["side"] == side] for side in (WITH, WITHOUT)}
    first = of[WITH][0]["pictures"]
    row: dict[str, Any] = {
        "set": name,
        "k": k,
        "seeds": len(of[WITH]),
        "n_damaged": sum(one["damaged"] for one in first),
        "n_good": sum(not one["damaged"] for one in first),
        "n_no_opinion": {
            side: sum(one["score"] is None for line in some for one in line["pictures"])
            for side, some in of.items()
        },
    }
    for side, some in of.items():
        row[side] = {
            figure: fmean(line["figures"][figure] for line in some)
            for figure in FIGURES
            if some and all(figure in line["figures"] for line in some)
        }
    row["gain"] = _gain(of[WITHOUT], of[WITH]) if of[WITHOUT] else None
    return row


def _gain(before: Sequence[Document], after: Sequence[Document]) -> dict[str, float]:
    """Of AUROC, with its 95 % interval over pictures."""
    paired = [
        PairedRun(
            [one["name"] for one in was["pictures"]],
            [one["damaged"] for one in was["pictures"]],
            [one["score"] for one in was["pictures"]],
            [one["score"] for one in now["pictures"]],
        )
        for was, now in zip(before, after, strict=True)
    ]
    found = paired_bootstrap_over_seeds(paired, auroc, n=ROUNDS)
    return {"difference": found.difference, "low": found.low, "high": found.high}


def markdown(document: dict[str, Any]) -> str:
    """The same for people."""
    head = ["set", "K", "good", "damaged", "AUROC with the model", "without", "with − without"]
    head += [f"{name.replace('_', ' ')}, with / without" for name in FIGURES[1:]]
    head += ["no opinion, with / without"]
    rows = [head, ["---"] * len(head), *(_cells(row) for row in document["rows"])]
    known = [
        f"Familiarity, {name}: {in_words(one)}." for name, one in document["familiarity"].items()
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows) + "\n\n" + "\n".join(known)


def _cells(row: dict[str, Any]) -> list[str]:
    gain = row["gain"]
    gained = "–"
    if gain is not None:
        gained = f"{gain['difference']:+.4f} [{gain['low']:+.4f}, {gain['high']:+.4f}]"
    pairs = [
        f"{number(row[WITH].get(name))} / {number(row[WITHOUT].get(name))}" for name in FIGURES[1:]
    ]
    counts = row["n_no_opinion"]
    return [
        *(row["set"], str(row["k"]), str(row["n_good"]), str(row["n_damaged"])),
        number(row[WITH]["auroc"], 4),
        number(row[WITHOUT].get("auroc"), 4),
        gained,
        *pairs,
        f"{counts[WITH]} / {counts[WITHOUT]}",
    ]


def main(
    data: Annotated[Path, typer.Option(envvar="AMISS_REAL_DATA", help="Folder with the sets.")],
    bundle: BundlePath = None,
    operating_point: PointPath = None,
    sets: str = "aliens,cookies,pill",
    references: Annotated[str, typer.Option(help="Numbers of references.")] = "0,1,8",
    seeds: str = "0,1,2,3,4",
    half: Annotated[Half, typer.Option(help="Which half of the pictures to test.")] = "choose",
    rotate: Annotated[bool, typer.Option(help="Turn every query by its own angle.")] = False,
    work: Annotated[Path, typer.Option(metavar="DIR", help="Where scores are kept.")] = WORK,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure a bundle beside itself without its damage model, on the same real photographs."""
    both = sides(bundle, operating_point)
    whole = both[WITH]
    turned = "-rotate" if rotate else ""
    out = work / f"{whole.bundle.id}-{whole.point.hash[:12]}-{half}{turned}.jsonl"
    made_with = {"bundle": whole.bundle.id, "operating_point": whole.point.hash, "code": code()}
    stands = {_key(line): line for line in begin(out, made_with)}
    wanted = runs_of(sets.split(","), _numbers(references), _numbers(seeds))
    with progress("Evaluating") as moved:
        for done, run in enumerate(wanted):
            moved(done, len(wanted))
            if _key(run) not in stands:
                line = evaluated(data, run, both[run["side"]], half, rotate=rotate)
                stands[_key(line)] = line
                add(out, line)
    document = {
        "bundle": whole.bundle.id,
        "operating_point": whole.point.hash,
        "half": half,
        "rotate": rotate,
        **table([stands[_key(run)] for run in wanted]),
    }
    if as_json:
        print(json.dumps(document, indent=1))
    else:
        print(f"{whole.bundle.id}, {half} half{turned}\n\n{markdown(document)}")


def _numbers(words: str) -> list[int]:
    return [int(word) for word in words.split(",")]


def _key(run: Document) -> tuple[str, int, int, str]:
    return run["set"], run["k"], run["seed"], run["side"]


if __name__ == "__main__":
    try:
        typer.run(main)
    except AmissError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
