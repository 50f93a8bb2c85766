"""Instances are values: their text reads back to the bit, and families are told apart."""

import zlib
from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from convlab import catalogue
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained
from convlab.claims import upper_bound
from convlab.errors import ConvlabError, UnavailableError
from convlab.families import Families, instance_of
from convlab.family import Instance, between, choice, family
from convlab.instances import PROFILES, Instances, named
from convlab.metrics import distance
from convlab.problem import Problem
from convlab.theorem import Theorem

CATALOGUE = catalogue.installed()
FAMILIES = CATALOGUE.families


class Data(NamedTuple):
    x: np.ndarray


@family
def drawn(rng, *, a: Annotated[float, between(0.0, 1.0)] = 0.5):
    """One parameter, and data uniform on the same interval."""
    return Problem(oracle=Data(rng.uniform(0, 1, size=4)), declares=[], start=np.array([a]))


@family
def mixed(
    rng,
    *,
    d: Annotated[int, between(-3, 9)] = 2,
    width: Annotated[float, between(-5, float("inf"))] = 1,
    law: Annotated[str, choice("a b", "it's")] = "a b",
    flag: Annotated[bool, choice(False, True)] = False,
    size: Annotated[int, choice(1, 2)] = 1,
):
    """A parameter of each kind."""
    return Problem(oracle=Data(rng.normal(size=3)), declares=[], start=np.zeros(max(d, 1)))


@family
def plain(rng):
    """No parameter."""
    return Problem(oracle=Data(rng.normal(size=3)), declares=[], start=np.zeros(3))


def bits(value):
    """The data in an oracle, or in oracles within it, as bytes."""
    if isinstance(value, tuple):
        return [bits(v) for v in value]
    return np.asarray(value).tobytes() if not callable(value) else value


def same(one, other):
    """Whether two problems are equal to the bit: data, starts, values of the oracles."""
    if bits(one.oracle) != bits(other.oracle):
        return False
    starts = [p.starts(3, range(2)) for p in (one, other)]
    answers = [
        getattr(p.on(np), name)(x)
        for p, x in zip((one, other), starts, strict=True)
        for name in ("value", "gradient", "operator")
        if hasattr(p.oracle, name)
    ]
    half = len(answers) // 2
    pairs = [starts, *zip(answers[:half], answers[half:], strict=True)]
    return all(np.asarray(a).tobytes() == np.asarray(b).tobytes() for a, b in pairs)


@pytest.mark.parametrize("path", sorted(FAMILIES))
@settings(
    max_examples=4,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_the_text_of_an_instance_reads_back_to_the_bit(path, data):
    try:
        FAMILIES[path]()
    except UnavailableError as error:
        pytest.skip(str(error))
    problem = data.draw(FAMILIES[path].strategy())
    read = instance_of(str(problem.instance), FAMILIES)
    assert read == problem.instance
    assert str(read) == problem.name == str(problem)
    assert same(read.problem(), problem)


def test_the_text_is_a_call_with_all_parameters_in_declared_order():
    assert str(mixed.instance()) == ("mixed(d=2, width=1.0, law='a b', flag=False, size=1)")
    made = mixed(key=7, flag=1, width=0.1 + 0.2, law="it's", d=np.int64(-1))
    text = 'mixed(d=-1, width=0.30000000000000004, law="it\'s", flag=True, size=1, key=7)'
    assert made.name == text
    assert instance_of(text, {"mixed": mixed}) == made.instance
    assert (str(plain.instance()), str(plain.instance(3))) == ("plain()", "plain(key=3)")


def test_infinity_and_negative_numbers_are_read():
    read = instance_of("mixed(width=inf, d=-3)", {"mixed": mixed})
    assert dict(read.parameters) == {
        "d": -3,
        "width": float("inf"),
        "law": "a b",
        "flag": False,
        "size": 1,
    }
    assert instance_of(str(read), {"mixed": mixed}) == read


def test_an_instance_is_a_value():
    one, other = mixed.instance(1, d=3), mixed.instance(1, d=3)
    assert one == other
    assert hash(one) == hash(other)
    assert one != mixed.instance(2, d=3)
    assert one != mixed.instance(1, d=4)
    assert isinstance(one, Instance)
    with pytest.raises(TypeError):
        one.parameters["d"] = 5


def test_only_what_a_family_made_has_an_instance():
    problem = mixed(d=4)
    assert problem.instance == mixed.instance(d=4)
    assert replace(problem, start=np.ones(4)).instance is None
    assert Problem(oracle=Data(np.ones(1)), declares=[]).instance is None


BAD = {
    "mixd(d=1)": "there is no family 'mixd'; did you mean mixed?",
    "mixed(e=1)": "family mixed has no parameter 'e'; it has d, width, law, flag, size",
    "mixed(d=10)": "family mixed: d=10 is outside its range; choose it between -3 and 9",
    "mixed(d=1.5)": "family mixed: d=1.5 is no integer; choose it between -3 and 9",
    "mixed(width='1')": "family mixed: width='1' is no number",
    "mixed(law='c')": "family mixed: law='c' is outside its range; choose it one of a b, it's",
    "mixed(size=3)": "family mixed: size=3 is outside its range; choose it one of 1, 2",
    "mixed(key=-1)": "family mixed: key=-1 is no key; choose an integer from 0 to 2^64 - 1",
    "mixed(key=1.0)": "family mixed: key=1.0 is no key",
    "mixed(d=e)": "since e is no number, string, boolean or tuple",
    "mixed(d=-True)": "since -True is no number",
    "mixed(d=(1, 2))": "family mixed: d=(1, 2) is no integer; choose it between -3 and 9",
    "mixed(d=(1, e))": "since e is no number",
    "mixed(d=print(1))": "since print(1) is no number",
    "mixed(width=nan)": "since nan is no number",
    "mixed(width=1e999)": None,
    "mixed(3)": "since it does not name a family and its parameters",
    "mixed()(d=3)": "since it does not name a family and its parameters",
    "mixed(d=1, d=2)": "since a name is missing or stands twice",
    "mixed(**{'d': 1})": "since a name is missing or stands twice",
    "mixed": "since it is no call",
    "mixed(d=1": "since it is no Python expression",
    "mixed[d=1]": "since it is no Python expression",
    "\0": "since it is no Python expression",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_instance_is_one_sentence(text):
    if BAD[text] is None:
        assert instance_of(text, {"mixed": mixed}).parameters["width"] == float("inf")
        return
    with pytest.raises(ConvlabError) as caught:
        instance_of(text, {"mixed": mixed})
    assert BAD[text] in str(caught.value)
    assert "\n" not in str(caught.value)


# Streams ------------------------------------------------------------------------------------------


def test_parameters_and_data_are_drawn_from_different_numbers():
    """With one stream for both, the first of the data would be the parameter."""
    samples = [drawn.sample(key) for key in range(200)]
    parameters = np.array([p.instance.parameters["a"] for p in samples])
    data = np.array([p.oracle.x for p in samples])
    assert not np.isclose(data, parameters[:, None]).any()
    assert np.abs(np.corrcoef(parameters, data.T)[0, 1:]).max() < 0.25


def test_data_of_default_instances_are_those_of_before():
    """Philox with the key and the CRC-32 of the name as its two words."""
    name = zlib.crc32(b"drawn")
    expected = np.random.Generator(np.random.Philox(key=np.array([5, name], np.uint64)))
    np.testing.assert_array_equal(drawn(5).oracle.x, expected.uniform(0, 1, size=4))


def test_a_family_has_no_parameter_called_key():
    with pytest.raises(ConvlabError, match="key chooses the data"):

        @family
        def wrong(rng, *, key: Annotated[int, between(0, 1)] = 0):
            """Nothing."""


# Two families of one name -------------------------------------------------------------------------

FAMILY = '''
from typing import Annotated, NamedTuple
import numpy as np
from convlab import Problem, Theorem, bound, distance, upper_bound
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.family import between, family
from convlab.symbols import D, L
from convlab.vocabulary import sqnorm

class Parabola(NamedTuple):
    L: float
    def value(self, x):
        return self.L * sqnorm(x) / 2
    def gradient(self, x):
        return self.L * x

@family
def quadratic(rng, *, L: Annotated[float, between(1, 9)] = 2.0):
    """A parabola."""
    return Problem(oracle=Parabola(L), declares=[convex(), smooth(L), attained(0.0, np.zeros(2))])
'''
STATEMENT = """
theorem = Theorem(
    cite="mine", assume=[convex, smooth(L), attained], algorithm=gradient_descent(eta=1 / L),
    claims=[upper_bound(distance, D)], on=[quadratic], mutants=[bound(D / 2, "it starts at D")],
    iterations=10,
)
"""


@pytest.fixture
def files(tmp_path):
    """Two files of one folder, each with a family called quadratic."""
    (tmp_path / "inner").mkdir()
    for name in ("one", "inner/two"):
        (tmp_path / f"{name}.py").write_text(FAMILY + STATEMENT)
    return tmp_path


def test_families_of_one_name_live_side_by_side(files):
    found, ids = catalogue.select([str(files)])
    assert not found.failures
    assert sorted(ids) == ["inner/two", "one"]
    paths = found.families.paths("quadratic")
    assert sorted(paths) == [
        "inner.two.quadratic",
        "one.quadratic",
        "problems.quadratics.quadratic",
    ]
    assert len({found.families[path] for path in paths}) == 3
    own = instance_of("one.quadratic(L=3.0)", found.families)
    assert own.family is found.theorems["one"].on[0]
    assert own.family is not found.theorems["inner/two"].on[0]
    assert "quadratic" not in found.families
    with pytest.raises(ConvlabError) as caught:
        instance_of("quadratic(L=3.0)", found.families)
    assert "'quadratic' is the name of 3 families; choose one: " in str(caught.value)
    for part in (
        "problems.quadratics.quadratic (line ",
        f"one.quadratic (line 18 of {files}/one.py)",
    ):
        assert part in str(caught.value)


def test_a_family_of_the_user_does_not_replace_one_of_the_catalogue(files):
    found, _ = catalogue.select([str(files / "one.py")])
    assert found.families["quadratics.quadratic"] is FAMILIES["quadratic"]
    mine = found.families["one.quadratic"]
    assert mine is not FAMILIES["quadratic"]
    # Beside the family that a theorem names, its namesake is tried like any other.
    theorem = replace(CATALOGUE.theorems["first_order/gradient_descent_convex"], tight=[mine])
    few = Families({"one.quadratic": mine, "problems.quadratics.quadratic": FAMILIES["quadratic"]})
    chosen = Instances(few, PROFILES["quick"], 0).for_theorem(theorem)
    made = {p.instance.family for p, _, _ in chosen if p.instance is not None}
    assert {mine, FAMILIES["quadratic"]} <= made


def test_a_file_that_is_read_twice_has_its_families_once(files):
    found, _ = catalogue.select([str(files), str(files / "one.py"), str(files / "inner/two.py")])
    assert len(found.families.paths("quadratic")) == 3


@pytest.mark.parametrize("use", ["on=[quadratic]", "on=[quadratic(L=3.0)]"])
def test_two_families_of_one_name_in_one_file_are_an_error(tmp_path, use):
    first = STATEMENT.replace("theorem =", "first =").replace("on=[quadratic]", use)
    again = FAMILY[FAMILY.index("@family") :].replace("between(1, 9)", "between(1, 99)")
    (tmp_path / "twice.py").write_text(FAMILY + first + again + STATEMENT)
    found = catalogue.load(tmp_path / "twice.py")
    assert not found.theorems
    sentence = found.failures["twice"]
    assert sentence.startswith("two families are called quadratic: line ")
    assert f"line 18 of {tmp_path}/twice.py" in sentence
    assert f"line 28 of {tmp_path}/twice.py" in sentence


def test_two_files_of_one_path_are_an_error(files):
    other = files / "other"
    other.mkdir()
    (other / "one.py").write_text(FAMILY)
    (other / "three.py").write_text(
        FAMILY.replace("quadratic", "cubic") + STATEMENT.replace("quadratic", "cubic")
    )
    with pytest.raises(ConvlabError) as caught:
        catalogue.select([str(files / "one.py"), str(other)])
    assert "two families are called one.quadratic: line 18 of" in str(caught.value)


def test_what_a_theorem_names_is_found_for_it():
    problem = replace(FAMILIES["ridge"](), name="ridge, by another name")
    theorem = replace(CATALOGUE.theorems["stochastic/gradient_noise"], tight=[problem])
    assert named(problem.name, FAMILIES, theorem) is problem
    with pytest.raises(ConvlabError, match="no instance"):
        named(problem.name, FAMILIES, None)
    assert named("huber", FAMILIES, None) is FAMILIES["huber"]
    assert isinstance(theorem, Theorem)
    made = named("drawn(a=0.25)", {"drawn": drawn}, theorem)
    assert made.instance == drawn.instance(a=0.25)


# What a theorem is tried on ----------------------------------------------------------------------


@family
def listed(rng, *, horizon: Annotated[int, choice(2, 5, 64, 100)] = 2):
    """A worst case for some horizons only."""
    return Problem(oracle=Data(np.zeros(1)), declares=[], start=np.zeros(1))


@family
def ranged(rng, *, horizon: Annotated[int, between(2, 30)] = 2):
    """A worst case for every horizon in a range."""
    return Problem(oracle=Data(np.zeros(1)), declares=[], start=np.zeros(1))


@pytest.mark.parametrize(("worst", "lengths"), [(listed, [2, 5, 64]), (ranged, [4, 16])])
def test_a_worst_case_is_tried_at_its_horizons(worst, lengths):
    """Those of the profile in the range; of a choice all up to the longest of the profile."""
    theorem = Theorem(
        cite="none",
        algorithm=gradient_descent(eta=1),
        claims=[upper_bound(distance, 1)],
        assume=[attained],
        tight=[worst],
        on=[],
    )
    found = Instances({}, PROFILES["quick"], 0).for_theorem(theorem)
    assert [(p.instance.parameters["horizon"], n, tight) for p, n, tight in found] == [
        (n, n, True) for n in lengths
    ]
