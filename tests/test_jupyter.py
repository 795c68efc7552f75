import json
import os
from pathlib import Path

import jsonschema
import jupyterlab
import pytest

from lab_helpers.errors import NotInstalled
from lab_helpers.jupyter import config_path, own_copy, write_settings

TRANSLATION = "@jupyterlab/translation-extension/plugin.jupyterlab-settings"


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course" / "en"
    folder.mkdir(parents=True)
    for name in ("01_second.ipynb", "00_first.ipynb", "notes.txt"):
        (folder / name).write_text(f"the course's {name}", "utf-8")
    return folder


def test_the_desk_gets_every_notebook_and_the_learner_begins_with_the_first(course, tmp_path):
    first = own_copy(course, tmp_path / "desk" / "en")
    assert first == tmp_path / "desk" / "en" / "00_first.ipynb"
    assert sorted(path.name for path in first.parent.iterdir()) == ["00_first.ipynb", "01_second.ipynb"]
    assert first.read_text("utf-8") == "the course's 00_first.ipynb"


def test_a_notebook_on_the_desk_is_never_overwritten_and_a_deleted_one_comes_back(course, tmp_path):
    first = own_copy(course, tmp_path / "desk")
    first.write_text("the learner's work", "utf-8")
    (tmp_path / "desk" / "01_second.ipynb").unlink()
    own_copy(course, tmp_path / "desk")
    assert first.read_text("utf-8") == "the learner's work"
    assert (tmp_path / "desk" / "01_second.ipynb").exists()


@pytest.mark.parametrize("made", [True, False])
def test_a_course_without_notebooks_says_what_to_do_and_leaves_no_desk(tmp_path, made):
    empty = tmp_path / "course" / "pt-BR"
    if made:
        empty.mkdir(parents=True)
    with pytest.raises(NotInstalled, match=r"pt-BR") as caught:
        own_copy(empty, tmp_path / "desk")
    assert "uv run lab build" in caught.value.next_step
    assert not (tmp_path / "desk").exists()


def test_jupyterlab_speaks_the_learners_language(tmp_path):
    write_settings(tmp_path, "pt-BR")
    assert json.loads((tmp_path / TRANSLATION).read_text("utf-8")) == {"locale": "pt_BR"}


def test_jupyterlab_in_english_needs_no_setting_of_its_language(tmp_path):
    write_settings(tmp_path, "en")
    assert [path.name for path in tmp_path.rglob("*.jupyterlab-settings")] == ["notification.jupyterlab-settings"]


def test_the_learners_own_configuration_comes_after_ours(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    ours, mine = config_path().split(os.pathsep)
    assert (Path(ours).is_dir(), mine) == (True, "mine")


def test_what_the_learner_has_set_stays(tmp_path):
    (tmp_path / TRANSLATION).parent.mkdir(parents=True)
    (tmp_path / TRANSLATION).write_text('{"locale": "fr_FR"}', "utf-8")
    write_settings(tmp_path, "pt-BR")
    assert json.loads((tmp_path / TRANSLATION).read_text("utf-8")) == {"locale": "fr_FR"}


def test_jupyterlab_accepts_every_setting_by_its_own_schema(tmp_path):
    write_settings(tmp_path, "pt-BR")
    for path in tmp_path.rglob("*.jupyterlab-settings"):
        package, plugin = path.parent.name, path.name.removesuffix(".jupyterlab-settings")
        schema = Path(jupyterlab.__file__).parent / "schemas" / "@jupyterlab" / package / f"{plugin}.json"
        jsonschema.validate(json.loads(path.read_text("utf-8")), json.loads(schema.read_text("utf-8")))
