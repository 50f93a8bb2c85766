"""Reports as tables, and how the processes of a suite begin."""

import threading
from pathlib import Path

import pytest

from convlab import suite
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.catalogue import installed
from convlab.claims import Basis, Evidence, Finding, Verdict, upper_bound
from convlab.errors import ConvlabError
from convlab.metrics import distance
from convlab.outcome import ClaimReport, MutantReport, Report
from convlab.suite import Options, Suite, _context, verify
from convlab.symbols import D, L
from convlab.theorem import Theorem, bound
from problems.huber import huber

HOLDS, REFUTED, INCONCLUSIVE = Verdict.HOLDS, Verdict.REFUTED, Verdict.INCONCLUSIVE


def test_a_notebook_shows_claims_then_mutants():
    report = Report(
        "area/name",
        "Descent & rate",
        HOLDS,
        HOLDS,
        "it holds",
        claims=(
            ClaimReport("upper bound", "gap", "1", r"f \le 1", Finding(HOLDS, "0.5 < 1")),
            ClaimReport("limit", "gap", "0", r"f \to 0", Finding(HOLDS, "it does")),
        ),
        mutants=(MutantReport("bound < 1/2", "tight", REFUTED, "1 > 0.5"),),
    )
    assert report._repr_html_() == (
        "<table><caption>Descent &amp; rate holds</caption>"
        r"<tr><td>claim</td><td>$f \le 1$</td><td>holds</td><td>0.5 &lt; 1</td></tr>"
        r"<tr><td>claim</td><td>$f \to 0$</td><td>holds</td><td>it does</td></tr>"
        "<tr><td>mutant</td><td>bound &lt; 1/2</td><td>refuted</td><td>1 &gt; 0.5</td></tr>"
        "</table>"
    )


def test_a_notebook_shows_an_error_in_place_of_the_verdict():
    report = Report("area/name", "Descent", INCONCLUSIVE, HOLDS, "no <file>", error="no <file>")
    caption = "<caption>Descent error: no &lt;file&gt;</caption>"
    assert report._repr_html_() == f"<table>{caption}</table>"


def test_a_finding_pools_what_its_settings_say():
    evidence = (
        Evidence("a", HOLDS, worst_ratio=0.5, resolution=0.4, log_e_value=0.0),
        Evidence("b", HOLDS, worst_ratio=0.7, resolution=0.2, exponent=(-1.1, -1.0, -0.9)),
        Evidence("c", HOLDS, exponent=(-2.1, -0.5, 0.0)),
    )
    found = Finding(HOLDS, "", evidence)
    assert (found.worst_ratio, found.resolution) == (0.7, 0.4)
    assert found.exponent == (-2.1, -0.5, 0.0)
    assert found.log_e_value == 0.0
    nothing = Finding(HOLDS, "")
    assert nothing.worst_ratio is None
    assert nothing.log_e_value is None
    assert nothing.exponent is None


def test_processes_are_no_copies_of_one_with_threads():
    """A copy would have the locks that other threads hold."""
    made = []
    thread = threading.Thread(target=lambda: made.append(_context().get_start_method()))
    thread.start()
    thread.join()
    assert made == ["spawn"]


def test_what_cannot_be_imported_is_reported_under_its_name(tmp_path):
    (tmp_path / "broken.py").write_text("import nothing_of_this_name\n")
    folder = Suite.of([str(tmp_path)], Options())
    (name,) = folder.ids
    assert folder.file(name) == Path(name)
    report = folder.verify(name)
    assert (report.id, report.verdict, report.expected) == (name, INCONCLUSIVE, HOLDS)
    assert "nothing_of_this_name" in report.error
    assert report.sentence == report.error


BROKEN = """
from convlab.algorithms.gradient import gradient_descent
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.theorem import Theorem
from convlab.vocabulary import norm
from problems.huber import huber


@metric("height", "h")
def height(s, oracle):
    return norm(None)


theorem = Theorem(
    title="Heights",
    cite="none",
    algorithm=gradient_descent(eta=1),
    claims=[upper_bound(height, 1)],
    on=[huber],
    expected="refuted",
)
"""


def test_an_exception_is_reported_with_the_line_of_the_theorem_where_it_began(tmp_path):
    file = tmp_path / "heights.py"
    file.write_text(BROKEN)
    report = verify(file)
    assert (report.id, report.title) == ("heights", "Heights")
    assert (report.verdict, report.expected) == (INCONCLUSIVE, REFUTED)
    assert report.error.startswith("TypeError: ")
    assert report.error.endswith(" (line 12 of heights.py)")
    assert not report.as_expected
    assert report.status == f"error: {report.error}"
    assert report.seconds > 0


def test_an_unknown_profile_is_answered_with_those_there_are():
    with pytest.raises(ConvlabError, match="'slow'; choose one of quick, standard, thorough"):
        verify("first_order/gradient_descent_convex", profile="slow")


def test_a_theorem_without_a_name_is_called_theorem():
    theorem = Theorem(
        cite="none",
        algorithm=gradient_descent(eta=1 / L),
        claims=[upper_bound(distance, D)],
        assume=[smooth(L), convex, attained],
        on=[huber],
        mutants=[bound(D / 2, "it starts at D")],
    )
    report = verify(theorem)
    assert (report.id, report.verdict, report.expected) == ("theorem", HOLDS, HOLDS)
    assert [m.why for m in report.mutants] == ["it starts at D"]
    assert report.bases == (Basis.EXACT,)
    assert len(report.evidence) == len(report.instances) == 4
    kinds = [(c.kind, c.metric, c.bound) for c in report.claims]
    assert kinds == [("upper bound", "distance", "D")]


def test_no_more_processes_begin_than_are_asked_for_or_of_use(monkeypatch):
    begun = []

    class Pool:
        def __init__(self, jobs, *_):
            begun.append(jobs)
            raise ConvlabError("no processes today")

    monkeypatch.setattr(suite, "ProcessPoolExecutor", Pool)
    area = Suite.of(["first_order"], Options())
    assert len(area.ids) > 3
    for ids, jobs in ((area.ids, 3), (area.ids[:2], 8)):
        with pytest.raises(ConvlabError, match="no processes today"):
            area.reports(ids, jobs)
    assert begun == [3, 2]


def test_without_a_target_all_is_verified(monkeypatch):
    asked = []

    def select(targets):
        asked.append(list(targets))
        return installed([]), []

    monkeypatch.setattr(suite, "select", select)
    assert verify() == []
    assert asked == [[]]
