"""`check_off("01")`: a portal lesson's steps to tick off; those that can be verified verify themselves."""

from __future__ import annotations

from functools import cached_property
from html import escape
from typing import Any

from lab_helpers.azure import Verified
from lab_helpers.errors import ExerciseError, LabError
from lab_helpers.exercises import note, noted, progress_file
from lab_helpers.i18n import _
from lab_helpers.live import Live, announced
from lab_helpers.widgets.portal_steps import STEPS, Step

_EVENT = "tick"
_DONE, _OPEN = "done", "open"
_WRAPPED = (
    "<style>.lab-check-off .widget-checkbox,.lab-check-off .widget-checkbox label{height:auto;width:auto;"
    "white-space:normal;line-height:1.4}</style>"
)


class CheckOff(Live):
    """The steps of one lesson and which are done; ticks are kept in the learner's progress file."""

    def __init__(self, lesson: str, steps: tuple[Step, ...]) -> None:
        self._lesson = lesson
        self._steps = {step.name: step for step in steps}
        self.done = _ticked(lesson) & set(self._steps)

    def tick(self, name: str, done: bool = True) -> CheckOff:
        """Tick a step, or take the tick back. Raises ExerciseError for a step that is not in the list."""
        self._step(name)
        if (name in self.done) != done:
            self.done ^= {name}
            note(_EVENT, f"{self._lesson}.{name}", _DONE if done else _OPEN)
        return self

    def verify(self, name: str) -> Verified:
        """Ask whether a step is done, and tick it if it is. A step that only a person can judge is not asked about."""
        step = self._step(name)
        if step.verify is None:
            return Verified(False, _("This step cannot be verified from here."), _("Tick it when you have done it."))
        try:
            found = step.verify()
        except LabError as error:
            return Verified(False, error.problem, error.next_step)
        if found.ok:
            self.tick(name)
        return found

    def _step(self, name: str) -> Step:
        if name not in self._steps:
            raise ExerciseError(
                _("Lesson {lesson} has no step {name!r}.").format(lesson=self._lesson, name=name),
                _("Give one of: {names}").format(names=", ".join(self._steps)),
            )
        return self._steps[name]

    @cached_property
    def box(self) -> Any:
        """A box to tick for each step, and a button where it can be verified."""
        import ipywidgets as widgets

        rows = [widgets.HTML(_WRAPPED), *(self._row(step) for step in self._steps.values())]
        box = widgets.VBox(rows)
        box.add_class("lab-check-off")
        return box

    def _row(self, step: Step) -> Any:
        import ipywidgets as widgets

        ticked = widgets.Checkbox(value=step.name in self.done, description=str(step.text), indent=False)
        ticked.layout.width = "auto"
        ticked.observe(lambda change: self.tick(step.name, change["new"]), names="value")
        if step.verify is None:
            return ticked
        button = widgets.Button(description=_("Verify"), tooltip=_("Verify: {step}").format(step=step.text))
        said = widgets.HTML()

        def verify(_button: object) -> None:
            said.value = announced(escape(_("Asking …")))
            found = self.verify(step.name)
            said.value = announced(found._repr_html_())
            ticked.value = step.name in self.done

        button.on_click(verify)
        return widgets.VBox([widgets.HBox([ticked, button], layout=widgets.Layout(flex_flow="row wrap")), said])

    def __repr__(self) -> str:
        lines = [f"[{'x' if name in self.done else ' '}] {name}: {step.text}" for name, step in self._steps.items()]
        return "\n".join([*lines, f"→ {self._how_to()}"])

    def _repr_html_(self) -> str:
        items = "".join(
            f"<li>{'☑' if name in self.done else '☐'} <code>{escape(name)}</code> {escape(str(step.text))}</li>"
            for name, step in self._steps.items()
        )
        return f'<ul style="list-style:none;padding-left:0">{items}</ul><p>→ {escape(self._how_to())}</p>'

    def _how_to(self) -> str:
        name = next(iter(self._steps))
        verifiable = next(name for name, step in self._steps.items() if step.verify)
        return _("Without buttons, write in a cell: {tick} or {verify}").format(
            tick=f'check_off("{self._lesson}").tick("{name}")',
            verify=f'check_off("{self._lesson}").verify("{verifiable}")',
        )


def check_off(lesson: str) -> CheckOff:
    """The steps of a portal lesson ("01", "02", "03", "08") to tick off. Raises ExerciseError for any other lesson."""
    if lesson not in STEPS:
        raise ExerciseError(
            _("Lesson {lesson} has no list to tick off.").format(lesson=lesson),
            _("Give one of: {names}").format(names=", ".join(STEPS)),
        )
    return CheckOff(lesson, STEPS[lesson])


def _ticked(lesson: str) -> set[str]:
    last = {line.get("key", ""): line.get("what") for line in noted(progress_file()) if line.get("event") == _EVENT}
    return {key.partition(".")[2] for key, what in last.items() if key.startswith(f"{lesson}.") and what == _DONE}
