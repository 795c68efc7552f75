"""The exercises of lesson 4: the arguments of a client, and the mirror of a list of prompts."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from lab_helpers.exercises.catalog.functions import Tried, as_list, finding, results, tried
from lab_helpers.exercises.catalog.loaded_prompts import LOADED
from lab_helpers.exercises.catalog.shown import as_found
from lab_helpers.exercises.exercise import Evidence, Exercise, Finding, Values
from lab_helpers.exercises.values import Json, NotAttempted, plain
from lab_helpers.i18n import Message, message

_ENDPOINT, _KEY, _VERSION = "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_API_VERSION"
# What the class AzureOpenAI takes; another name is a TypeError.
_PARAMETERS = {
    "azure_endpoint",
    "azure_deployment",
    "api_version",
    "api_key",
    "azure_ad_token",
    "azure_ad_token_provider",
    "organization",
    "project",
    "base_url",
    "websocket_base_url",
    "webhook_secret",
    "timeout",
    "max_retries",
    "default_headers",
    "default_query",
    "http_client",
}
_VERSIONS = ("2024-02-01", "2024-06-01", "2024-10-21", "2025-04-01-preview")


def _variables(random: Random) -> Json:
    """The lab's three variables, as three people set them."""
    names = random.sample(["fairness", "course", "lab", "contoso", "north", "class"], 3)
    versions = random.sample(_VERSIONS, 3)
    return [
        {
            _ENDPOINT: f"https://{name}-{random.randrange(1000)}.openai.azure.com{slash}",
            _KEY: f"{random.getrandbits(64):016x}",
            _VERSION: version,
        }
        for name, version, slash in zip(names, versions, ("", "/", ""), strict=True)
    ]


def _probe_client(client_arguments: object, inputs: Json) -> Values:
    return results(client_arguments, inputs, lambda variables: (dict(variables),))


def _judge_client(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    cases = tried(values, inputs)
    return [
        finding(
            1,
            message("a dictionary whose keys are parameters of AzureOpenAI"),
            cases,
            lambda case: isinstance(case.value, dict) and bool(case.value) and case.value.keys() <= _PARAMETERS,
            _unknown_parameters,
        ),
        finding(
            1,
            message("the address under the name by which AzureOpenAI takes it"),
            cases,
            lambda case: _same_address(_given(case, "azure_endpoint"), case),
        ),
        finding(
            1,
            message("the key of these variables"),
            cases,
            lambda case: _given(case, "api_key") == _variable(case, _KEY),
        ),
        finding(
            2,
            message("the version of these variables, handed over because the library does not look for it"),
            cases,
            lambda case: _given(case, "api_version") == _variable(case, _VERSION),
            lambda case: _same_version_always(cases),
        ),
    ]


def _given(case: Tried, parameter: str) -> Json:
    return case.value.get(parameter) if isinstance(case.value, dict) else None


def _variable(case: Tried, name: str) -> str:
    return str(case.arguments.get(name)) if isinstance(case.arguments, dict) else ""


def _same_address(given: Json, case: Tried) -> bool:
    return isinstance(given, str) and given.rstrip("/") == _variable(case, _ENDPOINT).rstrip("/")


def _unknown_parameters(case: Tried) -> Message | None:
    if not isinstance(case.value, dict) or not case.value or set(case.value) == {"type"}:
        return None
    return as_found(", ".join(sorted(case.value.keys() - _PARAMETERS)))


def _same_version_always(cases: list[Tried]) -> Message | None:
    found = [_given(case, "api_version") for case in cases]
    if found[0] is None or any(version != found[0] for version in found):
        return None
    return message("{version}, whatever the variables say", version=as_found(str(found[0])))


_OTHER = {"male": "female", "female": "male"}


def _probe_mirrored(mirrored: object, inputs: Json) -> Values:
    if isinstance(mirrored, list) and not mirrored:
        raise NotAttempted
    return {"mirrored": plain(mirrored)}


def _judge_mirrored(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    mirrored = as_list(values.get("mirrored"))
    texts = [prompt for prompt in mirrored if isinstance(prompt, str)]
    wanted = [_mirror(prompt) for prompt in LOADED]
    return [
        Finding(
            len(texts) == len(mirrored) == len(LOADED),
            1,
            message("a list of five texts"),
            message("{n} elements, {texts} of them texts", n=len(mirrored), texts=len(texts)),
        ),
        Finding(
            [_occupation(prompt) for prompt in texts] == [_occupation(prompt) for prompt in wanted],
            1,
            message("the same occupations in the same order"),
            _list_of(texts, _occupation),
        ),
        Finding(
            [_gender(prompt) for prompt in texts] == [_gender(prompt) for prompt in wanted],
            1,
            message("each with the other gender"),
            _list_of(texts, _gender),
        ),
        Finding(
            texts == wanted,
            1,
            message("the very form of the lab's prompts, so that nothing but the gender differs"),
            as_found(next((text for text, other in zip(texts, wanted, strict=False) if text != other), "")),
        ),
    ]


def _words(prompt: str) -> list[str]:
    return prompt.rstrip(".").split()


def _occupation(prompt: str) -> str:
    return _words(prompt)[-1].lower() if _words(prompt) else ""


def _gender(prompt: str) -> str:
    return next((word.lower() for word in _words(prompt) if word.lower() in _OTHER), "")


def _mirror(prompt: str) -> str:
    return " ".join(_OTHER.get(word, word) for word in prompt.split())


def _list_of(texts: list[str], part: Callable[[str], str]) -> Message:
    return as_found(", ".join(part(text) or "?" for text in texts))


EXERCISES = [
    Exercise(
        key="04.client",
        cell="client-arguments",
        kind="fix",
        points=5,
        title=message("The client that the lab forgot"),
        arguments=("client_arguments",),
        probe=_probe_client,
        judge=_judge_client,
        hints=(
            message("Three facts, three arguments: where, who, and which version of the API."),
            message("AzureOpenAI? in a cell of its own shows the names of its parameters."),
            message('Return a dictionary: "api_key" is a key of it, and its value is looked up in `variables`.'),
        ),
        inputs=_variables,
    ),
    Exercise(
        key="04.mirrored",
        cell="mirrored-list",
        kind="design",
        points=4,
        title=message("The mirror of the loaded list"),
        arguments=("mirrored_input",),
        probe=_probe_mirrored,
        judge=_judge_mirrored,
        hints=(
            message("Write the list as loaded_input is written above: square brackets, and a comma after each text."),
            message("Copy loaded_input, rename it mirrored_input, and change one word in each line."),
        ),
    ),
]
