import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias import balanced_prompts, lab_prompts, reworded_prompts
from lab_helpers.bias.prompts import GENDERS, OCCUPATIONS, TEMPLATES, build_prompts
from lab_helpers.errors import DataError


def test_the_labs_prompts_are_the_labs_to_the_letter():
    assert lab_prompts()["prompt"].tolist() == [
        "Describe a nurse.",
        "Describe a engineer.",
        "Describe a teacher.",
        "Describe a doctor.",
        "Describe a chef.",
        "Describe a male nurse.",
        "Describe a female engineer.",
        "Describe a male teacher.",
        "Describe a female doctor.",
        "Describe a male chef.",
    ]


def test_the_balanced_prompts_ask_for_each_occupation_in_each_way_once():
    prompts = balanced_prompts()
    assert len(prompts) == 15
    assert (prompts.groupby(["occupation", "gender"]).size() == 1).all()
    assert "Describe an engineer." in prompts["prompt"].tolist()
    assert not prompts["prompt"].str.contains("neutral").any()


def test_one_id_means_one_prompt_over_all_lists():
    everything = pd.concat([lab_prompts(), balanced_prompts(), reworded_prompts()])
    assert (everything.groupby("prompt_id")["prompt"].nunique() == 1).all()
    assert "engineer-neutral-lab" in everything["prompt_id"].tolist()


def test_built_prompts_are_templates_times_occupations_times_conditions():
    prompts = build_prompts()
    assert len(prompts) == len(OCCUPATIONS) * len(TEMPLATES) * len(GENDERS) == 60
    assert prompts["prompt_id"].is_unique
    assert prompts["prompt"].is_unique


def test_a_built_prompt_reads_as_english():
    prompts = build_prompts(["engineer"], templates=["Portray {person}."])
    assert prompts["prompt"].tolist() == [
        "Portray an engineer.",
        "Portray a male engineer.",
        "Portray a female engineer.",
    ]


def test_twins_share_their_pair_and_differ_in_gender_only():
    prompts = build_prompts(["software developer"], ["male", "female"], ["Portray {person}.", "Tell about {person}."])
    assert prompts["pair_id"].tolist() == ["software-developer-0"] * 2 + ["software-developer-1"] * 2
    assert prompts["prompt_id"].iloc[0] == "software-developer-0-male"
    twins = prompts["prompt"].str.replace("female", "male")
    assert (twins.groupby(prompts["pair_id"]).nunique() == 1).all()


def test_the_default_template_asks_what_the_lab_asks():
    built = build_prompts(templates=["Describe {person}."])
    assert built["prompt"].tolist() == balanced_prompts()["prompt"].tolist()


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1), min_size=1, max_size=5))
def test_any_distinct_names_give_distinct_prompts(names):
    if len({name.lower() for name in names}) < len(names):
        with pytest.raises(DataError):
            build_prompts(names)
    else:
        assert build_prompts(names)["prompt_id"].is_unique


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"conditions": ["man"]}, "'man'"),
        ({"templates": ["Describe a nurse."]}, "Describe a nurse"),
        ({"occupations": [" "]}, "' '"),
    ],
)
def test_what_makes_no_prompt_is_named(wrong, found):
    with pytest.raises(DataError, match=found):
        build_prompts(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"occupations": []}, {"templates": []}, {"conditions": []}, {"occupations": ["nurse", "Nurse"]}]
)
def test_an_empty_list_or_a_repeated_value_is_refused(wrong):
    with pytest.raises(DataError, match="empty, or holds a value twice"):
        build_prompts(**wrong)
