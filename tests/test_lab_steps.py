"""Every section and step of the lab is found again in a lesson, in the lab's order; `lab_steps.json` is the map."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from lab_helpers.authoring import read_lessons

ROOT = Path(__file__).parents[1]
STEPS = json.loads((ROOT / "tests" / "lab_steps.json").read_text(encoding="utf-8"))
# How many numbered steps each section of the lab has, counted in the lab itself.
NUMBERED = {
    "Antes de começar": 0,
    "Provisionar um recurso de OpenAI do Azure": 5,
    "Implantar o modelo necessário": 2,
    "Provisionar um workspace do Azure Databricks": 3,
    "Criar um cluster": 6,
    "Instalar as bibliotecas necessárias": 3,
    "Criar um novo notebook": 4,
    "Implementar práticas de IA responsável": 2,
    "Limpar": 0,
}


@pytest.fixture(scope="module")
def positions():
    """Where each cell stands in the course: its lesson's place and its own."""
    return {
        f"{lesson.name}#{cell.key}": (number, position)
        for number, lesson in enumerate(read_lessons(ROOT))
        for position, cell in enumerate(lesson.cells)
    }


def test_the_map_holds_every_section_and_numbered_step_of_the_lab():
    sections = list(dict.fromkeys(step["section"] for step in STEPS))
    assert sections[1:] == list(NUMBERED)
    for section, count in NUMBERED.items():
        numbers = [step["step"] for step in STEPS if step["section"] == section and step["step"]]
        assert numbers == list(range(1, count + 1)), section


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step['section']} {step['step'] or ''}: {step['says']}")
def test_a_step_of_the_lab_is_found_again_in_a_lesson(step, positions):
    assert step["cells"]
    assert [cell for cell in step["cells"] if cell not in positions] == []


def test_the_lessons_follow_the_order_of_the_lab(positions):
    steps_cells = [step["cells"] for step in STEPS]
    assert all(positions[cells[0]] <= positions[cell] for cells in steps_cells for cell in cells)
    for before, after in pairwise(steps_cells):
        assert positions[before[0]] <= positions[after[0]], (before, after)
