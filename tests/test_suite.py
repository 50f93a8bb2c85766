"""Reports as tables, and how the processes of a suite begin."""

import threading

from convlab.claims import Evidence, Finding, Verdict
from convlab.outcome import ClaimReport, MutantReport, Report
from convlab.suite import _context

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
