"""Errors as a notebook shows them: a real kernel runs each cell, and what it sends is looked at."""

import os
import re
import signal
import time

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

SET_UP = """
from lab_helpers import connect, practice_faults, use_locale
use_locale("en")
connection = connect()
client = connection.client.with_options(max_retries=0)
nurse = [{"role": "user", "content": "Describe a nurse."}]
def ask(model=connection.deployment, **options):
    return client.chat.completions.create(model=model, messages=nurse, max_tokens=100, **options)
"""


class Kernel:
    """A real kernel: runs a cell and gives what a notebook would keep of it."""

    def __init__(self, folder, **environ):
        self.manager = KernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        self.manager.start_kernel(cwd=str(folder), env={**os.environ, **environ})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def send(self, code, cell_id="some-cell"):
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell_id})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def outputs(self, msg_id):
        """The outputs of a cell, as (kind, content)."""
        kept = []
        while True:
            told = self.client.get_iopub_msg(timeout=120)
            if told["parent_header"].get("msg_id") != msg_id:
                continue
            if told["msg_type"] == "status" and told["content"]["execution_state"] == "idle":
                return kept
            if told["msg_type"] in ("display_data", "error", "execute_result", "stream"):
                kept.append((told["msg_type"], told["content"]))

    def reply(self, msg_id):
        while (told := self.client.get_shell_msg(timeout=120))["parent_header"].get("msg_id") != msg_id:
            pass
        return told["content"]

    def run(self, code, cell_id="some-cell"):
        return self.outputs(self.send(code, cell_id))

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def bare(folder):
    names = ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_DEPLOYMENT")
    return Kernel(folder, IPYTHONDIR=str(folder), **dict.fromkeys(names, ""))


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """One for all: no test changes what another one sees."""
    kernel = bare(tmp_path_factory.mktemp("desk"))
    kernel.run(SET_UP)
    yield kernel
    kernel.stop()


def explained(outputs):
    """The explanation and the error: the only outputs, in this order."""
    assert [kind for kind, _ in outputs] == ["display_data", "error"]
    return outputs[0][1]["data"], outputs[1][1]


def test_the_explanation_stands_above_the_error_which_stays_what_it_is(kernel):
    shown, error = explained(kernel.run("client_of_nobody.ask()"))
    assert shown["text/plain"].startswith("Python does not know client_of_nobody")
    assert (error["ename"], error["evalue"]) == ("NameError", "name 'client_of_nobody' is not defined")


def test_the_error_keeps_the_learners_own_lines_and_folds_the_rest(kernel):
    shown, error = explained(kernel.run("x = 1\nask(model='nobody')"))
    assert error["traceback"][0] == "Line 2: ask(model='nobody')"
    assert "client.chat.completions.create" in error["traceback"][1]
    assert "DeploymentNotFound" not in "".join(error["traceback"][:2])
    folded = re.search("<details><summary>(.*?)</summary>(.*)</details>", shown["text/html"], re.DOTALL)
    assert folded
    assert folded[1] == "The whole error message"
    assert "openai/_base_client.py" in folded[2].replace("\\", "/")
    assert "\x1b" not in folded[2]


def test_the_whole_traceback_is_a_magic_away(kernel):
    kernel.run("ask(model='nobody')")
    (kind, error), *_more = kernel.run("%tb")
    assert kind == "error"
    assert any("_base_client.py" in frame for frame in error["traceback"])


def test_the_reply_says_that_the_cell_failed(kernel):
    msg_id = kernel.send("ask(model='nobody')")
    kernel.outputs(msg_id)
    reply = kernel.reply(msg_id)
    assert (reply["status"], reply["ename"]) == ("error", "NotFoundError")


@pytest.mark.parametrize(
    ("code", "says", "next_step"),
    [
        (
            "with practice_faults(connection, [{'kind': 'unauthorized', 'calls': None}]):\n    ask()",
            "refused the key (status 401)",
            "Keys and Endpoint",
        ),
        ("ask(model='gpt-35-turbo')", "no deployment of the name", "AZURE_OPENAI_DEPLOYMENT"),
        (
            "import openai, os\npasted = os.environ['AZURE_OPENAI_ENDPOINT'] + '/openai/v1/'\n"
            "client_with_path = openai.AzureOpenAI(azure_endpoint=pasted, api_key='k', api_version='2024-10-21')\n"
            "client_with_path.chat.completions.create(model='any', messages=nurse)",
            "pasted with a path",
            "Keep only http://127.0.0.1:",
        ),
        (
            "with practice_faults(connection, [{'kind': 'rate_limited', 'calls': [1], 'seconds': 1}]):\n    ask()",
            "status 429",
            "ask_all(...)",
        ),
        (
            "with practice_faults(connection, [{'kind': 'prompt_filtered', 'calls': [1]}]):\n    ask()",
            "content filter stopped the prompt",
            "Reword the prompt",
        ),
        (
            "with practice_faults(connection, [{'kind': 'answer_filtered', 'calls': [1]}]):\n"
            "    answer = ask().choices[0].message.content\nlen(answer)",
            "An answer is None",
            "finish_reason",
        ),
        ("import httpx\nhttpx.Client(proxies=None)", "too old for the installed httpx", "openai>=1.55.3"),
        ("for chunk in ask(stream=True):\n    print(chunk.choices[0])", "no choices", "if chunk.choices"),
        ("import pandas as pd\nscores = pd.DataFrame({'answer': ['a']})\nscores['anwser']", "'anwser'", "'answer'"),
        ("loaded_answers", "loaded_answers yet", "(lesson 5)"),
        ("conection.client", "does not know conection", "Did you mean connection?"),
        ("# YOUR CODE HERE\nraise NotImplementedError()", "This exercise waits for you", "hint("),
    ],
)
def test_the_errors_that_learners_meet_most_say_what_happened_and_what_to_do(kernel, code, says, next_step):
    shown, _error = explained(kernel.run(code))
    happened, advice, _whole = shown["text/plain"].split("\n")
    assert says in happened
    assert advice.startswith("→ ")
    assert next_step in advice


def test_a_stub_names_the_hint_of_its_own_exercise(kernel):
    shown, _error = explained(kernel.run("raise NotImplementedError()", cell_id="mirrored-list"))
    assert 'hint("04.mirrored")' in shown["text/plain"]


def test_an_unknown_error_shows_as_always(kernel):
    ((kind, error),) = kernel.run("[].remove(1)")
    assert kind == "error"
    assert any("Traceback" in line for line in error["traceback"])


def test_an_error_of_the_course_is_not_explained_twice(kernel):
    ((kind, error),) = kernel.run(
        "from lab_helpers.settings import checked_endpoint\ncheckedpoint = checked_endpoint('x')"
    )
    assert (kind, error["ename"]) == ("error", "SettingsError")
    assert error["traceback"][-1].startswith("→ ")


def test_a_syntax_error_shows_as_always(kernel):
    ((kind, error),) = kernel.run("1 +")
    assert (kind, error["ename"]) == ("error", "SyntaxError")


def test_words_of_the_error_cannot_become_markup(kernel):
    shown, _error = explained(kernel.run("scores['<img src=x>']"))
    assert "<img" not in shown["text/html"]


def test_an_interrupted_cell_is_left_alone(kernel):
    msg_id = kernel.send("import time\ntime.sleep(60)")
    time.sleep(1)
    os.kill(kernel.manager.provisioner.pid, signal.SIGINT)
    ((kind, error),) = kernel.outputs(msg_id)
    assert (kind, error["ename"]) == ("error", "KeyboardInterrupt")


def test_in_portuguese_everything_is(kernel):
    kernel.run("from lab_helpers import use_locale\nuse_locale('pt-BR')")
    try:
        shown, error = explained(kernel.run("ask(model='nobody')"))
    finally:
        kernel.run("use_locale('en')")
    assert "implantação" in shown["text/plain"]
    assert 'lang="pt-BR"' in shown["text/html"]
    assert "A mensagem de erro completa" in shown["text/html"]
    assert error["traceback"][0].startswith("Linha 1: ")


def test_a_bug_in_the_explanations_leaves_the_plain_error(kernel):
    kernel.run(
        "import lab_helpers.notebook as n; kept = n.explained_failure; n.explained_failure = lambda failure: 1 / 0"
    )
    try:
        ((kind, error),) = kernel.run("undefined")
    finally:
        kernel.run("n.explained_failure = kept")
    assert (kind, error["ename"]) == ("error", "NameError")
    assert any("Traceback" in line for line in error["traceback"])


def test_where_outputs_are_kept_no_file_of_this_machine_is_named(kernel):
    kernel.run("import os; os.environ['LAB_STATIC'] = '1'")
    try:
        shown, _error = explained(kernel.run("ask(model='nobody')"))
    finally:
        kernel.run("del os.environ['LAB_STATIC']")
    assert "site-packages" not in shown["text/html"]
    assert "<details>" not in shown["text/html"]


def test_a_handler_of_somebody_else_stays_theirs(tmp_path):
    kernel = bare(tmp_path)
    try:
        kernel.run("get_ipython().set_custom_exc((ValueError,), lambda shell, *error, tb_offset=None: print('theirs'))")
        kernel.run("from lab_helpers import use_locale\nuse_locale('en')")
        ((_kind, said),) = kernel.run("raise ValueError")
        assert said["text"] == "theirs\n"
    finally:
        kernel.stop()


def test_without_a_notebook_it_only_speaks_the_language():
    from lab_helpers import use_locale
    from lab_helpers.i18n import current_locale

    use_locale("pt-BR")
    assert current_locale() == "pt-BR"
