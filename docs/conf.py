"""Sphinx configuration. The pages of the catalogue are written here, at each build."""

import shutil
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import catalogue_pages  # noqa: E402 -- from this folder
import markup  # noqa: E402
from sphinx_gallery.scrapers import figure_rst  # noqa: E402

project = "convlab"
author = copyright = "The convlab developers"  # noqa: A001 -- Sphinx' name
version = release = installed_version("convlab")

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "myst_parser",
    "sphinxcontrib.bibtex",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "generated/include"]
nitpicky = False

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
myst_dmath_double_inline = True

bibtex_bibfiles = ["references.bib", "../theorems/references.bib"]
bibtex_reference_style = "author_year"

autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False


def pictures_of(block, block_vars, gallery_conf):
    """The pictures of a recipe, as they lie beside it: they are not made again here."""
    recipe, images = Path(block_vars["src_file"]), []
    for name in block_vars["example_globals"].get("pictures", ()):
        images.append(next(block_vars["image_path_iterator"]))
        shutil.copy(recipe.with_name(f"{name}.png"), images[-1])
    return figure_rst(images, gallery_conf["src_dir"])


sphinx_gallery_conf = {
    "examples_dirs": "../figures",
    "gallery_dirs": "gallery",
    "filename_pattern": "",
    "ignore_pattern": r"__\w+__\.py",
    "image_scrapers": ("conf.pictures_of",),
    "download_all_examples": False,
    "show_signature": False,
    "min_reported_time": 3600,
}

templates_path = ["_templates"]
html_theme = "pydata_sphinx_theme"
html_title = "convlab"
html_theme_options = {
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
}


def keep_marks(app, what, name, obj, options, lines):
    """The bars of norms in docstrings are no substitutions."""
    lines[:] = map(markup.plain_marks, lines)


def setup(app):
    """Write the pages of the catalogue before Sphinx looks for pages."""
    app.connect("config-inited", lambda app, config: catalogue_pages.write(HERE / "generated"))
    app.connect("autodoc-process-docstring", keep_marks, priority=900)
