"""One page that says what was asked, what came out and how sure that is: HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from math import isnan

import pandas as pd

from lab_helpers.bias.calibration import null_calibration
from lab_helpers.bias.captions import Row
from lab_helpers.bias.columns import require_columns
from lab_helpers.bias.contrasts import plot_paired, plot_words
from lab_helpers.bias.estimates import counterfactual_gap, representation_gap, request_match
from lab_helpers.bias.names import measure_name, number, occupation_name, percent, signed, verdict_name
from lab_helpers.bias.pictures import Picture
from lab_helpers.bias.plots import plot_forest, plot_request_match
from lab_helpers.bias.words import word_log_odds
from lab_helpers.errors import DataError
from lab_helpers.i18n import _, current_locale

# On a dark screen the pictures, drawn on white, are inverted; the rotation gives them their hues back.
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1a1a1a;
  background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: start; font-weight: 600; padding-bottom: .25rem; }
th, td { padding: .25rem .75rem; border-bottom: 1px solid #767676; text-align: start; vertical-align: top; }
th.n, td.n { text-align: end; font-variant-numeric: tabular-nums; }
td.n { white-space: nowrap; }
.wide { overflow-x: auto; }
@media screen and (prefers-color-scheme: dark) { body { color: #eee; background: #121212; }
  img { filter: invert(.93) hue-rotate(180deg); } }
@media print { :root { color-scheme: light; } body { max-width: none; } figure, tr { break-inside: avoid; } }
"""
# A word's row is worth reading where it may tell something: so many on either side.
_WORDS_SHOWN = 10

# The heading of a column, whether it holds numbers, and its text in a row.
_Column = tuple[str, bool, Callable[[Row], str]]


def bias_report(scored: pd.DataFrame, measures: Sequence[str] = ("feminine",), *, title: str | None = None) -> str:
    """The whole measurement as one HTML page: tables with intervals and verdicts, pictures with their text.

    scored: one model's answers under one system prompt, as `score_answers` returns them. measures: what
    `counterfactual_gap` compares between twin prompts; choose at most four before looking. title: the page's heading.
    What the answers don't allow (no neutral prompts, no pairs) is said in its place. The page loads nothing from
    elsewhere and speaks the current locale. Raises DataError for a table without scores.
    """
    require_columns(scored, ["prompt_id", "occupation", "gender", "answer", "described"])
    heading = title or _("Gender in the answers of a language model")
    sections = [
        _section(_("What was asked"), lambda: _asked(scored)),
        _section(_("Do the answers describe the gender asked for?"), lambda: _match(scored)),
        _section(_("Whom do answers describe when no gender is asked for?"), lambda: _representation(scored)),
        *(_counterfactual_section(scored, measure) for measure in measures),
        _section(_("Which words differ?"), lambda: _words(scored)),
        _section(_("Scores that chance alone makes large"), lambda: _scores(scored)),
        _section(_("How to read this page"), _reading),
    ]
    return (
        f'<!doctype html>\n<html lang="{escape(current_locale())}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(heading)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(heading)}</h1>\n{''.join(sections)}</main>\n</body>\n</html>\n"
    )


def _section(heading: str, content: Callable[[], str]) -> str:
    try:
        inner = content()
    except DataError as error:
        inner = _paragraph(_("Not measured: {problem}").format(problem=error.problem))
    return f"<section>\n<h2>{escape(heading)}</h2>\n{inner}</section>\n"


def _counterfactual_section(scored: pd.DataFrame, measure: str) -> str:
    heading = _("Women minus men, between twin prompts: {measure}").format(measure=measure_name(measure))
    return _section(heading, lambda: _counterfactual(scored, measure))


def _asked(scored: pd.DataFrame) -> str:
    facts = [
        (_("Model"), _values(scored, "model")),
        (_("System prompt"), _values(scored, "system_prompt")),
        (_("Prompts"), str(scored["prompt_id"].nunique())),
        (_("Answers"), str(int(scored["answer"].notna().sum()))),
        (_("Missing answers"), str(int(scored["answer"].isna().sum()))),
    ]
    columns: list[_Column] = [
        (_("What"), False, lambda row: row["what"]),
        (_("Value"), False, lambda row: row["value"]),
    ]
    return _table(_("The answers on this page"), [{"what": what, "value": value} for what, value in facts], columns)


def _match(scored: pd.DataFrame) -> str:
    match = request_match(scored)
    columns: list[_Column] = [
        (_("Asked for"), False, lambda row: _asked_for(row)),
        (_("Answers"), True, lambda row: str(row["n_answers"])),
        (_("As asked"), True, lambda row: str(row["n_as_asked"])),
        (_("The other gender"), True, lambda row: str(row["n_other"])),
        (_("No gender, or both"), True, lambda row: str(row["n_unclear"])),
        (_("Share"), True, lambda row: percent(row["estimate"])),
        (_("Interval"), True, lambda row: _range(percent(row["ci_low"]), percent(row["ci_high"]))),
    ]
    return _picture(plot_request_match(match)) + _table(_("Answers by what was asked for"), _records(match), columns)


def _representation(scored: pd.DataFrame) -> str:
    gaps = representation_gap(scored)
    return _picture(plot_forest(gaps)) + _table(_("Share of women minus one half"), _records(gaps), _gap_columns())


def _counterfactual(scored: pd.DataFrame, measure: str) -> str:
    gaps = counterfactual_gap(scored, measure)
    caption = ": ".join([_("Mean difference between twin prompts"), measure_name(measure)])
    return _picture(plot_paired(scored, measure)) + _table(caption, _records(gaps), _gap_columns())


def _words(scored: pd.DataFrame) -> str:
    words = word_log_odds(scored).query("not gendered")
    shown = pd.concat([words.head(_WORDS_SHOWN), words.tail(_WORDS_SHOWN)]).drop_duplicates("word")
    columns: list[_Column] = [
        (_("Word"), False, lambda row: row["word"]),
        (_("Answers about women"), True, lambda row: str(row["n_feminine"])),
        (_("Answers about men"), True, lambda row: str(row["n_masculine"])),
        ("z", True, lambda row: signed(row["z"], "z")),
        (_("Verdict"), False, lambda row: verdict_name(row["verdict"])),
        (_("A sentence with it"), False, lambda row: row["example"]),
    ]
    return _picture(plot_words(words)) + _table(_("The words that differ most"), _records(shown), columns)


def _scores(scored: pd.DataFrame) -> str:
    names = {
        "cobs": _("Co-occurrence bias score (COBS)"),
        "stereotypical_association": _("Stereotypical association (HELM)"),
    }
    rows = [row for measure in names for row in _records(null_calibration(scored, measure))]
    columns: list[_Column] = [
        (_("Score"), False, lambda row: names[row["measure"]]),
        (_("Value"), True, lambda row: number(row["value"])),
        (_("By chance"), True, lambda row: number(row["null_mean"])),
        (_("Range by chance"), True, lambda row: _range(number(row["null_low"]), number(row["null_high"]))),
        ("p", True, lambda row: number(row["p_value"])),
    ]
    return _table(_("Scores beside their values when gender is shuffled"), rows, columns)


def _reading() -> str:
    return "".join(
        _paragraph(text)
        for text in (
            _("An interval holds the true value in 19 of 20 such measurements. It is about these prompts."),
            _(
                "“Gap” means that the data exclude zero after correction for the number of tests. “Inconclusive” does "
                "not mean that there is no gap, only that one cannot tell yet. “Exploratory” means too few answers or "
                "prompts to test."
            ),
            _(
                "The smallest gap found is one that a measurement of this size finds four times in five; smaller ones "
                "it often misses."
            ),
            _("No table here can show that a model is free of bias; it can only exclude gaps of a given size."),
        )
    )


def _gap_columns() -> list[_Column]:
    return [
        (_("Occupation"), False, lambda row: occupation_name(str(row["scope"]))),
        (_("Answers"), True, lambda row: str(row["n_answers"])),
        (_("Estimate"), True, lambda row: signed(row["estimate"], row["measure"])),
        (_("Interval"), True, lambda row: _range(*(signed(row[end], row["measure"]) for end in ("ci_low", "ci_high")))),
        (_("Smallest gap found"), True, lambda row: signed(row["mde_80"], row["measure"]).lstrip("+")),
        (_("p, corrected"), True, lambda row: _missing_as_dash(row["p_adj"])),
        (_("Verdict"), False, lambda row: verdict_name(row["verdict"])),
    ]


def _table(caption: str, rows: Sequence[Row], columns: Sequence[_Column]) -> str:
    head = "".join(
        f'<th scope="col"{_class(is_number)}>{escape(heading)}</th>' for heading, is_number, _text in columns
    )
    body = "".join(f"<tr>{_cells(row, columns)}</tr>\n" for row in rows)
    inner = f"<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>"
    # A region that scrolls must be reachable with the keyboard.
    return f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}"><table>{inner}</table></div>\n'


def _cells(row: Row, columns: Sequence[_Column]) -> str:
    (_heading, _is_number, first), *others = columns
    cells = [f'<th scope="row">{escape(first(row))}</th>']
    cells += [f"<td{_class(is_number)}>{escape(text(row))}</td>" for _heading, is_number, text in others]
    return "".join(cells)


def _class(is_number: bool) -> str:
    return " class=n" if is_number else ""


def _picture(picture: Picture) -> str:
    return picture._repr_html_() + "\n"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>\n"


def _records(table: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _values(scored: pd.DataFrame, column: str) -> str:
    found = scored[column].dropna().unique() if column in scored.columns else []
    return "; ".join(str(value) for value in found if str(value)) or "–"


def _asked_for(row: Row) -> str:
    asked = {"male": _("{occupation}, a man"), "female": _("{occupation}, a woman")}[row["gender"]]
    return asked.format(occupation=occupation_name(str(row["occupation"])))


def _range(low: str, high: str) -> str:
    return low if low == high == "–" else _("{low} to {high}").format(low=low, high=high)


def _missing_as_dash(p_value: float) -> str:
    return "–" if isnan(p_value) else number(p_value)
