"""What an error means, told from the real errors of Python, openai, httpx, PySpark and pandas."""

import os
import subprocess
import sys

import openai
import pandas as pd
import pytest

from lab_helpers.explanations import VOCABULARY, Failure, explained_failure, explanation, failure_of
from lab_helpers.mock import SHIPPED, Cassettes, PracticeServer, serving

NURSE = [{"role": "user", "content": "Describe a nurse."}]


def told(error, line="", names=None):
    found = explained_failure(failure_of(error, line, names))
    return f"{found.happened}\n{found.next_step}" if found else None


def raised_by(act, *arguments, **options):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each test says which error it is about
        act(*arguments, **options)
    return caught.value


@pytest.fixture(scope="module")
def endpoint():
    with serving(PracticeServer(Cassettes.read(SHIPPED))) as endpoint:
        yield endpoint


def client(endpoint, **options):
    options = {"api_key": "practice-1", "api_version": "2024-10-21", "max_retries": 0, **options}
    return openai.AzureOpenAI(azure_endpoint=endpoint, **options)


def test_an_unknown_deployment(endpoint):
    ask = client(endpoint).chat.completions.create
    assert "no deployment of the name" in told(raised_by(ask, model="nobody", messages=NURSE))


@pytest.mark.parametrize("path", ["/openai/v1/", "/openai/v1", "/openai", "/somewhere"])
def test_a_path_pasted_with_the_endpoint(endpoint, path):
    ask = client(endpoint + path).chat.completions.create
    assert f"Keep only {endpoint} as the endpoint" in told(raised_by(ask, model="any", messages=NURSE))


def test_the_slash_at_an_endpoints_end_is_not_called_a_path():
    old_sdk = Failure(("NotFoundError",), status=404, address="https://a.openai.azure.com//openai/deployments/x/chat")
    assert "knows no such address" in str(explained_failure(old_sdk).happened)


def test_a_prompt_that_was_never_recorded(endpoint):
    ask = client(endpoint).chat.completions.create
    error = raised_by(ask, model="smollm2-135m-instruct", messages=[{"role": "user", "content": "Never asked."}])
    assert "no recorded answer" in told(error)


def test_nobody_at_the_endpoint():
    ask = client("http://127.0.0.1:9").chat.completions.create
    assert "Nothing answers at the endpoint" in told(raised_by(ask, model="any", messages=NURSE))


def test_a_placeholder_left_in_the_endpoint():
    ask = client("your_openai_endpoint").chat.completions.create
    assert "perhaps a placeholder" in told(raised_by(ask, model="any", messages=NURSE))


def test_a_client_made_without_an_api_version(monkeypatch):
    monkeypatch.delenv("OPENAI_API_VERSION", raising=False)
    error = raised_by(openai.AzureOpenAI, azure_endpoint="https://a.openai.azure.com", api_key="k")
    assert "given no API version" in told(error)


def test_a_model_that_was_retired():
    found = explained_failure(Failure(("BadRequestError",), status=400, code="OperationNotSupported"))
    assert "was retired" in str(found.happened)


@pytest.mark.parametrize(
    "use",
    [len, lambda answer: answer.split(), lambda answer: "she" in answer, lambda answer: answer[0], "".join],
    ids=["len", "split", "in", "index", "join"],
)
def test_an_answer_that_the_filter_took_away(use):
    value = [None] if use == "".join else None
    assert "An answer is None" in told(raised_by(use, value), line="n = count(completion.choices[0].message.content)")


def test_a_value_that_is_none_elsewhere_is_not_blamed_on_the_filter():
    assert "perhaps a function returned nothing" in told(raised_by(len, None), line="len(table)")


def test_a_chunk_without_choices():
    assert "no choices" in told(raised_by(lambda: [][0]), line="print(chunk.choices[0].delta.content)")
    assert told(raised_by(lambda: [][0]), line="numbers[0]") is None


def test_a_column_that_is_not_there_and_the_one_that_was_meant():
    scored = pd.DataFrame({"answer": ["a"], "described": ["feminine"]})
    error = raised_by(scored.__getitem__, "anwser")
    assert "Did you mean 'answer'? The columns are: answer, described." in told(
        error, 'scored["anwser"]', {"scored": scored}
    )


def test_a_key_of_a_dictionary_is_not_called_a_column():
    assert told(raised_by({}.__getitem__, "x"), "table['x']", {"table": {}}) is None


@pytest.mark.parametrize("name", list(VOCABULARY))
def test_a_name_of_the_course_leads_to_the_cell_that_defines_it(name):
    found = told(NameError(f"name '{name}' is not defined"))
    assert VOCABULARY[name].statement in found
    assert VOCABULARY[name].lessons in found


@pytest.mark.parametrize(("name", "where"), VOCABULARY.items(), ids=list(VOCABULARY))
def test_the_vocabulary_is_what_the_lessons_say(name, where, request):
    for lesson in where.lessons.split(", "):
        (source,) = (request.config.rootpath / "lessons").glob(f"0{lesson}_*.py")
        starts = [line for line in source.read_text("utf-8").splitlines() if line.startswith(where.statement)]
        assert starts, f"{source.name} has no line {where.statement!r}"


def test_a_misspelt_name_is_told_from_a_forgotten_one():
    error = NameError("name 'loaded_answer' is not defined")
    assert "Did you mean loaded_answers?" in told(error, names={"loaded_answers": []})
    assert "Run All Above" in told(error, names={})


def test_a_library_that_is_not_there():
    error = raised_by(__import__, "no_such_library.part")
    assert "The library no_such_library is not installed" in told(error)


def test_the_stub_of_an_exercise_names_its_hint():
    found = explained_failure(failure_of(NotImplementedError(), "raise NotImplementedError()", exercise="04.mirrored"))
    assert 'hint("04.mirrored")' in str(found.next_step)


def test_not_implemented_by_a_library_is_no_stub():
    assert told(NotImplementedError("merge"), line="df.merge(other)") is None


TELL = """
from lab_helpers.explanations import explained_failure, failure_of
try:
    {act}
except Exception as error:
    print(explained_failure(failure_of(error)).happened)
"""


def told_in_a_process(code, **environ):
    """What is said in a process of its own: a session that failed must not stay for other tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPARK_")}
    # Without the farewells of a session whose server is gone: they take PySpark a minute.
    code += "\nimport sys, os; sys.stdout.flush(); os._exit(0)"
    return subprocess.check_output([sys.executable, "-c", code], text=True, env={**kept, "LAB_LOCALE": "en", **environ})


def test_spark_without_java(tmp_path):
    start = "SparkSession.builder.master('local[1]').config('spark.api.mode', 'classic').getOrCreate()"
    code = "from pyspark.sql import SparkSession" + TELL.format(act=start)
    assert "found no Java" in told_in_a_process(code, JAVA_HOME=str(tmp_path))


def test_spark_that_was_stopped():
    code = """
import os
from lab_helpers.spark import REMOTE, spark_session, start_spark_server
with start_spark_server() as server:
    os.environ[REMOTE] = server.url
    table = spark_session().range(3)
    assert table.count() == 3
"""
    assert "Spark is gone" in told_in_a_process(code + TELL.format(act="table.count()"))


def test_a_column_that_is_none_throughout():
    pyspark = pytest.importorskip("pyspark.errors")
    error = pyspark.PySparkValueError(errorClass="CANNOT_DETERMINE_TYPE", messageParameters={})
    assert "cannot tell the type of a column" in told(error)


@pytest.mark.parametrize("error", [ValueError("x"), OSError(2, "No such file"), KeyError("x"), ZeroDivisionError()])
def test_what_nobody_knows_is_left_alone(error):
    assert told(error) is None


def test_the_words_of_an_error_may_hold_braces():
    table = pd.DataFrame({"a": [1]})
    assert "'{x}'" in told(raised_by(table.__getitem__, "{x}"), "table['{x}']", {"table": table})


def test_a_check_says_what_to_do_about_an_error_told_as_plain_values():
    assert "len(" in str(explanation("IndexError", "list index out of range"))
    assert "if chunk.choices" in str(explanation("IndexError", "list index out of range", "chunk.choices[0]"))
    assert explanation("CustomError", "x") is None


def test_no_library_is_loaded_to_know_its_errors():
    heavy = "{'openai', 'pandas', 'pyspark'} & set(sys.modules)"
    code = f"import sys, lab_helpers.explanations, lab_helpers.notebook; print({heavy})"
    assert subprocess.check_output([sys.executable, "-c", code], text=True, env=os.environ).strip() == "set()"
