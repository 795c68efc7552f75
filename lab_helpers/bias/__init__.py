"""Gender bias in answers: prompts, measures per answer, estimates with intervals, mitigation, pictures.

DataFrames in, DataFrames out; a picture at the end. Matplotlib, statsmodels and scikit-learn load when first needed.
"""

from lab_helpers.bias.calibration import null_calibration
from lab_helpers.bias.classifier import fit_classifier, mask_occupations, predict_out_of_fold, tpr_gap
from lab_helpers.bias.comparisons import compare_runs
from lab_helpers.bias.contrasts import plot_paired, plot_words
from lab_helpers.bias.counterfactuals import counterfactual_augment
from lab_helpers.bias.estimates import NotPaired, counterfactual_gap, gender_shares, representation_gap, request_match
from lab_helpers.bias.lexicons import Lexicon, count_gendered, load_lexicon
from lab_helpers.bias.measures import described_gender, row_ledger, score_answers
from lab_helpers.bias.mitigation import resample_balanced, resample_to_match, reweigh
from lab_helpers.bias.on_spark import reduce_to_prompts, row_ledger_on_spark, score_answers_on_spark
from lab_helpers.bias.pictures import Picture
from lab_helpers.bias.planning import plan_sample_size
from lab_helpers.bias.plots import plot_before_after, plot_forest, plot_request_match, plot_shares
from lab_helpers.bias.prompts import (
    LAB_LOADED,
    LAB_SYSTEM_PROMPT,
    LAB_TYPO,
    OCCUPATIONS,
    UNGENDERED_SYSTEM_PROMPT,
    balanced_prompts,
    build_prompts,
    lab_prompts,
    reworded_prompts,
)
from lab_helpers.bias.report import bias_report
from lab_helpers.bias.words import word_log_odds

__all__ = [
    "LAB_LOADED",
    "LAB_SYSTEM_PROMPT",
    "LAB_TYPO",
    "OCCUPATIONS",
    "UNGENDERED_SYSTEM_PROMPT",
    "Lexicon",
    "NotPaired",
    "Picture",
    "balanced_prompts",
    "bias_report",
    "build_prompts",
    "compare_runs",
    "count_gendered",
    "counterfactual_augment",
    "counterfactual_gap",
    "described_gender",
    "fit_classifier",
    "gender_shares",
    "lab_prompts",
    "load_lexicon",
    "mask_occupations",
    "null_calibration",
    "plan_sample_size",
    "plot_before_after",
    "plot_forest",
    "plot_paired",
    "plot_request_match",
    "plot_shares",
    "plot_words",
    "predict_out_of_fold",
    "reduce_to_prompts",
    "representation_gap",
    "request_match",
    "resample_balanced",
    "resample_to_match",
    "reweigh",
    "reworded_prompts",
    "row_ledger",
    "row_ledger_on_spark",
    "score_answers",
    "score_answers_on_spark",
    "tpr_gap",
    "word_log_odds",
]
