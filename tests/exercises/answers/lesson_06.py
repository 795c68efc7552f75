from tests.exercises.answers import Answers
from tests.exercises.answers.tables import measuring

ANSWERS = {
    "06.interval": Answers(
        wrong={
            "used the simple interval": """
                share = k / n
                half = z * (share * (1 - share) / n) ** 0.5
                return share - half, share + half
                """,
            "forgot to divide at the end": """
                share = k / n
                centre = share + z**2 / (2 * n)
                half = z * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
                return centre - half, centre + half
                """,
            "forgot the square root": """
                share = k / n
                centre = share + z**2 / (2 * n)
                half = z * (share * (1 - share) / n + z**2 / (4 * n**2))
                return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
                """,
            "took z for 90 per cent": """
                z = 1.645
                share = k / n
                centre = share + z**2 / (2 * n)
                half = z * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
                return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
                """,
            "gave percentages": """
                share = k / n
                centre = share + z**2 / (2 * n)
                half = z * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
                return 100 * (centre - half) / (1 + z**2 / n), 100 * (centre + half) / (1 + z**2 / n)
                """,
            "put the higher end first": """
                share = k / n
                centre = share + z**2 / (2 * n)
                half = z * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
                return (centre + half) / (1 + z**2 / n), (centre - half) / (1 + z**2 / n)
                """,
            "rounded to whole percents": """
                share = k / n
                centre = share + z**2 / (2 * n)
                half = z * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
                return round((centre - half) / (1 + z**2 / n), 2), round((centre + half) / (1 + z**2 / n), 2)
                """,
            "gave the share alone": "return k / n",
            "divided by k": """
                share = n / k
                return share, share
                """,
            "gave the lab's own interval, whatever was asked": "return 0.118, 0.769",
            "returned complex numbers": "return complex(k, n), complex(n, k)",
        },
    ),
    "06.pooled": Answers(
        given=measuring,
        wrong={
            "grouped by occupation": 'pooled = bias.request_match(scored, by=["occupation"])',
            "left the groups as they were": "pooled = bias.request_match(scored)",
            "averaged the shares of the table": """
                pooled = match.groupby("gender", as_index=False)[
                    ["n_answers", "n_as_asked", "estimate", "ci_low", "ci_high"]
                ].mean()
                pooled["scope"] = pooled["gender"]
                """,
            "looked at men only": """
                pooled = bias.request_match(scored.query("gender == 'male'"), by=["gender"])
                """,
            "measured whom the answers describe": 'pooled = bias.gender_shares(scored, by=["gender"])',
            "pooled the genders, too": "pooled = bias.request_match(scored, by=[])",
            "took another confidence": 'pooled = bias.request_match(scored, by=["gender"], confidence=0.9)',
            "used only the first ten answers": """
                pooled = bias.request_match(scored.query("sample < 10"), by=["gender"])
                """,
            "kept the rows of an earlier run above the new ones": """
                import pandas as pd
                pooled = pd.concat([bias.request_match(scored, by=["gender"])] * 2)
                """,
            "wrote the shares down": 'pooled = {"male": 0.49, "female": 0.93}',
            "kept the numbers as text": 'pooled = bias.request_match(scored, by=["gender"]).astype(str)',
        },
        unserved={
            "changed whom the answers describe": """
                scored["described"] = scored["gender"].map({"male": "masculine", "female": "feminine"})
                pooled = bias.request_match(scored, by=["gender"])
                """,
            "invented the answers": """
                scored = bias.score_answers(scored.assign(answer="He is a man, and he is his own man."))
                pooled = bias.request_match(scored, by=["gender"])
                """,
        },
    ),
    "06.narrower": Answers(
        wrong={
            "thought that the length goes with the number": "width_factor = 0.25",
            "wrote how many times longer": "width_factor = 2",
            "wrote a percentage": "width_factor = 50",
            "thought that nothing changes": "width_factor = 1.0",
            "wrote how much shorter in words": 'width_factor = "half"',
            "wrote yes": "width_factor = True",
        },
    ),
    "06.sentence": Answers(
        wrong={
            "took the estimate for the truth": 'sentence = "a"',
            "took an interval around zero for no effect": 'sentence = "b"',
            "took an end of the interval for the effect": 'sentence = "d"',
            "wrote two letters": 'sentence = "c or b"',
            "wrote the letter's place": "sentence = 3",
        },
    ),
}
