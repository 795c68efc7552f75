import pandas as pd
import pytest

from lab_helpers.bias import compare_mitigations, synthetic_biographies
from lab_helpers.bias.classifier_mitigations import COLUMNS
from lab_helpers.errors import DataError

N = 1_000


@pytest.fixture(scope="module")
def biographies() -> pd.DataFrame:
    return synthetic_biographies(N, seed=1)


@pytest.fixture(scope="module")
def compared(biographies) -> pd.DataFrame:
    return compare_mitigations(biographies).set_index(["scope", "method"])


@pytest.fixture(scope="module")
def several(compared) -> pd.DataFrame:
    return compared.loc["all"]


def test_one_row_per_method_with_all_columns(compared):
    assert compared.index.tolist() == [
        ("all", "baseline"),
        ("all", "scrub"),
        ("all", "augment"),
        ("all", "reweigh"),
        ("all", "resample up"),
        ("all", "resample down"),
        ("nurse", "baseline"),
        ("nurse", "thresholds"),
    ]
    assert list(compared.reset_index()[list(COLUMNS)]) == list(COLUMNS)


def test_the_planted_gap_is_found(compared):
    assert (compared.xs("baseline", level="method")["estimate"] > 0.3).all()
    assert (compared.xs("baseline", level="method")["verdict"] == "gap").all()


@pytest.mark.parametrize("method", ["scrub", "augment", "reweigh", "resample up", "resample down"])
def test_each_training_narrows_the_gap(several, method):
    row = several.loc[method]
    assert row["change_low"] < row["change"] < row["change_high"] < 0
    assert row["change"] == pytest.approx(row["estimate"] - several.loc["baseline", "estimate"])
    assert row["change_verdict"] == "narrower"


def test_thresholds_narrow_the_gap_of_one_occupation(compared):
    row = compared.loc[("nurse", "thresholds")]
    assert row["change_high"] < 0
    assert row["change_verdict"] == "narrower"


def test_masking_pronouns_leaves_what_other_words_tell(several):
    assert several.loc["reweigh", "estimate"] < several.loc["scrub", "estimate"] < several.loc["baseline", "estimate"]


def test_what_a_mitigation_costs_is_mostly_what_guessing_by_gender_had_earned(several):
    before, after = several.loc["baseline"], several.loc["reweigh"]
    assert after["accuracy_change"] == pytest.approx(after["accuracy"] - before["accuracy"])
    assert after["accuracy_change_high"] < 0
    assert before["accuracy_unskewed"] - after["accuracy_unskewed"] < -after["accuracy_change"] / 2


def test_every_row_says_what_it_learned_from_and_what_it_was_judged_on(several):
    assert several["n_train"].loc[["baseline", "scrub", "augment", "reweigh"]].tolist() == [N, N, 2 * N, N]
    assert several["n_train"].loc["resample down"] < N < several["n_train"].loc["resample up"]
    assert set(several["n_test"]) == {N}


def test_where_the_gender_is_dealt_by_chance_only_noise_is_left_to_find():
    dealt = synthetic_biographies(800, seed=2)
    dealt["gender"] = pd.Series(["female", "male"] * 800).sample(frac=1, random_state=0).to_numpy()
    assert (compare_mitigations(dealt).query("scope == 'all'")["estimate"] < 0.2).all()


def test_the_same_biographies_give_the_same_table():
    few = synthetic_biographies(150)
    pd.testing.assert_frame_equal(compare_mitigations(few), compare_mitigations(few))


def test_from_a_few_texts_nothing_is_concluded():
    rows = compare_mitigations(synthetic_biographies(100))
    assert set(rows["verdict"]) == {"exploratory"}
    assert set(rows["change_verdict"]) == {"baseline", "exploratory"}
    assert rows["p_adj"].isna().all()


def test_another_occupation_can_be_the_one_that_is_decided_about(biographies):
    few = biographies.groupby(["split", "occupation", "gender"]).head(20)
    assert set(compare_mitigations(few, positive="engineer")["scope"]) == {"all", "engineer"}


def test_names_of_occupations_do_not_tell(biographies):
    few = biographies.groupby(["split", "occupation", "gender"]).head(20)
    told = few.assign(text=few["text"] + " A true " + few["occupation"] + ".")
    assert compare_mitigations(told)["accuracy"].iloc[0] < 0.9


@pytest.mark.parametrize("column", ["text", "occupation", "gender", "split"])
def test_a_lacking_column_is_named(biographies, column):
    with pytest.raises(DataError, match=column):
        compare_mitigations(biographies.drop(columns=column))


def test_one_gender_only_is_refused(biographies):
    with pytest.raises(DataError, match="female, male, and holds: female"):
        compare_mitigations(biographies[biographies["gender"] == "female"])


def test_an_unknown_gender_is_refused(biographies):
    with pytest.raises(DataError, match="unmarked"):
        compare_mitigations(biographies.assign(gender=["unmarked", *biographies["gender"][1:]]))


def test_a_table_without_test_texts_is_refused(biographies):
    with pytest.raises(DataError, match="train, test, and holds: train"):
        compare_mitigations(biographies[biographies["split"] == "train"])


def test_one_occupation_only_is_refused(biographies):
    with pytest.raises(DataError, match="here are: nurse"):
        compare_mitigations(biographies[biographies["occupation"] == "nurse"])


def test_an_occupation_that_is_not_there_cannot_be_decided_about(biographies):
    with pytest.raises(DataError, match="welder"):
        compare_mitigations(biographies, positive="welder")


def test_an_occupation_to_be_tested_that_was_never_learned_is_named(biographies):
    unseen = biographies[(biographies["occupation"] != "chef") | (biographies["split"] == "test")]
    with pytest.raises(DataError, match="train, chef, female; train, chef, male"):
        compare_mitigations(unseen)


def test_a_missing_text_is_counted(biographies):
    with pytest.raises(DataError, match=f"1 of {2 * N} texts"):
        compare_mitigations(biographies.assign(text=[None, *biographies["text"][1:]]))


def test_a_missing_occupation_is_refused(biographies):
    with pytest.raises(DataError, match="needs its occupation"):
        compare_mitigations(biographies.assign(occupation=[None, *biographies["occupation"][1:]]))
