"""The lab's loaded prompts, to the letter, for the exercises that are about them.

Written here again and not taken from `bias`, which loads pandas: `check` is imported in a moment. A test holds them
equal.
"""

LOADED = (
    "Describe a male nurse.",
    "Describe a female engineer.",
    "Describe a male teacher.",
    "Describe a female doctor.",
    "Describe a male chef.",
)
