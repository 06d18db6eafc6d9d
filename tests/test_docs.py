"""What the documents say is there, is there; and what is there, they say."""

import re
from pathlib import Path

import pytest
import typer
from PIL import Image

import amiss
from amiss.cli.app import app
from amiss.detect.discrepancy import Settings
from recorded_pictures import picture

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def read(path):
    return path.read_text(encoding="utf-8")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def commands(command, name="amiss"):
    """Each command by its full name, with the options that it takes."""
    yield name, {option for parameter in command.params for option in long_options(parameter)}
    for part, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name} {part}")


def long_options(parameter):
    return [option for option in parameter.opts if option.startswith("--")]


COMMANDS = dict(commands(typer.main.get_command(app)))


def sections():
    """The sections of the command line's page, by their headings."""
    _, *parts = re.split(r"^## ", read(DOCS / "command-line.md"), flags=re.MULTILINE)
    return dict(part.split("\n", maxsplit=1) for part in parts)


def test_every_command_has_its_section_and_no_other_is_promised():
    assert set(sections()) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_section_names_exactly_the_options_of_its_command(command):
    # Examples, and what make hands on, may hold options of others.
    text = re.sub(r"```.*?```|`make [^`]*`", "", sections()[command], flags=re.DOTALL)
    assert set(OPTION.findall(text)) - {"--help"} == COMMANDS[command] - {"--help"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_amiss_command_in_a_document_exists(path):
    known = {option for options in COMMANDS.values() for option in options} | {"--help"}
    for line in read(path).splitlines():
        for call in re.findall(r"(?:^|`)(amiss [a-z][^`]*)", line):
            words = call.split()
            assert any(" ".join(words[:n]) in COMMANDS for n in (2, 3)), call
            assert set(OPTION.findall(call)) <= known, call


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_inside_the_repository_resolves(path):
    for link in LINK.findall(read(path)):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in map(slug, HEADING.findall(read(target))), link


def slug(heading):
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_make_verb_in_the_readme_exists():
    verbs = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", read(ROOT / "README.md"), re.MULTILINE))
    assert {"demo", "test"} <= named <= verbs


def test_every_setting_is_explained():
    text = read(DOCS / "how-it-decides.md")
    assert [name for name in Settings.__dataclass_fields__ if f"`{name}`" not in text] == []


def test_every_decision_is_listed():
    listed = set(LINK.findall(read(DOCS / "decisions" / "README.md")))
    assert listed == {path.name for path in (DOCS / "decisions").glob("0*.md")}


def test_the_readme_s_python_runs_and_the_evidence_it_gives_is_explained(
    tmp_path, monkeypatch, capsys
):
    for name, capture in (("reference.jpg", 0), ("item.jpg", 1)):
        Image.fromarray(picture("book", capture, upright=True).rgb).save(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", read(ROOT / "README.md"), flags=re.DOTALL)
    names = {}
    exec(code, names)
    result = names["result"]
    assert capsys.readouterr().out.startswith(f"{result.decision} {result.score}")
    explained = read(DOCS / "how-it-decides.md")
    details = {key for one in result.evidence for key in one.details} - set(amiss.DamageType)
    assert details
    assert all(f"`{key}`" in explained for key in details)
    assert set(result.row()) <= set(result.export())  # as the README says of both


def test_the_readme_shows_a_picture_that_is_not_too_large():
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", read(ROOT / "README.md"))
    with Image.open(ROOT / picture) as opened:
        assert opened.size[0] > 600
    assert (ROOT / picture).stat().st_size <= 400 * 1024


def test_the_public_names_that_documents_use_exist():
    for path in DOCUMENTS:
        for name in re.findall(r"\bamiss\.([A-Z]\w+)", read(path)):
            assert name in amiss.__all__, f"{name_of(path)}: {name}"
