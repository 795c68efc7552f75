"""What learners write into the exercises' cells: wrong answers by the mistake in them, and what the cells stand on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from lab_helpers.exercises import Served


@dataclass(frozen=True)
class Answers:
    """The answers to one exercise; the right one is the lesson's solution.

    wrong: code in the solution's place, by the mistake that it makes. unserved: code that only the grader can tell from
    a right answer, by what the practice server answered. given: the names that the cell finds in the notebook.
    """

    wrong: Mapping[str, str]
    unserved: Mapping[str, str] = field(default_factory=dict)
    given: Callable[["Model"], Mapping[str, Any]] = lambda model: {}


class Model:
    """Stands for the model and its server: it answers everything, never twice alike, and remembers what it said."""

    def __init__(self) -> None:
        self.served: list[Served] = []
        self.client = SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=self._create)))

    def say(self, system_prompt, prompt, max_tokens=100, *, person="she"):
        answer = f"In answer {len(self.served)} to a prompt of {len(prompt)} letters {person} works with {person}self."
        self.served.append(Served(system_prompt, prompt, answer, max_tokens=max_tokens))
        return answer

    def _create(self, *, model, messages, max_tokens=None, **_options):
        said = {message["role"]: message["content"] for message in messages}
        text = self.say(said.get("system"), said["user"], max_tokens)
        choice = SimpleNamespace(message=SimpleNamespace(content=text), finish_reason="length")
        return SimpleNamespace(choices=[choice])
