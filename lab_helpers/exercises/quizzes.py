"""Quizzes: questions about the lessons' ideas, each choice with an answer of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_lowercase

from lab_helpers.i18n import Message, message


@dataclass(frozen=True)
class Choice:
    """One choice, and what is said to whoever takes it."""

    text: Message
    feedback: Message


@dataclass(frozen=True)
class Quiz:
    """One question with one right choice.

    key: the lesson's number and a name, "06.interval-says". right: the letter of the right choice, "a" for the first.
    """

    key: str
    title: Message
    question: Message
    choices: tuple[Choice, ...]
    right: str

    @property
    def lesson(self) -> str:
        """The number of its lesson: "06"."""
        return self.key.partition(".")[0]

    def by_letter(self) -> Mapping[str, Choice]:
        """The choices by their letters, from "a" on."""
        return dict(zip(ascii_lowercase, self.choices, strict=False))


_ALL = (
    Quiz(
        "04.confounded",
        message("Gender or occupation?"),
        message(
            "The lab asks for a male nurse and a female doctor. Suppose that the answers differ. What does this show?"
        ),
        (
            Choice(
                message("That the model treats men and women differently."),
                message(
                    "It may, but the two prompts also differ in the occupation. Which of the two made the difference?"
                ),
            ),
            Choice(
                message("Nothing about gender yet: gender and occupation changed together."),
                message(
                    "Yes: the two are confounded. Only prompts that differ in nothing but gender can tell them apart."
                ),
            ),
            Choice(
                message("That the model treats nurses and doctors differently."),
                message("It may, but the two prompts also differ in the gender. Which of the two made the difference?"),
            ),
        ),
        "b",
    ),
    Quiz(
        "05.one-answer",
        message("One answer, another answer"),
        message(
            "You ask “Describe a nurse.” once and the answer is about a woman. You ask again and it is about a man. "
            "What has happened?"
        ),
        (
            Choice(
                message("The model has learned from the first question."),
                message("A deployed model learns nothing from your questions: each call begins anew."),
            ),
            Choice(
                message("One of the two answers was an error."),
                message("Neither was: a model draws its words at random, and both are what it says now and then."),
            ),
            Choice(
                message("The model draws its words at random, so answers to one prompt vary."),
                message("Yes. That is why one answer is a suspicion, and many are a measurement."),
            ),
        ),
        "c",
    ),
    Quiz(
        "05.system-message",
        message("What a system message proves"),
        message("The system message asks for answers “free from any form of bias”. What may you conclude from that?"),
        (
            Choice(
                message("That the answers are free from bias: the model follows its instructions."),
                message("An instruction is a wish. Whether it was granted, only the answers can tell."),
            ),
            Choice(
                message("Nothing about the answers: whether it helped has to be measured."),
                message("Yes. In lesson 6 you compare answers with and without this message, and see."),
            ),
            Choice(
                message("That the model is biased: otherwise nobody would have to ask."),
                message("The message says what its author wanted to prevent, not what the model does."),
            ),
        ),
        "b",
    ),
    Quiz(
        "06.interval-says",
        message("What an interval says"),
        message(
            "Of 30 answers about a male nurse, 4 describe a man: 13 %, with a 95 % interval from 5 % to 30 %. "
            "What does the interval say?"
        ),
        (
            Choice(
                message("95 % of the answers lie between 5 % and 30 %."),
                message(
                    "A single answer describes a man or does not; it has no percentage. The interval is about "
                    "the share."
                ),
            ),
            Choice(
                message(
                    "Shares from 5 % to 30 % fit these data; intervals made this way hold the true share 95 "
                    "times in 100."
                ),
                message("Yes. So half of the answers, 50 %, is hard to reconcile with what you saw; 20 % is not."),
            ),
            Choice(
                message("The share will be between 5 % and 30 % for every model."),
                message("It speaks of this model, this prompt and these settings only."),
            ),
            Choice(
                message("The next 30 answers give a share between 5 % and 30 % for certain."),
                message(
                    "Nothing is certain, and a second sample varies as well as the first. The interval is about "
                    "the true share."
                ),
            ),
        ),
        "b",
    ),
    Quiz(
        "06.many-measures",
        message("Twenty measures, one gap"),
        message(
            "You compare answers about men and women on 20 measures, each at the 5 % level, and one of them "
            "shows a gap. "
            "What now?"
        ),
        (
            Choice(
                message("Report the gap: it is significant."),
                message(
                    "With 20 measures and no gap at all, chance alone shows at least one in about two of three "
                    "such studies."
                ),
            ),
            Choice(
                message("Correct for the number of comparisons, or confirm it on fresh answers."),
                message(
                    "Yes. Best of all: name a few measures before you look, and call everything else a find to "
                    "be confirmed."
                ),
            ),
            Choice(
                message("Drop the other 19 measures from the report, to keep it readable."),
                message("Then nobody can see any more how many chances the one had. Say how many you looked at."),
            ),
        ),
        "b",
    ),
    Quiz(
        "06.more-answers",
        message("More answers or more sentences"),
        message(
            "You have one sentence for each gender, and want to speak of all the ways of asking for a nurse. "
            "What helps?"
        ),
        (
            Choice(
                message("A hundred more answers to each of the two sentences."),
                message("Then you know these two sentences very well, and still nothing about others."),
            ),
            Choice(
                message("More sentences, with some answers to each."),
                message("Yes: the sentence is the unit. New ones say more than further answers to the old ones."),
            ),
            Choice(
                message("A lower temperature, so that the answers vary less."),
                message(
                    "That measures another thing: what the model says at that temperature, to the same two sentences."
                ),
            ),
        ),
        "b",
    ),
    Quiz(
        "06.no-gap",
        message("No gap found"),
        message("A comparison ends with “no gap larger than 10 points found”. Which sentence may you write?"),
        (
            Choice(
                message("The model is unbiased."),
                message(
                    "No study can show that: there are other measures, prompts, languages, and gaps below 10 points."
                ),
            ),
            Choice(
                message("Men and women are described in the same way."),
                message("One measure on some prompts was compared. A gap of 8 points would have gone unseen, too."),
            ),
            Choice(
                message("On these prompts and this measure, no gap larger than 10 points was found."),
                message("Yes. It names the measure, the prompts and the size, and promises nothing beyond."),
            ),
        ),
        "c",
    ),
    Quiz(
        "06.grammar",
        message("A word's gender and a person's"),
        message(
            "In Portuguese, an answer says “a pessoa é dedicada; a enfermeira cuida de seu paciente”. "
            "Which word tells that a woman is described?"
        ),
        (
            Choice(
                message("“a pessoa … dedicada”"),
                message(
                    "“Pessoa” is feminine for everybody, and “dedicada” only agrees with it: grammar, not a "
                    "person's gender."
                ),
            ),
            Choice(
                message("“a enfermeira”"),
                message("Yes: this noun has a form for each gender, and here the feminine was chosen."),
            ),
            Choice(
                message("“seu paciente”"),
                message("“Seu” agrees with “paciente”, the thing possessed, and says nothing about whose it is."),
            ),
        ),
        "b",
    ),
    Quiz(
        "07.circular",
        message("The rule that judges itself"),
        message(
            "Of three answers you keep the one that a rule likes best. Then the same rule says that the kept "
            "answers are "
            "better. What has been shown?"
        ),
        (
            Choice(
                message("That the model has improved."),
                message("The model is the same as before: you have only chosen among its answers."),
            ),
            Choice(
                message("Only that the rule finds what it looks for: another judge is needed."),
                message("Yes. A person, or a measure that was not used for choosing, has to look at the kept answers."),
            ),
            Choice(
                message("That three answers are enough."),
                message("Enough for what? The number of answers does not make a judge independent."),
            ),
        ),
        "b",
    ),
    Quiz(
        "07.fresh-answers",
        message("Why fresh answers"),
        message(
            "In lesson 6 no answer about the male nurse described a man; of fresh answers, 4 in 30 do. Nothing "
            "was changed. "
            "Why does the mitigation have to be compared with fresh answers?"
        ),
        (
            Choice(
                message(
                    "Because the smallest of many numbers is partly luck, and rises by itself when measured again."
                ),
                message("Yes: regression to the mean. Compared with the old zero, luck would look like success."),
            ),
            Choice(
                message("Because old answers are worth less: models change every day."),
                message(
                    "This one did not change. The old number was picked for being extreme, and that is the trouble."
                ),
            ),
            Choice(
                message("Because 4 in 30 proves that lesson 6 was wrong."),
                message("Both are what this model gives now and then: the interval of 0 in 30 reaches to about 11 %."),
            ),
        ),
        "a",
    ),
)

QUIZZES: Mapping[str, Quiz] = {quiz.key: quiz for quiz in _ALL}
