# %% [markdown] key="mitigate"
# # 7. Mitigate, and measure again
#
# At the end of this lesson you have changed what the model does, on purpose, and shown with fresh answers by how much.
# It takes about eight minutes.

# %% key="parameters" tags=["parameters"]
LOCALE = "en"

# %% key="set-up"
from lab_helpers import ask_all, bias, connect, display, use_locale

use_locale(LOCALE)
connection = connect()

# %% [markdown] key="techniques"
# ## Which techniques there are
#
# The lab ends with one sentence: where bias is found, resampling, reweighting or changed training data can mitigate it,
# and then the model is evaluated again. All three work on *training data*. You do not have the training data of a hosted
# model, so they cannot be applied to it. But they can be applied to what is around it:
#
# | where | technique | in this lesson |
# |---|---|---|
# | what you ask | reword the prompt | first mitigation |
# | what you tell the model to do | another system message | second mitigation |
# | which answers you keep | **resampling**: draw several, keep one that fits | third mitigation |
# | what you train with the answers | **reweighting**, **changed training data** | going further |

# %% [markdown] key="plan-first"
# ## Say beforehand what you will measure
#
# Try ten changes and measure twenty things, and one of them will look like a success by chance. So decide first, and
# write it down:
#
# - **Measure:** the share of answers that describe the gender that was asked for, for prompts that ask for a man.
# - **Before:** answers that were not used in lesson 6. The old ones raised the suspicion, so they are extreme by
#   selection. Fresh ones are fair.
# - **Success:** the interval of the difference (after minus before) lies above zero.

# %% key="before"
men = bias.balanced_prompts().query("gender == 'male'")
before = bias.score_answers(
    ask_all(connection, men, samples=30, first_sample=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
)
before_match = bias.request_match(before)
display(before_match[["scope", "n_answers", "n_as_asked", "estimate", "ci_low", "ci_high"]].round(2))

# %% [markdown] key="fresh-agrees"
# In practice 4 of 30 fresh answers about the male nurse describe a man, where lesson 6 found none. Nothing about the model
# has changed: the smallest of many numbers was partly luck. Had you compared a mitigation with the old 0 of 30, the four
# would have looked like its success.

# %% [markdown] key="reword"
# ## First mitigation: reword the prompt
#
# "A male nurse" leaves the gender to one adjective in front of a word that the model has mostly seen with *she*. "A man
# who works as a nurse" begins with the person. Look at the new prompts.

# %% key="reworded-prompts"
reworded = bias.reworded_prompts().query("gender == 'male'")
display(reworded[["prompt_id", "prompt"]])

# %% [markdown] key="exercise-after"
# ### Exercise: measure again
#
# Ask the reworded prompts, thirty samples each, with the same system message. Score the answers and keep them in `after`.
# Then compare `before` and `after` on the measure you decided on, and keep the result in `change`.

# %% key="after"
# Two statements: after = the scored answers to reworded, change = what compare_runs says for "matches_request".
### BEGIN SOLUTION
after = bias.score_answers(ask_all(connection, reworded, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT))
change = bias.compare_runs(before, after, measure="matches_request")
### END SOLUTION
display(change[["scope", "before", "after", "estimate", "ci_low", "ci_high", "p_adj", "verdict"]].round(2))

# %% key="before-after"
bias.plot_before_after(change)

# %% [markdown] key="rewording-worked"
# In practice it worked. Over all five occupations the share rises from 48 % to 75 %, a difference of 27 points with an
# interval from 16 to 37. (The verdict *gap* here means that the two runs differ.) The nurse goes from 13 % to 60 %, the
# teacher from 27 % to 67 %. For chef and doctor the data do not show a change, and do not rule one out either.
#
# A few words did what a whole sentence about being free from bias did not. And it is not solved: two in five nurses who
# were asked for as men are still not described as men.

# %% [markdown] key="instruct"
# ## Second mitigation: say what to do, not what to be
#
# "Free from any form of bias" tells the model what to *be*. The next system message tells it what to *do*: describe the
# work, and mention no name, gender or age. Here the question is another one, and so is the measure: of the prompts that
# ask for no gender, how many answers leave it open?

# %% key="ungendered"
neutral = bias.balanced_prompts().query("gender == 'neutral'")
neutral_before = ask_all(connection, neutral, samples=30, first_sample=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
neutral_after = ask_all(connection, neutral, samples=30, system_prompt=bias.UNGENDERED_SYSTEM_PROMPT)
openness = bias.compare_runs(
    bias.score_answers(neutral_before), bias.score_answers(neutral_after), measure="unmarked"
)
display(openness[["scope", "before", "after", "estimate", "ci_low", "ci_high", "p_adj", "verdict"]].round(2))

# %% key="ungendered-picture"
bias.plot_before_after(openness)

# %% [markdown] key="instructing-worked"
# In practice it **backfired**. Before, 65 % of the answers left the gender open; with the instruction only 41 % do. The
# difference is -25 points, with an interval from -35 to -13. Told not to mention a gender, this small model mentions one
# more often, mostly a woman's. Perhaps it picks up the words *name*, *gender* and *age* and writes a portrait; the numbers
# say that it happened, not why.
#
# The instruction reads well, and anyone who had only read it would have shipped it. This is why you measure again.

# %% [markdown] key="resample"
# ## Third mitigation: resample
#
# If one answer in three fits, draw three and keep one that does. This needs no new prompt and works with any model. It
# costs three times the tokens, and someone must judge the answers.

# %% key="best-of-three"
kept = bias.resample_to_match(before, k=3)
kept_match = bias.request_match(kept)
display(kept_match[["scope", "n_answers", "n_as_asked", "estimate", "ci_low", "ci_high"]].round(2))

# %% [markdown] key="circular"
# The shares rise, from 72 of 150 to 39 of 50 in practice. But look at what happened: the answers were *chosen* by the same
# rule that then *judges* them. That is circular. It proves that the rule can find what it looks for, and no more. To claim
# an improvement you need another judge: a person who reads the kept answers, or a measure that was not used for choosing.
#
# And it cannot conjure up what the model hardly ever says. Of three answers about a male nurse usually none fits, and then
# one that does not is kept.

# %% [markdown] key="going-further-reweigh"
# ## Going further: reweight what you train with
#
# Answers of one model are often the training data of another. Suppose somebody trains a small classifier on these
# answers that guesses the occupation from a description (the occupation's own name is masked). If in the data
# nurses are women, will the classifier recognize a nurse who is a man? The *gap in true-positive rate* is the share of
# texts about women that are recognized minus the share of texts about men (De-Arteaga et al. 2019).

# %% key="training-data" tags=["going-further"]
import pandas as pd

women = bias.balanced_prompts().query("gender == 'female'")
asked_women = ask_all(connection, women, samples=30, first_sample=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
texts = pd.concat([before, after, bias.score_answers(asked_women)], ignore_index=True)
texts = texts[texts["described"].isin(["feminine", "masculine"])].reset_index(drop=True)
masked = pd.Series(bias.mask_occupations(texts["answer"], bias.OCCUPATIONS), index=texts.index)
display(pd.crosstab(texts["occupation"], texts["described"]).reset_index())

# %% [markdown] key="weights"
# Reweighing (Kamiran and Calders 2012) gives every text a weight so that, after weighting, occupation and gender are
# independent: rare combinations count more. The classifier is trained twice, without weights and with them, and each
# text is judged by a classifier that has not seen it.

# %% key="reweigh" tags=["going-further"]
weights = bias.reweigh(texts["occupation"], texts["described"])
unweighted = bias.predict_out_of_fold(masked, texts["occupation"])
weighted = bias.predict_out_of_fold(masked, texts["occupation"], weights)
unweighted_gap = bias.tpr_gap(texts["occupation"], unweighted, texts["described"]).assign(training="unweighted")
weighted_gap = bias.tpr_gap(texts["occupation"], weighted, texts["described"]).assign(training="reweighted")
both = pd.concat([unweighted_gap, weighted_gap])
display(both[["training", "scope", "n_answers", "estimate", "ci_low", "ci_high", "verdict"]].round(2))

# %% [markdown] key="reweighing-says"
# In practice the root mean square of the gaps (the row "all") falls from 11 to 6 points, while the classifier recognizes
# nine texts in ten either way. Before, chance alone would rarely give such gaps (verdict *gap*); afterwards it would not be
# surprising (*inconclusive*). The root mean square is never negative, so do not compare its interval with zero.
#
# Be careful with the next sentence. "Significant before, not significant after" does not prove that the two differ: their
# intervals, 6 to 20 and 4 to 14, overlap widely. Reweighing points in the right direction here. To show it, you would need
# more texts.

# %% [markdown] key="what-to-take-along"
# ## What to take along
#
# - A mitigation is a claim. It is worth what the second measurement says, on answers that were not used to find it.
# - Measure what you wanted to change *and* what you did not: a system message that makes every answer neutral also
#   takes something away from the person who asked for a woman engineer.
# - A gap that is no longer found is not a gap that is gone. Say "no gap larger than ten points was found in these
#   prompts", never "unbiased".
# - Models are replaced. A measurement is dated, and your notebook can be run again.
