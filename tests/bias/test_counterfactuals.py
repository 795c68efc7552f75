import pytest

from lab_helpers.bias import counterfactual_augment

TWINS = [
    ("She told her colleague.", "He told his colleague."),
    ("He likes his patients.", "She likes her patients."),
    ("The ward depends on him.", "The ward depends on her."),
    ("The idea was hers.", "The idea was his."),
    ("Describe a male nurse.", "Describe a female nurse."),
    ("Mr. Silva is a kind man.", "Ms. Silva is a kind woman."),
    ("HE KNOWS. He knows.", "SHE KNOWS. She knows."),
    ("A nurse in the theme park.", "A nurse in the theme park."),
    ("She’s a mother.", "He’s a father."),
]
ONE_WAY = [
    ("Patients trust her.", "Patients trust him."),
    ("We gave her to the team", "We gave him to the team"),
    ("The idea was his.", "The idea was hers."),
    ("his or her patients", "her or his patients"),
    ("his/her job", "her/his job"),
    ("her well-being", "his well-being"),
    ("Mrs. Lee", "Mr. Lee"),
    ("Mother's Day", "Mother's Day"),
    ("s/he works", "s/he works"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "twin"), TWINS + [(twin, text) for text, twin in TWINS] + ONE_WAY)
def test_every_gendered_word_is_swapped_and_nothing_else(text, twin):
    assert counterfactual_augment(text) == twin
