"""The pages say what the code says: examples run, quotations are verbatim, names are explained."""

import enum
import importlib
import inspect
import itertools
import json
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import convlab
from convlab import catalogue
from convlab.statement import formula

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

import catalogue_pages  # noqa: E402 -- from docs/
import exact  # noqa: E402
import listings  # noqa: E402
import markup  # noqa: E402
import papers  # noqa: E402

README = (ROOT / "README.md").read_text()
PAGES = {name: (ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md")}
QUOTED = re.compile(r"<!-- quoted from (\S+) -->\n```python\n(.*?)```\n", re.DOTALL)
CONSOLE = re.compile(r"```console\n(.*?)```\n", re.DOTALL)
BIBTEX = ROOT / "theorems/references.bib"
MODULES = ["convlab", *(m.name for m in pkgutil.walk_packages(convlab.__path__, "convlab."))]


@pytest.fixture(scope="module")
def found():
    return catalogue.installed()


# Examples ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "path", "text"),
    [(page, *match) for page, content in PAGES.items() for match in QUOTED.findall(content)],
)
def test_quotations_are_verbatim(page, path, text):
    assert text.strip() in (ROOT / path).read_text(), f"{page} quotes {path} wrongly"


def test_exact_ratios_are_those_of_claims_that_exist(found):
    for name, entries in json.loads(exact.RATIOS.read_text()).items():
        theorem = found.theorems[name]
        for entry in entries:
            assert entry["says"] == str(theorem.claims[entry["claim"]]), name
            largest = max(entry["ratios"].values())
            assert theorem.expected == "refuted" or largest <= 1 + 1e-5, name


def test_the_floors_are_those_of_the_contract():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = " ".join(contract["contracts"][0]["layers"])
    rows = re.search(r"\| floor \|.*?\n\n", PAGES["CONTRIBUTING.md"], re.DOTALL)[0]
    assert set(re.findall(r"`(\w+)`", rows)) - {"convlab"} == set(re.findall(r"\w+", layers))


def test_the_test_command_stands_once():
    fences = re.findall(r"<!-- tests -->\n```sh\n(.*?)\n```", README)
    assert len(fences) == 1
    assert README.count("<!-- tests -->") == 1


def plain(output):
    """Lines of output without what differs from machine to machine: seconds, and their width."""
    lines = [re.sub(r"\d+\.\d( s)?$", "_", line.rstrip()) for line in output.splitlines()]
    return [" ".join(line.split()) for line in lines if line]


def commands():
    for block in CONSOLE.findall(README):
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = piece.partition("\n")
            yield command, output


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the example of the README, and what its commands make of it."""
    path = tmp_path_factory.mktemp("readme")
    (text,) = re.findall(r"^```python\n(.*?)^```\n", README, re.DOTALL | re.MULTILINE)[:1]
    (path / "delayed_gradient.py").write_text(text)
    for change in re.findall(r"^\$ (sed .*?);", README, re.MULTILINE):
        subprocess.run(change, shell=True, cwd=path, check=True)
    return path


@pytest.mark.parametrize(("command", "printed"), list(commands()))
def test_commands_in_the_readme_print_what_it_says(command, printed, folder):
    program = Path(sys.executable).parent / "convlab"
    line = re.sub(r"\bconvlab\b(?! *FOLDER)", str(program), command, count=1)
    fresh = {**os.environ, "CONVLAB_CACHE": str(folder / "kernels")}  # as after the installation
    options = {"capture_output": True, "text": True, "check": False}
    ran = subprocess.run(line, shell=True, cwd=folder, env=fresh, **options)
    assert plain(ran.stdout) == plain(printed), ran.stderr


# The generated pages ----------------------------------------------------------------------------


def test_there_is_a_page_for_every_theorem(found):
    pages = dict(catalogue_pages.Pages(found).all())
    for name, theorem in found.theorems.items():
        text = pages[f"theorems/{name}.md"]
        assert all(formula(theorem, claim) in text for claim in theorem.claims)
        assert all(f"`{mutant.name}`" in text for mutant in theorem.mutants)


def test_notation_explains_every_symbol_of_every_theorem(found):
    page = listings.notation(found)
    for name, theorem in found.theorems.items():
        for symbol in listings.symbols_of(theorem):
            meaning = getattr(symbol, "meaning", None)
            assert meaning, f"{name} uses {symbol}: make it with symbol(name, meaning)"
            assert f"| `{symbol}` |" in page


def test_the_page_of_papers_is_current(found):
    assert papers.PAGE.read_text() == papers.page(found), "run python docs/papers.py"


def test_docstrings_become_markdown():
    assert markup.markdown("f* of ``x_1`` and :math:`x_1 |y|` < 2") == (
        r"f\* of `x_1` and $x_1 |y|$ \< 2"
    )


# Sources ----------------------------------------------------------------------------------------


def entries():
    for entry in re.split(r"^@", BIBTEX.read_text(), flags=re.MULTILINE)[1:]:
        kind, key = re.match(r"(\w+)\{([^,]+),", entry).groups()
        fields = dict(re.findall(r"^\s*(\w+)\s*=\s*[{\"]?(.*?)[}\"]?,?$", entry, re.MULTILINE))
        yield kind.lower(), key.strip(), fields


def test_every_source_has_what_a_reader_needs():
    keys = [key for _, key, _ in entries()]
    assert len(keys) == len(set(keys)), "a BibTeX key stands twice"
    for kind, key, fields in entries():
        assert {"author", "title", "year", "url"} <= fields.keys(), f"{key} lacks a field"
        assert fields["url"].startswith("https://"), f"{key}: {fields['url']}"
        venue = {"article": "journal", "inproceedings": "booktitle", "book": "publisher"}
        assert venue.get(kind, "title") in fields, f"{key} lacks {venue[kind]}"


def test_every_theorem_cites_a_source(found):
    keys = {key for _, key, _ in entries()}
    missing = {n: t.cite for n, t in found.theorems.items() if t.cite not in keys}
    assert not missing


# Docstrings -------------------------------------------------------------------------------------


def members(value):
    """The public methods and properties that a class defines itself."""
    for name, member in vars(value).items():
        if not name.startswith("_") and (callable(member) or isinstance(member, property)):
            yield name, member


def documented(module):
    """Public names of a module and their docstrings."""
    yield module.__name__, module.__doc__
    below = listings.attribute_docs(module)
    for name in module.__all__ if hasattr(module, "__all__") else ():
        value = getattr(module, name)
        if getattr(value, "__module__", module.__name__) != module.__name__:
            continue
        if inspect.isclass(value) or callable(value):
            doc = getattr(value, "__doc__", None)
            inherited = not inspect.isclass(value) and doc == type(value).__doc__
            yield f"{module.__name__}.{name}", below.get(name, doc) if inherited or not doc else doc
        elif name in below:
            yield f"{module.__name__}.{name}", below[name]
        if inspect.isclass(value) and not issubclass(value, enum.Enum):
            fields = getattr(value, "__dataclass_fields__", ())
            for attribute, member in members(value):
                if attribute not in fields:
                    yield f"{module.__name__}.{name}.{attribute}", member.__doc__


@pytest.mark.parametrize("name", MODULES)
def test_public_names_are_documented(name):
    module = importlib.import_module(name)
    for public, doc in documented(module):
        assert doc, f"{public} has no docstring"
        first, *_ = inspect.cleandoc(doc).split("\n\n")
        assert first.endswith((".", ":", ",")), f"{public}: {first!r} ends without a stop"
        for title, line in itertools.pairwise(inspect.cleandoc(doc).splitlines()):
            if line and set(line) == {"-"}:
                assert len(line) == len(title), f"{public}: underline of {title}"
