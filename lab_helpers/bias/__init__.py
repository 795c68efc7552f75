"""Gender bias in answers: prompts, measures per answer, estimates with intervals, mitigation, pictures.

DataFrames in, DataFrames out; a picture at the end. Matplotlib, statsmodels and scikit-learn load when first needed.
"""

from lab_helpers.bias.biographies import synthetic_biographies
from lab_helpers.bias.calibration import null_calibration
from lab_helpers.bias.classifier import fit_classifier, mask_occupations, predict_out_of_fold, tpr_gap
from lab_helpers.bias.classifier_mitigations import compare_mitigations
from lab_helpers.bias.comparisons import compare_runs
from lab_helpers.bias.contrasts import plot_paired, plot_words
from lab_helpers.bias.counterfactuals import counterfactual_augment, scrub_gender
from lab_helpers.bias.estimates import NotPaired, counterfactual_gap, gender_shares, representation_gap, request_match
from lab_helpers.bias.lexicons import Lexicon, count_gendered, load_lexicon
from lab_helpers.bias.marking import KINDS, Span, marked_words
from lab_helpers.bias.measures import described_gender, row_ledger, score_answers
from lab_helpers.bias.mitigation import (
    downsample_balanced,
    resample_balanced,
    resample_to_match,
    reweigh,
    reweigh_on_spark,
)
from lab_helpers.bias.mitigation_plots import plot_mitigations
from lab_helpers.bias.names import described_name, occupation_name
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
from lab_helpers.bias.side_by_side import AnswerPair, OneAnswer, SideBySide, pair_answers
from lab_helpers.bias.thresholds import equalize_opportunity
from lab_helpers.bias.words import word_log_odds

__all__ = [
    "KINDS",
    "LAB_LOADED",
    "LAB_SYSTEM_PROMPT",
    "LAB_TYPO",
    "OCCUPATIONS",
    "UNGENDERED_SYSTEM_PROMPT",
    "AnswerPair",
    "Lexicon",
    "NotPaired",
    "OneAnswer",
    "Picture",
    "SideBySide",
    "Span",
    "balanced_prompts",
    "bias_report",
    "build_prompts",
    "compare_mitigations",
    "compare_runs",
    "count_gendered",
    "counterfactual_augment",
    "counterfactual_gap",
    "described_gender",
    "described_name",
    "downsample_balanced",
    "equalize_opportunity",
    "fit_classifier",
    "gender_shares",
    "lab_prompts",
    "load_lexicon",
    "marked_words",
    "mask_occupations",
    "null_calibration",
    "occupation_name",
    "pair_answers",
    "plan_sample_size",
    "plot_before_after",
    "plot_forest",
    "plot_mitigations",
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
    "reweigh_on_spark",
    "reworded_prompts",
    "row_ledger",
    "row_ledger_on_spark",
    "score_answers",
    "score_answers_on_spark",
    "scrub_gender",
    "synthetic_biographies",
    "tpr_gap",
    "word_log_odds",
]
