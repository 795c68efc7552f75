"""From prompts to answers: every sample of every prompt, in order, as one tidy table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from lab_helpers.client import Connection, explained
from lab_helpers.errors import AnswersIncomplete, DataError
from lab_helpers.i18n import _

COLUMNS = [
    "prompt_id",
    "occupation",
    "gender",
    "system_prompt",
    "prompt",
    "sample",
    "answer",
    "finish_reason",
    "error",
    "model",
    "tokens",
]
CONCURRENT_REQUESTS = 8


@dataclass(frozen=True)
class Question:
    """One request to make: a prompt and which of its samples."""

    prompt_id: str
    occupation: str | None
    gender: str | None
    system_prompt: str | None
    prompt: str
    sample: int
    # Whatever else the table of prompts says of this one (its pair, its condition); no part of the question itself.
    of_the_prompt: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def messages(self) -> list[dict[str, str]]:
        """The chat messages of the request."""
        system = [{"role": "system", "content": self.system_prompt}] if self.system_prompt else []
        return [*system, {"role": "user", "content": self.prompt}]


@dataclass(frozen=True)
class Answer:
    """What came back for one question, or why nothing did."""

    answer: str | None
    finish_reason: str
    error: str | None = None
    model: str | None = None
    tokens: int | None = None


# What an interrupted call already has, so that the same call made again only asks for the rest.
_interrupted: dict[tuple[Any, ...], dict[Question, Answer]] = {}


def ask_all(
    connection: Connection,
    prompts: pd.DataFrame | Sequence[str],
    *,
    samples: int = 1,
    system_prompt: str | None = None,
    temperature: float = 1.0,
    max_tokens: int = 100,
    first_sample: int = 0,
) -> pd.DataFrame:
    """Ask every prompt `samples` times and return one row per answer, in the order of the prompts.

    prompts: texts, or a table with `prompt` and, where known, `prompt_id`, `occupation`, `gender`.
    Each sample is asked with its own number as seed (from `first_sample` on), so that a run can be repeated.
    Columns: prompt_id, occupation, gender, system_prompt, prompt, sample, answer (None if there is none),
    finish_reason in {"stop", "length", "content_filter", "error"}, error (why there is no answer), model, tokens; then
    whatever else the table of prompts has (pair_id, condition, ...).
    An answer that was filtered, or failed after the SDK's retries (which honour Retry-After), stays as a row.
    Raises ConnectionFailed where no call can succeed, and AnswersIncomplete when interrupted: `.answers` holds what
    came so far, and the same call made again continues there.
    """
    questions = list(_questions(prompts, samples, first_sample, system_prompt))
    purpose = (connection.settings, system_prompt, temperature, max_tokens)
    given = _interrupted.setdefault(purpose, {})
    ask = _asker(connection, temperature, max_tokens)
    try:
        _ask_concurrently([question for question in questions if question not in given], ask, given)
    except KeyboardInterrupt as interrupt:
        raise AnswersIncomplete(_table(questions, given), total=len(questions)) from interrupt
    table = _table(questions, given)
    del _interrupted[purpose]
    return table


def _questions(
    prompts: pd.DataFrame | Sequence[str], samples: int, first_sample: int, system_prompt: str | None
) -> Iterable[Question]:
    if samples < 1:
        raise DataError(
            _("samples is {samples}: there would be nothing to ask.").format(samples=samples),
            _("Ask for at least one sample of each prompt."),
        )
    for row in _prompt_rows(prompts):
        for sample in range(first_sample, first_sample + samples):
            yield Question(
                prompt_id=str(row.get("prompt_id") or row["prompt"]),
                occupation=row.get("occupation"),
                gender=row.get("gender"),
                system_prompt=system_prompt,
                prompt=row["prompt"],
                sample=sample,
                of_the_prompt={name: value for name, value in row.items() if name not in COLUMNS},
            )


def _prompt_rows(prompts: pd.DataFrame | Sequence[str]) -> list[dict[str, Any]]:
    if isinstance(prompts, str):
        prompts = [prompts]
    if not isinstance(prompts, pd.DataFrame):
        prompts = pd.DataFrame({"prompt": list(prompts)})
    if "prompt" not in prompts or not all(isinstance(text, str) and text.strip() for text in prompts["prompt"]):
        raise DataError(
            _("The prompts must be texts, none of them empty."),
            _("Give a list of texts, or a table with a column named prompt."),
        )
    return [{str(name): value for name, value in row.items() if pd.notna(value)} for row in prompts.to_dict("records")]


def _ask_concurrently(
    questions: list[Question], ask: Callable[[Question], Answer], given: dict[Question, Answer]
) -> None:
    from tqdm.auto import tqdm

    # Of tqdm's bars, the notebook's alone does not look for this variable.
    hidden = bool(os.environ.get("TQDM_DISABLE"))
    with (
        ThreadPoolExecutor(CONCURRENT_REQUESTS) as pool,
        tqdm(total=len(questions), desc=_("Answers"), delay=1, leave=False, disable=hidden) as progress,
    ):
        asked: dict[Future[Answer], Question] = {pool.submit(ask, question): question for question in questions}
        try:
            for future in as_completed(asked):
                given[asked[future]] = future.result()
                progress.update(1)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            given.update({asked[f]: f.result() for f in asked if f.done() and not f.cancelled() and not f.exception()})
            raise


def _asker(connection: Connection, temperature: float, max_tokens: int) -> Callable[[Question], Answer]:
    import openai
    from openai.types.chat import ChatCompletion

    # Reasoning models accept the default temperature alone, and only if it is not said.
    sampling = {} if temperature == 1 else {"temperature": temperature}
    limit_names = ["max_tokens"]

    def complete(question: Question, limit_name: str) -> ChatCompletion:
        asked = {"model": connection.deployment, "messages": question.messages, "seed": question.sample}
        body = {**asked, limit_name: max_tokens, **sampling}
        # As `chat.completions.create` does it, which first walks the whole body by its types: a quarter of a call.
        return connection.client.post("/chat/completions", cast_to=ChatCompletion, body=body)

    def ask(question: Question) -> Answer:
        limit_name = limit_names[-1]
        try:
            return _answer(complete(question, limit_name))
        except openai.BadRequestError as error:
            if error.code != "unsupported_parameter" or limit_name != "max_tokens":
                return _refused(error)
        except openai.OpenAIError as error:
            if explanation := explained(error, connection.settings):
                raise explanation from error
            return _refused(error)
        except ValueError as error:
            # A reply that was cut off is no JSON; what went wrong concerns this question alone.
            return Answer(None, "error", type(error).__name__)
        # Newer models know the limit under another name; every later question uses that at once.
        limit_names.append("max_completion_tokens")
        return ask(question)

    return ask


def _answer(completion: Any) -> Answer:
    choice = completion.choices[0]
    text = choice.message.content if choice.message else None
    return Answer(
        answer=text,
        finish_reason=choice.finish_reason,
        error=None if text is not None else str(choice.finish_reason),
        model=completion.model,
        tokens=completion.usage.completion_tokens if completion.usage else None,
    )


def _refused(error: Exception) -> Answer:
    code = str(getattr(error, "code", None) or type(error).__name__)
    filtered = code == "content_filter"
    return Answer(None, "content_filter" if filtered else "error", f"{code} ({getattr(error, 'status_code', '-')})")


def _table(questions: list[Question], given: dict[Question, Answer]) -> pd.DataFrame:
    rows = []
    for question in questions:
        if question in given:
            asked = asdict(question)
            rows.append({**asked.pop("of_the_prompt"), **asked, **asdict(given[question])})
    others = dict.fromkeys(name for question in questions for name in question.of_the_prompt)
    table = pd.DataFrame(rows, columns=pd.Index([*COLUMNS, *others]))
    return table.astype({"sample": "int64", "tokens": "Int64"})
