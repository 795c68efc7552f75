import json

from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.mock.keys import canonical_request, differing_fields, request_key

ASKED = {"messages": [{"role": "user", "content": "Describe a nurse."}], "max_tokens": 100}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def key(**fields: object) -> str:
    return request_key(canonical_request("d", {**ASKED, **fields}))


def test_what_does_not_change_the_question_does_not_change_the_key():
    assert key() == key(stream=True, user="u", seed=7, n=2, temperature=1.0, top_p=None, metadata={"a": 1})


def test_whole_floats_are_integers():
    assert key(temperature=0) == key(temperature=0.0) != key()


def test_max_completion_tokens_is_max_tokens():
    body = {"messages": ASKED["messages"], "max_completion_tokens": 100}
    assert request_key(canonical_request("d", body)) == key()


def test_text_parts_and_line_ends_and_composed_accents_are_the_same_text():
    parts = [{"type": "text", "text": "uma "}, {"type": "text", "text": "me\u0301dica\r\n"}]
    one = {"messages": [{"role": "user", "content": parts}]}
    other = {"messages": [{"role": "user", "content": "uma m\u00e9dica\n"}]}
    assert request_key(canonical_request("d", one)) == request_key(canonical_request("d", other))


def test_every_sampling_field_and_the_deployment_and_the_system_prompt_change_the_key():
    system = [{"role": "system", "content": "s"}, *ASKED["messages"]]
    keys = {key(), key(temperature=0.5), key(top_p=0.5), key(stop=["."]), key(max_tokens=101), key(messages=system)}
    keys |= {key(tools=[{"type": "function"}]), key(unknown_field=1), request_key(canonical_request("other", ASKED))}
    assert len(keys) == 9


@given(st.dictionaries(st.text(max_size=10), json_values, max_size=5))
def test_canonical_is_stable_and_survives_json(body):
    once = canonical_request("d", body)
    again = {name: value for name, value in once.items() if name != "deployment"}
    assert canonical_request("d", json.loads(json.dumps(again))) == once or "deployment" in body


def test_differing_fields_are_named():
    one, other = canonical_request("d", ASKED), canonical_request("d", {**ASKED, "temperature": 0.2, "max_tokens": 5})
    assert differing_fields(one, other) == ["max_tokens", "temperature"]
