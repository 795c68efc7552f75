from lab_helpers.azure import Verified


def test_a_done_step_shows_a_sign_a_word_and_what_was_found():
    assert repr(Verified(True, "The service answers.")) == "✓ Verified: The service answers."


def test_a_step_to_do_ends_with_the_next_step():
    assert repr(Verified(False, "No key.", "Set it.")) == "✗ Not yet: No key.\n→ Set it."


def test_html_says_in_words_what_the_text_says():
    html = Verified(False, "No key.", "Set it.")._repr_html_()
    assert html == "<p><strong>✗ Not yet:</strong> No key.</p><p>→ Set it.</p>"


def test_what_a_server_wrote_cannot_become_markup():
    assert "<script>" not in Verified(False, "<script>", "<script>")._repr_html_()
