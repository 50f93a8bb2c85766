"""The page ``papers.md``: every paper of the catalogue, its statements and their verdicts.

Write it anew with ``python docs/papers.py``. The verdicts are those that the theorems expect; a
test of each theorem finds the same, and a test of this page finds it current.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

from markup import in_table, markdown, table

from convlab import catalogue
from convlab.catalogue import Catalogue
from convlab.report.references import Citation, citation
from convlab.statement import formula, slopes_only
from convlab.theorem import Theorem

PAGE = Path(__file__).with_name("papers.md")
HEAD = """\
# Papers

Written from the catalogue by `python docs/papers.py`. Every verdict is that of `convlab verify`;
*refuted* says that the statement is false. A statement with a number is that of the paper under
this number, but for what *adapted* names; one *derived here* is about the method or the problem of
the paper, and its page has the derivation. *By intervals only* says that
the verdict rests on the intervals of slopes, outside the error budget; see [](verdict.md).
"""


def page(found: Catalogue) -> str:
    """The text of the page."""
    papers: dict[Citation, list[Theorem]] = {}
    for name, theorem in sorted(found.theorems.items()):
        source = citation(theorem.cite, found.files[name])
        assert source is not None, f"{name} cites {theorem.cite}, which is in no references.bib"
        papers.setdefault(source, []).append(theorem)
    listed = sorted(papers.items(), key=lambda item: (item[0].short.casefold(), item[0].text))
    count = f"{len(papers)} papers, {len(found.theorems)} theorems."
    return "\n".join([HEAD, count, "", *itertools.chain(*(paper(s, t) for s, t in listed))])


def paper(source: Citation, theorems: list[Theorem]) -> Iterator[str]:
    """A paper: its citation with a link, and a table of its theorems."""
    yield from [f"## {markdown(source.short)}", "", f"[{markdown(source.text)}]({source.url})", ""]
    yield from table("theorem", "number", "says", "verdict")
    for theorem in theorems:
        claims = "<br>".join(f"${in_table(formula(theorem, c))}$" for c in theorem.claims)
        title = markdown(theorem.title.rstrip("."))
        link = f"[{title}](generated/theorems/{theorem.id}.md)"
        verdict = f"{theorem.expected}{', by intervals only' if slopes_only(theorem) else ''}"
        number = theorem.number or "derived here"
        changed = f"; adapted: {in_table(theorem.adapted)}" if theorem.adapted else ""
        yield f"| {link} | {number}{changed} | {claims} | {verdict} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(catalogue.installed()))
