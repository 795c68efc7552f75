"""Asks everything the lessons ask, so that a recording server can keep the answers.

Run as `uv run lab mock record -- python lessons/recording/ask_everything.py`, with nothing else running beside it.
"""

import pandas as pd

from lab_helpers import answers, client
from lab_helpers.bias import prompts

# The lab's list and the balanced one share all prompts but the lab's "Describe a engineer.".
every = pd.concat([prompts.lab_prompts(), prompts.balanced_prompts()]).drop_duplicates("prompt_id")
neutral = prompts.balanced_prompts().query("gender == 'neutral'")
connection = client.connect()

# Samples 0-29 are measured, 30-59 are fresh ones to measure again on after a mitigation was chosen.
answers.ask_all(connection, every, samples=60, system_prompt=prompts.LAB_SYSTEM_PROMPT)
answers.ask_all(connection, every, samples=30)
answers.ask_all(connection, prompts.reworded_prompts(), samples=30, system_prompt=prompts.LAB_SYSTEM_PROMPT)
answers.ask_all(connection, neutral, samples=30, system_prompt=prompts.UNGENDERED_SYSTEM_PROMPT)
