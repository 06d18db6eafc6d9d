import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import amiss


def test_the_public_names_are_sorted_and_can_all_be_had():
    assert amiss.__all__ == sorted(set(amiss.__all__))
    for name in amiss.__all__:
        assert getattr(amiss, name).__name__ == name
    assert set(amiss.__all__) <= set(dir(amiss))


def test_every_public_name_says_what_it_is():
    for name in amiss.__all__:
        assert inspect.getdoc(getattr(amiss, name)), name


def test_star_import_works():
    names = {}
    exec("from amiss import *", names)
    assert set(amiss.__all__) <= set(names)


def test_inspect_takes_what_the_contract_names():
    parameters = inspect.signature(amiss.Inspector.inspect).parameters
    keywords = {"references", "depth", "empty_tray", "product", "step"}
    assert keywords <= set(parameters)
    for name in keywords:
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[name].default is None


def test_results_have_the_fields_of_the_contract():
    fields = set(amiss.Result.__dataclass_fields__)
    assert fields >= {
        "score",
        "threshold",
        "decision",
        "reasons",
        "types",
        "findings",
        "evidence",
        "heatmaps",
    }


def test_importing_amiss_is_quiet():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import amiss"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_type_checkers_see_is_what_there_is():
    """Names are loaded late, so that checkers read them from a block of imports of their own."""
    tree = ast.parse(Path(amiss.__file__).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {alias.name: node.module for node in block.body for alias in node.names}
    assert set(seen) == set(amiss.__all__)
    for name, module in seen.items():
        assert getattr(import_module(module), name) is getattr(amiss, name)


def test_a_name_that_there_is_not_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Nonsense"):
        _ = amiss.Nonsense


def test_importing_amiss_loads_nothing_heavy():
    script = "import sys, amiss; print({'cv2', 'onnxruntime', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "set()\n"
