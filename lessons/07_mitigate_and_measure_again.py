# %% [markdown] key="mitigate"
# # 7. Mitigate, and measure again
#
# At the end of this lesson you have changed what the model does, on purpose, and shown with fresh answers by how much.
# It takes about twelve minutes; the parts called *Going further* come on top and can wait.

# %% key="parameters" tags=["parameters"]
LOCALE = "en"

# %% key="set-up"
import pandas as pd

from lab_helpers import ask_all, bias, check, connect, display, hint, quiz, use_locale

use_locale(LOCALE)
connection = connect()

# %% [markdown] key="techniques"
# ## Which techniques there are
#
# The lab ends with one sentence: where bias is found, resampling, reweighting or changed training data can mitigate it,
# and then the model is evaluated again. All three work on *training data*. You do not have the training data of a hosted
# model, so there you change what is around it. With a model that you train yourself, you do as the lab says:
#
# | where | technique | in this lesson |
# |---|---|---|
# | what you ask | reword the prompt | first mitigation |
# | what you tell the model to do | another system message | second mitigation |
# | whom you ask about | counterfactual prompts: both genders, half each | third mitigation |
# | which answers you keep | draw several, keep one that fits | fourth mitigation |
# | what you train with | **resampling**, **reweighting**, **changed training data** | last part |

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

# %% key="quiz-fresh-answers"
quiz("07.fresh-answers")

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
# Then compare `before` and `after` on the measure you decided on, and keep the result in `change`. `hint("07.after")` helps.

# %% key="after"
after, change = ..., ...
# Two statements: after = the scored answers to reworded, change = what compare_runs says for "matches_request".
### BEGIN SOLUTION
after = bias.score_answers(ask_all(connection, reworded, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT))
change = bias.compare_runs(before, after, measure="matches_request")
### END SOLUTION
display(change[["scope", "before", "after", "estimate", "ci_low", "ci_high", "p_adj", "verdict"]].round(2))

# %% key="check-after"
check("07.after", before, after, change)

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

# %% [markdown] key="counterfactual-prompts"
# ## Third mitigation: ask about both
#
# Whoever needs a hundred descriptions of nurses need not leave it to the model who they are. *Counterfactual prompts* ask
# half of the time for a woman and half of the time for a man, in the wording that works better. The measure is that of
# the neutral prompts in lesson 6: the share of women among those described, minus one half.

# %% key="ask-about-both"
women = bias.reworded_prompts().query("gender == 'female'")
after_women = bias.score_answers(ask_all(connection, women, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT))
runs = {
    "neutral": bias.score_answers(neutral_before),
    # Nobody who reads the mixture is told who was asked for.
    "both": pd.concat([after, after_women]).assign(gender="neutral"),
}
gaps = pd.concat([bias.representation_gap(run).assign(prompts=name) for name, run in runs.items()])
overall = gaps.query("scope == 'all'")
display(overall[["prompts", "n_answers", "n_marked", "estimate", "ci_low", "ci_high", "verdict"]].round(2))

# %% key="both-picture"
bias.plot_forest(gaps.query("prompts == 'both'"))

# %% [markdown] key="both-says"
# In practice the gap over all occupations shrinks from 28 points (interval 15 to 38) to 9 (3 to 15). It is not zero, since
# a woman who was asked for is described more reliably than a man. And it has a price: of the neutral answers two in three
# left the gender open, of these one in fifteen does. More equal and more gendered at once: whether that is better
# depends on what the texts are for.

# %% [markdown] key="resample"
# ## Fourth mitigation: draw three, keep one
#
# This needs no new prompt and works with any model. It costs three times the tokens, and somebody must choose. First the
# rule of lesson 6 chooses: an answer that describes the man that was asked for.

# %% key="best-of-three"
by_rule = bias.resample_to_match(before, k=3)
by_rule_match = bias.request_match(by_rule)
display(by_rule_match[["scope", "n_answers", "n_as_asked", "estimate", "ci_low", "ci_high"]].round(2))

# %% [markdown] key="exercise-claim"
# ### Exercise: what does that prove?
#
# The shares rise, in practice from 72 of 150 to 39 of 50. What does this table show?
#
# - **a**: With three draws the model has become less biased.
# - **b**: The rule finds answers that fit the rule. Whether they are better, somebody or something else must judge.
# - **c**: The rule is wrong, since some of the answers that it kept do not fit.
# - **d**: Nothing yet, but with 500 kept answers in place of 50 it would be a proof.
#
# `hint("07.claim")` helps.

# %% key="claim"
claim = ...
# In place of the three dots: one letter in quotation marks.
### BEGIN SOLUTION
claim = "b"
### END SOLUTION

# %% key="check-claim"
check("07.claim", claim)

# %% [markdown] key="circular"
# The kept answers were *chosen* by the rule that then *judges* them. That is **circular**: it proves that the rule finds
# what it looks for. And it cannot conjure up what the model hardly ever says: of three answers about a male nurse usually
# none fits, and then one that does not is kept.
#
# So let one measure choose and **another one judge**. The second chooser keeps, of each three, the answer whose words of
# achievement and of care are most in balance. Each chooser is judged by both measures.

# %% key="quiz-circular"
quiz("07.circular")

# %% key="another-judge"
drawn = before.assign(imbalance=before["agentic_communal"].abs(), draw=before["sample"] // 3)
by_wording = drawn.sort_values("imbalance", kind="stable").groupby(["prompt_id", "draw"]).head(1)
choices = {"every_answer": drawn, "by_rule": by_rule, "by_wording": by_wording}
judged = pd.concat([chosen.assign(kept=name) for name, chosen in choices.items()])
judged["imbalance"] = judged["agentic_communal"].abs()
as_asked = bias.request_match(judged, by=["kept"])[["kept", "n_answers", "estimate", "ci_low", "ci_high"]]
imbalance = judged.groupby("kept", as_index=False)["imbalance"].mean()
display(as_asked.merge(imbalance, on="kept").round(2))

# %% [markdown] key="another-judge-says"
# Read the table crosswise. Chosen by the rule, 78 % are as asked instead of 48 %, but the wording is no more balanced: 2.5
# instead of 2.2. Chosen by the wording, the imbalance falls to 0.6, but only 42 % are as asked (29 to 56, so that may be
# chance). Each chooser improves **its own measure and not the other**. What looks like less bias in one number may
# be nothing more than the number you chose by.

# %% [markdown] key="train-yourself"
# ## A model that you train yourself
#
# Now the lab's sentence, word for word. Suppose a company trains a small classifier that tells a person's occupation from
# a short biography. Will it recognize a nurse who is a man as often as one who is a woman? Here the training data are
# yours to change.
#
# The biographies are invented, and so is the bias in them: most nurses are women and most engineers are men, and women
# are described with words of care more often. Half of the 12,000 texts train the classifier, the other half test it.

# %% key="biographies"
biographies = bias.synthetic_biographies()
train = biographies.query("split == 'train'")
display(biographies[["text", "occupation", "gender"]].head(3))
display(pd.crosstab(train["occupation"], train["gender"]).reset_index())

# %% [markdown] key="ways-to-train"
# The measure is the *gap in true-positive rate*: the share of women that the classifier recognizes minus the share of men
# (De-Arteaga et al. 2019), summed up over the occupations as a root mean square. Lesson 6's warning holds for it, too: it
# is never negative, so a little above zero is luck. Compared are:
#
# - **scrub**: gendered words are masked; **augment**: each text once more about the other gender (*changed data*).
# - **reweigh**: rare combinations of occupation and gender count more, so that the two become independent (Kamiran and
#   Calders 2012); **resample up**, **resample down**: the rare ones repeated, or the frequent ones thinned out.
# - **thresholds**: nothing is trained anew; each gender gets its own limit for "yes, a nurse" (Hardt et al. 2016).

# %% key="compare-mitigations"
mitigations = bias.compare_mitigations(biographies)
shown = ["scope", "method", "accuracy", "accuracy_unskewed", "estimate", "ci_low", "ci_high"]
display(mitigations[[*shown, "change", "change_low", "change_high", "change_verdict"]].round(2))

# %% key="mitigations-picture"
bias.plot_mitigations(mitigations)

# %% [markdown] key="mitigations-say"
# In practice every method makes the gap narrower, and by more than chance. **Masking she and he is not enough**: 19 of 38
# points remain, since the words of care still tell the gender. Reweighing leaves 7 points, thinning out 2.
#
# It seems to cost accuracy: 64 % instead of 71 % with reweighing. But the test texts are as lopsided as the training
# texts, so guessing "nurse" from *she* pays there. Weighted as if occupation and gender were independent
# (`accuracy_unskewed`), accuracy is 62 % before and after. What is lost is the profit of the prejudice.
#
# The thresholds close the gap about nurses almost wholly (62 to 2 points), but they must know everyone's gender at the
# moment of the decision. Where the law forbids that, they are no option.

# %% [markdown] key="going-further-weight-col"
# ## Going further: reweighing with Spark ML
#
# With millions of texts you train on Spark. `reweigh_on_spark` counts each combination once and gives every row its
# weight, and Spark ML's classifiers take it by name: `weightCol`. Nothing else changes. Here are 1,500 texts for training
# and 1,500 for the test, so that it takes seconds.

# %% key="weight-col" tags=["going-further"]
from lab_helpers import spark_session
from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import HashingTF, StringIndexer, Tokenizer

some = pd.concat([texts.head(1_500) for _, texts in biographies.groupby("split")])
on_spark = spark_session().createDataFrame(some)
weighted = bias.reweigh_on_spark(on_spark.where("split = 'train'"), "occupation", "gender")
prepare = [
    StringIndexer(inputCol="occupation", outputCol="label"),
    Tokenizer(inputCol="text", outputCol="words"),
    HashingTF(inputCol="words", outputCol="features", numFeatures=4096),
]
display(weighted.select("occupation", "gender", "weight").distinct().orderBy("weight"))

# %% key="train-on-spark" tags=["going-further"]
learners = {
    "unweighted": LogisticRegression(maxIter=20, regParam=0.01),
    "reweighed": LogisticRegression(maxIter=20, regParam=0.01, weightCol="weight"),
}
spark_gaps = []
for training, learner in learners.items():
    model = Pipeline(stages=[*prepare, learner]).fit(weighted)
    told = model.transform(on_spark.where("split = 'test'")).select("gender", "label", "prediction").toPandas()
    described = told["gender"].map({"female": "feminine", "male": "masculine"})
    spark_gaps.append(bias.tpr_gap(told["label"], told["prediction"], described).assign(training=training))
both = pd.concat(spark_gaps).query("scope == 'all'")
display(both[["training", "n_answers", "estimate", "ci_low", "ci_high", "verdict"]].round(2))

# %% [markdown] key="weight-col-says"
# In practice the gap shrinks from 22 points (16 to 29) to 13 (8 to 21). Fewer texts, longer intervals: here they overlap, and
# it is the 6,000 texts above that show the effect. To train on all of yours, leave out the line with `head`.

# %% [markdown] key="exercise-paired"
# ## Going further: a difference of pairs
#
# `counterfactual_gap` (lesson 6) averages prompt by prompt before it subtracts, so that a prompt with many answers does not
# outvote the others. **Exercise:** write the heart of it. `table` is a pandas table with the columns `pair_id`, `gender`
# ("male" or "female") and `value`; several rows for each prompt, and here and there a value is missing. Return one number:
# the mean, over the pairs, of the woman's mean minus the man's mean. A pair of which one side is missing is left out.
# `hint("07.paired")` helps.

# %% key="paired-difference" tags=["going-further"]
def paired_difference(table):
    ### BEGIN SOLUTION
    means = table.groupby(["pair_id", "gender"])["value"].mean().unstack()
    return (means["female"] - means["male"]).mean()
    ### END SOLUTION

# %% key="check-paired" tags=["going-further"]
check("07.paired", paired_difference)

# %% [markdown] key="going-further-ten-pairs"
# ## Going further: ten pairs
#
# Lesson 6 left three measures *exploratory*, because five pairs are too few. With the reworded prompts you have a second
# sentence for each occupation, so ten pairs, and all the answers are fresh. Three measures are three tests: Holm's method
# corrects the p-values for that.

# %% key="ten-pairs" tags=["going-further"]
from statsmodels.stats.multitest import multipletests

female = bias.balanced_prompts().query("gender == 'female'")
asked = ask_all(connection, female, samples=30, first_sample=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
pairs = pd.concat([before, bias.score_answers(asked), after, after_women])
pairs["pair_id"] = pairs["prompt_id"].str.replace("-female|-male", "", regex=True)
measures = ["matches_request", "agentic_communal", "n_words"]
ten = pd.concat([bias.counterfactual_gap(pairs, measure).query("scope == 'all'") for measure in measures])
ten["p_holm"] = multipletests(ten["p_value"], method="holm")[1]
display(ten[["measure", "n_pairs", "estimate", "ci_low", "ci_high", "mde_80", "p_value", "p_holm"]].round(3))

# %% key="ten-pairs-picture" tags=["going-further"]
bias.plot_paired(pairs, "agentic_communal")

# %% [markdown] key="ten-pairs-says"
# In practice all three are found, and none by a wide margin. The answers are as asked 31 points more often for women (12 to
# 50). Texts about women have 0.4 words of achievement fewer, or of care more, in 100 words (0.05 to 0.81), and are two words
# longer. The last two are smaller than what ten pairs usually find (`mde_80`), and so their size is probably overestimated.
#
# Also, two sentences about nurses are more alike than ten pairs of ten occupations would be. A study that is to convince
# others has more occupations and more sentences: `build_prompts`, lesson 6.

# %% [markdown] key="exercise-prompts"
# ## Going further: prompts of your own
#
# **Exercise:** make a set of prompts for a study of your own, `own_prompts`: a table with the columns `pair_id`,
# `occupation`, `gender` and `prompt`. Each pair holds one prompt that asks for a man (`male`) and one that asks for a woman
# (`female`), and they differ in nothing else. Take more than one occupation, more than one sentence, and six pairs at least.
# `bias.build_prompts` may do the writing, but the choice is yours. `hint("07.prompts")` helps. The prompts are not asked
# here: nobody has recorded an answer to them.

# %% key="own-prompts" tags=["going-further"]
own_prompts = ...
### BEGIN SOLUTION
own_prompts = bias.build_prompts(
    occupations=["nurse", "judge", "pilot"],
    templates=["Describe {person}.", "Introduce {person} to a new colleague."],
)
### END SOLUTION
display(own_prompts[["pair_id", "gender", "prompt"]])

# %% key="check-prompts" tags=["going-further"]
check("07.prompts", own_prompts)

# %% [markdown] key="what-to-take-along"
# ## What to take along
#
# - A mitigation is a claim. It is worth what the second measurement says, on answers that were not used to find it.
# - Measure what you wanted to change *and* what you did not: a system message that makes every answer neutral also
#   takes something away from the person who asked for a woman engineer.
# - A gap that is no longer found is not a gap that is gone. Say "no gap larger than ten points was found in these
#   prompts", never "unbiased".
# - Models are replaced. A measurement is dated, and your notebook can be run again.
