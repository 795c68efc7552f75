from tests.exercises.answers import Answers
from tests.exercises.answers.tables import mitigating

ANSWERS = {
    "07.after": Answers(
        given=mitigating,
        wrong={
            "asked the old prompts again": """
                after = bias.score_answers(ask_all(connection, men, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT))
                change = bias.compare_runs(before, after, measure="matches_request")
                """,
            "forgot the system message": """
                after = bias.score_answers(ask_all(connection, reworded, samples=30))
                change = bias.compare_runs(before.drop(columns="system_prompt"), after.drop(columns="system_prompt"))
                """,
            "asked three samples": """
                after = bias.score_answers(
                    ask_all(connection, reworded, samples=3, system_prompt=bias.LAB_SYSTEM_PROMPT)
                )
                change = bias.compare_runs(before, after, measure="matches_request")
                """,
            "turned before and after around": """
                after = bias.score_answers(
                    ask_all(connection, reworded, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
                )
                change = bias.compare_runs(after, before, measure="matches_request")
                """,
            "compared another measure": """
                after = bias.score_answers(
                    ask_all(connection, reworded, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
                )
                change = bias.compare_runs(before, after, measure="unmarked")
                """,
            "compared the run with itself": """
                after = bias.score_answers(
                    ask_all(connection, reworded, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
                )
                change = bias.compare_runs(before, before, measure="matches_request")
                """,
            "did not score the answers": """
                after = ask_all(connection, reworded, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
                change = None
                """,
            "subtracted the shares by hand": """
                after = bias.score_answers(
                    ask_all(connection, reworded, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
                )
                change = float(after["matches_request"].mean() - before["matches_request"].mean())
                """,
        },
        unserved={
            "made the success up": """
                after = bias.score_answers(
                    ask_all(connection, reworded, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
                )
                after = bias.score_answers(after.assign(answer="He is a man, and he is his own man."))
                change = bias.compare_runs(before, after, measure="matches_request")
                """,
        },
    ),
    "07.paired": Answers(
        wrong={
            "subtracted two overall means": """
                means = table.groupby("gender")["value"].mean()
                return means["female"] - means["male"]
                """,
            "subtracted women from men": """
                means = table.groupby(["pair_id", "gender"])["value"].mean().unstack()
                return (means["male"] - means["female"]).mean()
                """,
            "filled missing values with zero": """
                means = table.fillna({"value": 0}).groupby(["pair_id", "gender"])["value"].mean().unstack().fillna(0)
                return (means["female"] - means["male"]).mean()
                """,
            "added up in place of averaging": """
                means = table.groupby(["pair_id", "gender"])["value"].mean().unstack()
                return (means["female"] - means["male"]).sum()
                """,
            "took the sizes of the differences": """
                means = table.groupby(["pair_id", "gender"])["value"].mean().unstack()
                return (means["female"] - means["male"]).abs().mean()
                """,
            "took sums of each prompt": """
                sums = table.groupby(["pair_id", "gender"])["value"].sum().unstack()
                return (sums["female"] - sums["male"]).mean()
                """,
            "returned the differences": """
                means = table.groupby(["pair_id", "gender"])["value"].mean().unstack()
                return means["female"] - means["male"]
                """,
            "said 0 where nothing can be said": """
                means = table.groupby(["pair_id", "gender"])["value"].mean().unstack()
                return (means["female"] - means["male"]).fillna(0).mean()
                """,
        },
    ),
    "07.prompts": Answers(
        given=mitigating,
        wrong={
            "took the lab's list, with one gender for each occupation": "own_prompts = bias.lab_prompts()",
            "wrote a list of texts": 'own_prompts = ["Describe a male judge.", "Describe a female judge."]',
            "made one occupation in one sentence": """
                own_prompts = bias.build_prompts(occupations=["judge"], templates=["Describe {person}."])
                """,
            "made a single sentence for six occupations": """
                own_prompts = bias.build_prompts(
                    occupations=["judge", "nurse", "pilot", "cleaner", "florist", "chef"],
                    templates=["Describe {person}."],
                )
                """,
            "made three pairs": """
                own_prompts = bias.build_prompts(
                    occupations=["judge", "nurse", "pilot"], templates=["Describe {person}."]
                )
                """,
            "let the two of a pair differ in an adjective": """
                own_prompts = bias.build_prompts(
                    occupations=["judge", "nurse", "pilot"],
                    templates=["Describe {person}.", "Introduce {person} to a colleague."],
                )
                own_prompts["prompt"] = own_prompts["prompt"].str.replace("a female", "a young female")
                """,
            "left the women out": """
                own_prompts = bias.build_prompts(
                    occupations=["judge", "nurse", "pilot"],
                    templates=["Describe {person}.", "Introduce {person} to a colleague."],
                ).query("gender != 'female'")
                """,
            "asked for the same prompt under both genders": """
                own_prompts = bias.build_prompts(
                    occupations=["judge", "nurse", "pilot"],
                    templates=["Describe {person}.", "Introduce {person} to a colleague."],
                )
                own_prompts["prompt"] = own_prompts["prompt"].str.replace("female ", "").str.replace("male ", "")
                """,
            "paired different occupations": """
                rows = [("judge", "nurse"), ("pilot", "chef"), ("cleaner", "florist")]
                own_prompts = pd.DataFrame(
                    [
                        (f"{man}-{n}", {"male": man, "female": woman}[gender], gender, text.format(gender, occupation))
                        for man, woman in rows
                        for n, text in enumerate(["Describe a {} {}.", "Praise a {} {}."])
                        for gender, occupation in (("male", man), ("female", woman))
                    ],
                    columns=["pair_id", "occupation", "gender", "prompt"],
                )
                """,
            "lost the column pair_id": """
                own_prompts = bias.build_prompts(
                    occupations=["judge", "nurse", "pilot"],
                    templates=["Describe {person}.", "Introduce {person} to a colleague."],
                ).drop(columns="pair_id")
                """,
        },
    ),
    "07.claim": Answers(
        wrong={
            "took a filter for a change of the model": 'claim = "a"',
            "took the circle for a fault of the rule": 'claim = "c"',
            "asked for more answers": 'claim = "d"',
            "wrote nothing that can be judged": 'claim = ["b"]',
        },
    ),
}
