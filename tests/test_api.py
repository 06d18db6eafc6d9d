import ast
import inspect
import subprocess
import sys
from pathlib import Path

import amiss


def test_the_public_names_are_sorted_and_all_there_is():
    assert amiss.__all__ == sorted(amiss.__all__)
    public = {
        name
        for name, value in vars(amiss).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public == set(amiss.__all__)


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


def test_nothing_is_exported_that_is_not_imported():
    tree = ast.parse(Path(amiss.__file__).read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(amiss.__all__) <= imported
