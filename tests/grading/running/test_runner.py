"""What a run brings out, and that it depends on the submission alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lab_helpers.exercises import EXERCISES
from lab_helpers.grading.running import End, Job, Limits, Run, Runner
from lab_helpers.grading.steps import Cell, Probe

ASK = """
from openai import AzureOpenAI
import os
client = AzureOpenAI(azure_endpoint=os.environ["AZURE_OPENAI_ENDPOINT"], api_key=os.environ["AZURE_OPENAI_API_KEY"])
system = ("You are an advanced language model designed to assist with a variety of tasks. "
    "Your responses should be accurate, contextually appropriate, and free from any form of bias.")
def ask(prompt, **how):
    messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
    completion = client.chat.completions.create(
        model=os.environ["AZURE_OPENAI_DEPLOYMENT"], messages=messages, max_tokens=100, **how)
    return completion.choices[0].message.content
"""
GENERATE = Probe("05.generate", "it", ("loaded_answers",))


@pytest.fixture
def asking(pod):
    def asked(source, session="a student"):
        return pod.run(Job(session, (Cell("ask", ASK), Cell("it", source))))

    return asked


def test_isolation_is_full_where_bubblewrap_and_namespaces_are(pod, run):
    assert pod.isolation == run(it="1").isolation == "full"


def test_nothing_to_run_is_nothing_run(pod):
    run = pod.run(Job("empty", ()))
    assert run == Run({}, {}, {}, (), pod.isolation)


def test_a_cells_error_is_told_with_the_learners_own_line(run):
    raised = run(it="x = 1\ny = x / 0").ends["it"].raised
    assert (raised["type"], raised["line"], raised["number"]) == ("ZeroDivisionError", "y = x / 0", 2)


def test_a_cell_that_is_not_python_is_told_as_such(run):
    assert run(it="x = (").ends["it"].raised["type"] == "SyntaxError"


def test_the_lessons_explanation_of_an_error_is_made_for_nobody(run):
    ran = run(given="from lab_helpers import use_locale\nuse_locale('pt-BR')", it="print('before')\n1 / 0")
    assert ran.ends["it"].raised["type"] == "ZeroDivisionError"
    assert ran.outputs["it"] == "before\n"


def test_what_a_cell_prints_and_shows_is_kept_with_it(run):
    assert run(first="print('one')", second="'two'").outputs == {"first": "one\n", "second": "Out[0]: 'two'\n"}


def test_a_name_that_was_never_defined_is_an_error_of_its_exercise(pod):
    run = pod.run(Job("missing", (Cell("it", "other = 1", "05.generate"), GENERATE)))
    assert run.values == {
        "05.generate": {"raised": {"type": "NameError", "says": "name 'loaded_answers' is not defined"}}
    }


def test_an_answer_that_fails_before_it_defines_anything_tells_its_own_error(pod):
    run = pod.run(Job("failing", (Cell("it", "loaded_answers = ...\n1 / 0", "05.generate"), GENERATE)))
    assert run.values["05.generate"]["raised"]["type"] == "ZeroDivisionError"


def test_the_stub_that_was_handed_out_is_no_attempt(pod):
    run = pod.run(Job("stub", (Cell("it", "raise NotImplementedError()", "05.generate"), GENERATE)))
    assert run.values == {"05.generate": {"untouched": True}}


def test_what_an_answer_gave_before_it_failed_still_counts(pod):
    run = pod.run(Job("late", (Cell("it", "loaded_answers = ['a']\n1 / 0", "05.generate"), GENERATE)))
    assert run.values == {"05.generate": {"answers": ["a"]}}


def test_a_learners_function_is_tried_on_the_inputs_given(pod):
    exercise = EXERCISES["05.ledger"]
    steps = (
        Cell("it", "def ledger_of(*given, **named): return 'tried'", exercise.key),
        Probe(exercise.key, "it", exercise.arguments, exercise.examples()),
    )
    assert "'tried'" in str(pod.run(Job("function", steps)).values)


def test_the_server_says_what_it_answered_and_to_what(asking):
    run = asking("print(ask('Describe a nurse.'), end='')")
    (served,) = run.served
    assert served.answer == run.outputs["it"]
    assert (served.prompt, served.temperature, served.max_tokens) == ("Describe a nurse.", 1, 100)
    assert served.system_prompt.startswith("You are an advanced language model")


def test_what_was_never_recorded_is_refused_and_not_served(asking):
    run = asking("ask('Describe a prompt that nobody recorded.')")
    assert run.ends["it"].how == "raised"
    assert run.served == ()


def test_answers_are_the_same_alone_and_among_others_in_any_order(pod):
    answers = "loaded_answers = [ask('Describe a nurse.') for _ in range(3)]"
    jobs = [
        Job(f"student {n}", (Cell("ask", ASK), Cell("it", f"# {n}\n{answers}", "05.generate"), GENERATE))
        for n in range(8)
    ]
    alone = [pod.run(job) for job in jobs]
    with ThreadPoolExecutor(4) as workers:
        together = list(workers.map(pod.run, reversed(jobs)))
    assert alone == together[::-1]
    assert len({str(run.values) for run in alone}) == 1


def test_chance_is_the_same_at_every_run(run):
    source = "import random, numpy\nprint(random.random(), numpy.random.rand(), hash('x'))"
    assert run(it=source).outputs == run(it=source).outputs


def test_another_students_key_reaches_nothing_of_theirs(asking):
    theirs = "ask('Describe a nurse.')\n" * 2
    asking(theirs, session="victim")
    stolen = "client = client.with_options(api_key='practice-victim')\nprint(ask('Describe a nurse.'), end='')"
    assert (
        asking(stolen, session="thief").outputs["it"] == asking("print(ask('Describe a nurse.'), end='')").outputs["it"]
    )
    again = asking("print(ask('Describe a nurse.'), end='')", session="victim")
    assert again.outputs["it"] == again.served[0].answer


def test_a_flood_is_cut_and_noted_and_the_next_job_is_answered(asking):
    flood = "client = client.with_options(max_retries=0)\nfor n in range(100): ask('Describe a nurse.')"
    run = asking(flood)
    assert run.notes == ("requests_capped",)
    assert len(run.served) == 40
    assert asking("ask('Describe a nurse.')").notes == ()


def test_faults_that_one_job_orders_meet_itself_alone(asking):
    order = """
import json, urllib.request
request = urllib.request.Request(os.environ["AZURE_OPENAI_ENDPOINT"] + "/practice/faults", method="PUT",
    data=json.dumps([{"kind": "unauthorized"}]).encode(), headers={"api-key": os.environ["AZURE_OPENAI_API_KEY"]})
urllib.request.urlopen(request)
ask('Describe a nurse.')"""
    assert asking(order).ends["it"].raised["type"] == "AuthenticationError"
    assert asking("ask('Describe a nurse.')").ends["it"] == End("ran")


def test_a_step_that_fails_does_not_shift_the_answers_of_those_after_it(pod):
    def steps(hostile):
        return (
            Cell("ask", ASK),
            Cell("first", f"first = ask('Describe a nurse.')\n{hostile}", "05.ledger"),
            Cell("it", "loaded_answers = [ask('Describe a nurse.')]", "05.generate"),
            GENERATE,
        )

    died = pod.run(Job("one", steps("os._exit(1)")))
    honest = pod.run(Job("one", (steps("")[0], *steps("")[2:])))
    assert died.values == honest.values
    assert died.served == honest.served


def test_time_for_everything_ends_what_would_be_tried_for_ever():
    steps = tuple(Cell(f"{n}", "while True: pass", exercise="05.generate") for n in range(50))
    with Runner(Limits(cell_s=0.5, job_s=1)) as runner:
        run = runner.run(Job("loops", steps))
    assert {end.how for end in run.ends.values()} == {"timed_out"}
    assert len(run.ends) == 50
    assert run.seconds < 60


def test_a_part_of_the_pod_that_dies_is_started_again():
    with Runner(Limits()) as runner:
        for name in ("workroom", "practice"):
            room = runner._open_pod()._rooms[name]
            room.process.kill()
            room.process.wait()
            assert runner.run(Job("after", (Cell("it", "1"),))).ends["it"] == End("ran")


def test_without_bubblewrap_it_runs_all_the_same_and_says_that_it_is_apart_in_part_only(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name, **_: None)
    with Runner(Limits(cell_s=5)) as runner:
        assert runner.isolation == "partial"
        steps = (Cell("ask", ASK), Cell("it", "print(ask('Describe a nurse.'), os.listdir('/proc'), os.getpid())"))
        run = runner.run(Job("partial", steps))
        writing = "import lab_helpers, pathlib\npathlib.Path(lab_helpers.__file__).touch()"
        assert runner.run(Job("writing", (Cell("it", writing),))).ends["it"].raised["type"] == "OSError"
    assert run.isolation == "partial"
    assert run.outputs["it"].endswith("[] 1\n")


def test_a_runner_that_was_not_entered_says_so():
    with pytest.raises(RuntimeError, match="with statement"):
        _ = Runner().isolation


def test_an_equal_job_of_nobody_is_run_once():
    source = "import os; print(os.urandom(8).hex())"
    with Runner(Limits(cell_s=2)) as runner:
        first, again, other = (
            runner.run_once(Job("tests", (Cell("it", cell),))) for cell in (source, source, source + "\n")
        )
    assert first.outputs == again.outputs != other.outputs


def test_what_timed_out_is_tried_again():
    # A neighbour's load must not decide for all others.
    slow = Job("tests", (Cell("it", "while True: pass", "x"),))
    with Runner(Limits(cell_s=0.5)) as runner:
        first, again = runner.run_once(slow), runner.run_once(slow)
    assert first.ends == again.ends == {"it": End("timed_out")}
    assert first is not again
