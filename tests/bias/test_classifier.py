import numpy as np
import pandas as pd
import pytest

from lab_helpers.bias import fit_classifier, mask_occupations, predict_out_of_fold, reweigh, tpr_gap
from lab_helpers.errors import DataError


def descriptions(seed: int, *, share_women: dict[str, float], each: int = 150) -> pd.DataFrame:
    """Texts whose words tell the occupation weakly, and whose pronoun tells the gender."""
    random = np.random.default_rng(seed)
    told = {"nurse": ["ward", "bandage", "care"], "engineer": ["bridge", "motor", "plan"]}
    rows = []
    for occupation, words in told.items():
        other = next(value for key, value in told.items() if key != occupation)
        for _text in range(each):
            woman = random.random() < share_women[occupation]
            word = random.choice(words if random.random() < 0.7 else other)
            pronoun = "she" if woman else "he"
            rows.append(
                (occupation, "feminine" if woman else "masculine", f"{pronoun} likes the {word}; {pronoun} works.")
            )
    return pd.DataFrame(rows, columns=["occupation", "described", "text"])


def predicted(table: pd.DataFrame, weights: pd.Series | None = None) -> pd.Series:
    return predict_out_of_fold(table["text"], table["occupation"], weights)


def test_names_of_occupations_are_masked_in_all_their_forms():
    texts = ["Nurses love nursing.", "A nurse's day", "The engineering engineer", "A chef cooks."]
    assert mask_occupations(texts, ["nurse", "engineer"]) == ["_ love _.", "A _'s day", "The _ _", "A chef cooks."]


def test_the_classifier_tells_occupations_by_their_content():
    model = fit_classifier(["ward care", "bridge motor"] * 5, ["nurse", "engineer"] * 5)
    assert model.predict(["a ward", "a bridge"]).tolist() == ["nurse", "engineer"]


def test_predictions_keep_the_index_and_are_the_same_each_time():
    table = descriptions(0, share_women={"nurse": 0.5, "engineer": 0.5}, each=10).set_index(pd.Index(range(100, 120)))
    first = predicted(table)
    assert first.index.equals(table.index)
    pd.testing.assert_series_equal(first, predicted(table))


def test_a_skew_in_the_training_data_becomes_a_gap_and_reweighing_narrows_it():
    table = descriptions(1, share_women={"nurse": 0.85, "engineer": 0.15})
    weights = reweigh(table["occupation"], table["described"])
    before, after = (tpr_gap(table["occupation"], predicted(table, w), table["described"]) for w in (None, weights))
    learned = before.set_index("scope")["estimate"]
    assert learned["nurse"] > 0 > learned["engineer"]
    assert set(before["verdict"]) == {"gap"}
    assert after["estimate"].iloc[-1] < before["estimate"].iloc[-1] / 2


def test_true_positive_rates_and_their_root_mean_square_are_as_counted_by_hand():
    occupations = pd.Series(["nurse"] * 4 + ["chef"] * 4)
    described = pd.Series(["feminine", "feminine", "masculine", "masculine"] * 2)
    guesses = pd.Series(["nurse", "nurse", "nurse", "chef", "chef", "nurse", "nurse", "nurse"])
    gap = tpr_gap(occupations, guesses, described).set_index("scope")
    assert gap["estimate"].to_dict() == pytest.approx({"nurse": 0.5, "chef": 0.5, "all": 0.5})
    assert set(gap["verdict"]) == {"exploratory"}


def test_texts_that_mark_no_gender_are_counted_and_not_compared():
    described = pd.Series(["feminine", "masculine", "unmarked", None])
    gap = tpr_gap(pd.Series(["nurse"] * 4), pd.Series(["nurse"] * 4), described)
    assert gap["n_answers"].tolist() == [2, 2]
    assert gap["n_missing"].tolist() == [2, 2]


def test_a_fair_classifier_is_seldom_accused():
    random = np.random.default_rng(2)
    occupations = pd.Series(["nurse", "engineer", "chef"] * 60)
    verdicts = []
    for seed in range(25):
        guesses = occupations.where(random.random(180) < 0.7, "teacher")
        described = pd.Series(random.choice(["feminine", "masculine"], 180))
        verdicts.append(tpr_gap(occupations, guesses, described, seed=seed)["verdict"].iloc[-1])
    assert np.mean([verdict == "gap" for verdict in verdicts]) <= 0.1


def test_the_bootstrap_is_the_same_for_the_same_seed():
    table = descriptions(3, share_women={"nurse": 0.7, "engineer": 0.3}, each=30)
    guesses = predicted(table)
    first, second = (tpr_gap(table["occupation"], guesses, table["described"], seed=5) for _run in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_one_occupation_is_nothing_to_tell_apart():
    with pytest.raises(DataError, match="two occupations"):
        fit_classifier(["ward"], ["nurse"])


def test_fewer_texts_than_folds_are_refused():
    with pytest.raises(DataError, match="one has 2"):
        predict_out_of_fold(pd.Series(list("abcd")), pd.Series(["nurse", "nurse", "chef", "chef"]))


def test_series_of_different_lengths_are_refused():
    with pytest.raises(DataError, match="one length"):
        tpr_gap(pd.Series(["nurse"]), pd.Series(["nurse", "chef"]), pd.Series(["feminine"]))
