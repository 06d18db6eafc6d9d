"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import amiss
from amiss.bundle.read import open_bundle
from amiss.detect.discrepancy import Settings

SOURCE = Path(amiss.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
LONGEST = 400
BROAD = {"Exception", "BaseException"}
MOST_BROAD_EXCEPTS = 10  # engines, decoders, EGL, shared transactions, the command line


def name_of(path):
    return path.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_is_too_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def broad_excepts(path):
    """The lines on which a file catches everything."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(kind is None or ast.unparse(kind) in BROAD for kind in kinds):
                yield text.splitlines()[node.lineno - 1]


def test_few_places_catch_everything_and_each_says_why():
    found = [line for path in FILES for line in broad_excepts(path)]
    assert len(found) <= MOST_BROAD_EXCEPTS
    for line in found:
        reason = re.sub(r"noqa: \w+( - )?", "", line.partition("#")[2])
        assert len(reason.split()) >= 4, line


def test_every_setting_stands_under_a_comment():
    """Settings come in groups; a comment above each group says what it is for."""
    lines = (SOURCE / "detect" / "discrepancy.py").read_text(encoding="utf-8").splitlines()
    for field in Settings.__dataclass_fields__:
        (at,) = [index for index, line in enumerate(lines) if line.startswith(f"    {field}: ")]
        while lines[at].startswith("    ") and not lines[at].startswith("    #"):
            at -= 1
        assert lines[at].startswith("    # "), field


def test_the_whole_of_an_inspection_runs_without_torch(tmp_path):
    point = tmp_path / "point.json"
    script = f"""
import sys
for name in ("torch", "torchvision", "onnx", "timm", "openvino"):
    sys.modules[name] = None  # an import of it fails
import numpy as np
import amiss
from amiss.bundle.operating_point import ModelLimits, OperatingPoint, write_operating_point
from pathlib import Path
write_operating_point(Path({str(point)!r}), OperatingPoint(
    bundle={open_bundle().id!r}, threshold=0.5, provisional=True, calibration={{}},
    midpoint=0.7, slope=8.0, model=ModelLimits(alone=0.0, beside=0.0)))
inspector = amiss.Inspector.load(operating_point={str(point)!r}, threads=1)
rng = np.random.default_rng(0)
one, other = rng.integers(0, 256, (2, 96, 96, 3), np.uint8)
result = inspector.inspect(one, references=[other])
assert result.decision in amiss.Decision
assert any(one.coverage is not None for one in result.evidence)
print("inspected")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "inspected\n", done.stderr
