"""The figures for people, as Markdown, with what they must be beside them."""

from typing import Any

from benchmarks.speed.stages import ASIDE

ORT = "ONNX Runtime f32"
MUST_UPRIGHT, MUST_TURNED, MUST_COLD_S = 2.5, 5.0, 3.0
QUIET_LOAD = 1.0


def markdown(document: dict[str, Any]) -> str:
    """Lay out one document."""
    parts = [
        _machine(document),
        _encoder(document),
        _inspect(document),
        _stages(document),
        _references(document),
        _cold(document["cold"]),
        _verdicts(document),
    ]
    return "\n\n".join(parts)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _machine(document: dict[str, Any]) -> str:
    machine = document["machine"]
    busy = "" if machine["load"] <= QUIET_LOAD else " **Busy: the ratios may not hold.**"
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} threads, load "
        f"{machine['load']}.{busy} Peak of a 2048³ float32 matrix product: "
        f"{machine['peak_gflops']:.0f} GFLOP/s."
    )


def _encoder(document: dict[str, Any]) -> str:
    rows = []
    for name, timing in document["encoder"].items():
        size = name.split(", ")[1]
        gflop = document["gflop"][size]
        rate = gflop / timing["median"] * 1000
        rows.append(
            [
                f"{name.split(', ')[0]}, {'×'.join(map(str, document['frames'][size]))}",
                f"{timing['median']:.1f}",
                f"{timing['p5']:.1f}",
                f"{gflop:.2f}",
                f"{rate:.0f}",
                f"{rate / document['machine']['peak_gflops']:.0%}",
            ]
        )
    return _table(["encoder", "median ms", "p5 ms", "GFLOP", "GFLOP/s", "of the peak"], rows)


def _inspect(document: dict[str, Any]) -> str:
    rows = [
        [
            name,
            f"{timing['median']:.1f}",
            f"{timing['p5']:.1f}",
            f"{_ratio(timing, encoder, 'frame'):.2f}",
            f"{_ratio(timing, encoder, 'square'):.2f}",
        ]
        for timings, encoder in (
            (document["inspect"], document["encoder"]),
            (document["inspect_12mp"], document["inspect_12mp"]),
        )
        for name, timing in timings.items()
        if " MP " in name
    ]
    picture = document["picture"]
    sizes = ", ".join(f"{name}: {kib} KiB" for name, kib in picture["kib"].items())
    head = ["inspect: bytes of a JPEG → verdict, one seen reference", "median ms", "p5 ms"]
    note = (
        f"Ratios of medians, to {ORT} in the same rounds. {sizes}; turned by "
        f"{picture['degrees']:.0f}°. Encoder passes: {document['passes']['2 MP upright']} upright, "
        f"{document['passes']['2 MP turned']} turned; {document['passes_any_pose']:.2f} on average "
        "for items of all recorded products in any pose."
    )
    return _table([*head, "÷ encoder, same frame", "÷ encoder, 448×448"], rows) + f"\n\n{note}"


def _ratio(timing: dict[str, float], encoder: dict[str, Any], size: str) -> float:
    return timing["median"] / encoder[f"{ORT}, {size}"]["median"]


def _stages(document: dict[str, Any]) -> str:
    upright, turned = document["stages"].values()
    names = sorted({*upright, *turned}, key=lambda name: -turned.get(name, 0.0))
    rows = [[name, *(f"{one.get(name, 0.0):.2f}" for one in (upright, turned))] for name in names]
    rows.append(["sum, without what is done aside", *map(_sum, (upright, turned))])
    return _table([f"stage, median ms ({ORT}, 2 MP)", "upright", "turned"], rows)


def _sum(stages: dict[str, float]) -> str:
    return f"{sum(ms for name, ms in stages.items() if not name.endswith(ASIDE)):.2f}"


def _references(document: dict[str, Any]) -> str:
    timings = document["references"]
    one = timings["1"]["median"]
    return _table(
        ["references", *timings],
        [
            ["median ms", *(f"{timing['median']:.1f}" for timing in timings.values())],
            ["÷ one", *(f"{timing['median'] / one:.2f}" for timing in timings.values())],
        ],
    )


def _cold(found: dict[str, Any]) -> str:
    peak = found["peak_rss_mib"]
    return (
        f"Cold start of `amiss inspect` with one reference: {found['inspect_s']:.2f} s. "
        f"`import amiss`: {1000 * found['import_amiss_s']:.0f} ms; with the inspector: "
        f"{1000 * found['import_inspector_s']:.0f} ms. Peak memory of a process that inspects: "
        + ("not known here." if peak is None else f"{peak:.0f} MiB.")
    )


def _verdicts(document: dict[str, Any]) -> str:
    timings, encoder = document["inspect"], document["encoder"]
    found = [
        (
            "upright ÷ encoder",
            _ratio(timings[f"{ORT}, 2 MP upright"], encoder, "frame"),
            MUST_UPRIGHT,
        ),
        ("turned ÷ encoder", _ratio(timings[f"{ORT}, 2 MP turned"], encoder, "frame"), MUST_TURNED),
        ("cold start, s", document["cold"]["inspect_s"], MUST_COLD_S),
        ("32 references ÷ 1", _growth(document["references"]), 32.0),
    ]
    rows = [
        [name, f"{value:.2f}", f"≤ {limit:g}", "yes" if value <= limit else "**no**"]
        for name, value, limit in found
    ]
    return _table(["must", "found", "limit", "met"], rows)


def _growth(timings: dict[str, Any]) -> float:
    return timings["32"]["median"] / timings["1"]["median"]
