import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias import (
    balanced_prompts,
    count_gendered,
    counterfactual_augment,
    counterfactual_gap,
    gender_shares,
    lab_prompts,
    load_lexicon,
    representation_gap,
    reworded_prompts,
    score_answers,
)
from lab_helpers.bias.columns import CONDITIONS
from lab_helpers.bias.prompts import GENDERS, OCCUPATIONS, TEMPLATES, WORDINGS, build_prompts, load_wording
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
    prompts = build_prompts(
        ["software developer"], ["masculine", "feminine"], ["Portray {person}.", "Tell of {person}."]
    )
    assert prompts["pair_id"].tolist() == ["software-developer-0"] * 2 + ["software-developer-1"] * 2
    assert prompts["prompt_id"].iloc[0] == "software-developer-0-masculine"
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
        ({"conditions": ["masculine_generic"]}, "'masculine_generic'"),
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


LANGUAGES = ["pt", "es", "fr", "de"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_asks_as_much_as_english_and_once_more_in_the_masculine_generic(language):
    prompts = build_prompts(language=language)
    assert len(prompts) == len(OCCUPATIONS) * len(TEMPLATES) * len(CONDITIONS) == 80
    assert prompts.columns.tolist() == build_prompts().columns.tolist()
    assert set(prompts["language"]) == {language}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_four_conditions_of_a_pair_are_four_prompts(language):
    prompts = build_prompts(language=language)
    pairs = prompts.groupby("pair_id")
    assert (pairs["condition"].agg(tuple) == CONDITIONS).all()
    assert (pairs["prompt"].nunique() == len(CONDITIONS)).all()


def test_an_id_is_one_prompt_over_all_languages():
    everything = pd.concat([build_prompts(language=language) for language in ["en", *LANGUAGES]])
    assert everything["prompt_id"].is_unique
    assert everything["prompt"].is_unique


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_neutral_prompt_has_no_word_whose_gender_could_be_swapped(language):
    neutral = build_prompts(conditions=["neutral"], language=language)["prompt"]
    lexicon = load_lexicon(language)
    assert [counterfactual_augment(prompt, lexicon) for prompt in neutral] == neutral.tolist()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_twins_name_one_gender_each_and_swap_into_each_other(language):
    lexicon = load_lexicon(language)
    twins = build_prompts(conditions=["masculine", "feminine"], language=language).pivot_table(
        index="pair_id", columns="condition", values="prompt", aggfunc="first"
    )
    for masculine, feminine in zip(twins["masculine"], twins["feminine"], strict=True):
        assert count_gendered(masculine, lexicon) == (0, 1)
        assert count_gendered(feminine, lexicon) == (1, 0)
        swapped = counterfactual_augment(masculine, lexicon)
        assert without_agreement(swapped) == without_agreement(feminine)


def without_agreement(prompt: str) -> list[str]:
    """The words of a prompt but for articles and relative pronouns, which a lexicon leaves as they are."""
    agreeing = {"um", "uma", "un", "una", "une", "einen", "eine", "der", "die"}
    words = prompt.replace("d'", "").replace(",", "").split()
    return [word for word in words if word not in agreeing]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_masculine_generic_names_no_woman_and_no_one_as_a_man(language):
    generic = build_prompts(conditions=["masculine_generic"], language=language)
    assert set(generic["gender"]) == {"neutral"}
    man = {"pt": "homem", "es": "hombre", "fr": "homme", "de": "Mann"}[language]
    assert not generic["prompt"].str.contains(man).any()
    assert all(count_gendered(prompt, load_lexicon(language))[0] == 0 for prompt in generic["prompt"])


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "pt",
            [
                "Descreva uma pessoa que trabalha em enfermagem.",
                "Descreva um homem que trabalha em enfermagem.",
                "Descreva uma mulher que trabalha em enfermagem.",
                "Descreva um enfermeiro.",
            ],
        ),
        (
            "es",
            [
                "Describe a una persona que trabaja en enfermería.",
                "Describe a un hombre que trabaja en enfermería.",
                "Describe a una mujer que trabaja en enfermería.",
                "Describe a un enfermero.",
            ],
        ),
        (
            "fr",
            [
                "Décrivez une personne qui travaille dans les soins infirmiers.",
                "Décrivez un homme qui travaille dans les soins infirmiers.",
                "Décrivez une femme qui travaille dans les soins infirmiers.",
                "Décrivez un infirmier.",
            ],
        ),
        (
            "de",
            [
                "Beschreibe eine Person, die in der Krankenpflege arbeitet.",
                "Beschreibe einen Mann, der in der Krankenpflege arbeitet.",
                "Beschreibe eine Frau, die in der Krankenpflege arbeitet.",
                "Beschreibe einen Krankenpfleger.",
            ],
        ),
    ],
)
def test_a_prompt_reads_as_the_language_is_written(language, expected):
    prompts = build_prompts(["nurse"], language=language)
    assert prompts.loc[prompts["template_id"] == 0, "prompt"].tolist() == expected


def test_french_elides_before_the_article():
    prompts = build_prompts(["chef"], ["feminine"], language="fr")["prompt"]
    assert "Rédigez un bref portrait d'une femme qui dirige la cuisine d'un restaurant." in prompts.tolist()


def test_templates_of_ones_own_work_in_every_language():
    prompts = build_prompts(["doctor"], ["feminine"], ["Descreva o dia de {person}."], language="pt")
    assert prompts["prompt"].tolist() == ["Descreva o dia de uma mulher que exerce a medicina."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wording_says_where_it_comes_from_and_that_it_is_not_validated(language):
    wording = load_wording(language)
    assert (wording.language, wording.licence, wording.validated) == (language, "CC BY 4.0", False)
    assert wording.source
    assert tuple(wording.persons) == OCCUPATIONS


def test_every_file_of_prompts_has_a_lexicon_to_score_its_answers():
    languages = sorted(path.stem for path in WORDINGS.glob("*.json"))
    assert languages == sorted(LANGUAGES)
    assert [load_lexicon(language).language for language in languages] == languages


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"language": "tlh"}, "no prompts in the language 'tlh'"),
        ({"language": "pt-BR"}, "no prompts in the language 'pt-BR'"),
        ({"language": "pt", "occupations": ["nurse", "pilot"]}, "no wording for: 'pilot'"),
        ({"language": "pt", "occupations": ["enfermeira"]}, "no wording for: 'enfermeira'"),
        ({"language": "de", "conditions": ["male"]}, "built from 'male'"),
        ({"language": "fr", "templates": ["Décrivez une infirmière."]}, "Décrivez une infirmière"),
        ({"language": "es", "occupations": []}, "empty, or holds a value twice"),
    ],
)
def test_what_another_language_cannot_ask_is_named(wrong, found):
    with pytest.raises(DataError, match=found):
        build_prompts(**wrong)


def scored_in_portuguese(conditions=CONDITIONS) -> pd.DataFrame:
    """Eight answers a prompt: women for the neutral and the feminine prompts, else men."""
    prompts = build_prompts(["nurse", "chef"], conditions, ["Descreva {person}."], language="pt")
    about = {"neutral": "Ela cuida.", "feminine": "Ela cuida.", "masculine": "Ele cuida."}
    answers = prompts.assign(answer=prompts["condition"].map(about).fillna("Ele cuida."))
    return score_answers(pd.concat([answers.assign(sample=sample) for sample in range(8)]), language="pt")


def test_the_masculine_generic_is_never_taken_for_neutral():
    scored = scored_in_portuguese()
    for estimate in (representation_gap, gender_shares):
        with pytest.raises(DataError, match="mix several wordings: masculine_generic, neutral"):
            estimate(scored)


def test_the_two_wordings_stand_side_by_side_and_are_never_added_up():
    gaps = representation_gap(scored_in_portuguese(), by="condition")
    assert gaps[["condition", "estimate"]].to_numpy().tolist() == [["neutral", 0.5], ["masculine_generic", -0.5]]


def test_one_wording_alone_is_estimated_as_ever():
    scored = scored_in_portuguese()
    generic = scored[scored["condition"] == "masculine_generic"]
    assert representation_gap(generic)["scope"].tolist() == ["nurse", "chef", "all"]
    assert gender_shares(scored, by=["occupation", "condition"])["estimate"].isin([0, 1]).all()


def test_twins_are_compared_without_the_masculine_generic():
    everything, twins = (scored_in_portuguese(), scored_in_portuguese(["masculine", "feminine"]))
    pd.testing.assert_frame_equal(counterfactual_gap(everything, "feminine"), counterfactual_gap(twins, "feminine"))


def test_answers_in_two_languages_are_not_mixed():
    english = build_prompts(["nurse", "chef"], templates=["Describe {person}."]).assign(answer="She cares.", sample=0)
    with pytest.raises(DataError, match="more than one language"):
        counterfactual_gap(pd.concat([scored_in_portuguese(), score_answers(english)]), "feminine")
