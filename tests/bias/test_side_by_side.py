import pandas as pd
import pytest

from lab_helpers.bias import load_lexicon, pair_answers, score_answers
from lab_helpers.errors import DataError
from tests.bias.conftest import table_of_answers

ENGLISH = load_lexicon("en")


@pytest.fixture
def scored() -> pd.DataFrame:
    return score_answers(
        table_of_answers(
            ("nurse", "neutral", "She cares."),
            ("nurse", "neutral", "They care."),
            ("nurse", "male", "She leads."),
            ("nurse", "male", None),
            ("chef", "neutral", "He cooks."),
            ("chef", "male", "A male chef cooks."),
            ("chef", "female", "She cooks."),
        )
    )


def texts(found) -> list[tuple[str, int, str | None, str | None]]:
    return [(pair.group, pair.sample, pair.left.answer, pair.right.answer) for pair in found.pairs]


def test_a_pair_has_the_same_occupation_and_sample(scored):
    assert texts(pair_answers(scored, "neutral", "male")) == [
        ("nurse", 0, "She cares.", "She leads."),
        ("nurse", 1, "They care.", None),
        ("chef", 0, "He cooks.", "A male chef cooks."),
    ]


def test_an_answer_without_counterpart_is_counted(scored):
    found = pair_answers(scored, "neutral", "female")
    assert texts(found) == [("chef", 0, "He cooks.", "She cooks.")]
    assert found.n_unpaired == 2


def test_pairs_are_chosen_by_group(scored):
    found = pair_answers(scored, "neutral", "male")
    assert found.groups == ["nurse", "chef"]
    assert [pair.occupation for pair in found.of("chef")] == ["chef"]
    assert found.of(None) == found.pairs


def test_an_answer_knows_its_verdict_and_its_words_but_for_the_prompts(scored):
    found = pair_answers(scored, "neutral", "male").pairs[0]
    assert found.left.described == "feminine"
    assert found.left.words(ENGLISH) == {"feminine": {"she": 1}, "masculine": {}, "agentic": {}, "communal": {}}
    asked = scored.assign(prompt="Describe her.")
    assert pair_answers(asked, "neutral", "male").pairs[0].left.words(ENGLISH)["feminine"] == {"she": 1}
    echoed = scored.assign(prompt="She?")
    assert pair_answers(echoed, "neutral", "male").pairs[0].left.words(ENGLISH)["feminine"] == {}


def test_a_refusal_is_told(scored):
    declined = scored.assign(refused=True)
    assert pair_answers(declined, "neutral", "male").pairs[0].left.refused


def test_a_condition_comes_before_a_gender_of_the_same_name():
    answers = table_of_answers(("nurse", "neutral", "Ele cuida."), ("nurse", "neutral", "Ela cuida."))
    scored = score_answers(answers.assign(condition=["masculine_generic", "neutral"], sample=0), language="pt")
    assert texts(pair_answers(scored, "neutral", "masculine_generic")) == [("nurse", 0, "Ela cuida.", "Ele cuida.")]


def test_each_template_has_its_own_pair():
    answers = table_of_answers(*[("nurse", gender, f"{gender} {n}") for gender in ("neutral", "male") for n in (0, 1)])
    scored = score_answers(answers.assign(template_id=[0, 1, 1, 0], sample=0))
    assert texts(pair_answers(scored, "neutral", "male")) == [
        ("nurse", 0, "neutral 0", "male 1"),
        ("nurse", 0, "neutral 1", "male 0"),
    ]


def test_without_samples_the_answers_count_up(scored):
    found = pair_answers(scored.drop(columns="sample"), "neutral", "male")
    assert [pair.sample for pair in found.pairs] == [0, 1, 0]


def test_answers_with_one_place_are_paired_in_order_and_none_twice(scored):
    found = pair_answers(pd.concat([scored, scored.head(1)]), "neutral", "male")
    assert len(found.pairs) == 3
    assert found.n_unpaired == 1


def test_two_models_are_kept_apart_by_choosing_by_model(scored):
    both = pd.concat([scored, scored.assign(model="another")])
    assert pair_answers(both, "neutral", "male", by="model").groups == ["a-model", "another"]
    with pytest.raises(DataError, match="more than one model"):
        pair_answers(both, "neutral", "male")


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        ("male", "male", "Both sides are male"),
        ("neutral", "man", "No row of the table was asked as 'man'"),
        ("", "male", "No row of the table was asked as ''"),
    ],
)
def test_a_side_that_is_not_there_is_named(scored, left, right, found):
    with pytest.raises(DataError, match=found):
        pair_answers(scored, left, right)


def test_sides_with_nothing_in_common_are_refused():
    scored = score_answers(table_of_answers(("nurse", "male", "He."), ("chef", "female", "She.")))
    with pytest.raises(DataError, match="No answer of male has a counterpart in female"):
        pair_answers(scored, "male", "female")


def test_answers_that_were_not_scored_are_refused():
    with pytest.raises(DataError, match="described"):
        pair_answers(table_of_answers(("nurse", "male", "He.")), "neutral", "male")
