"""LiteLLM on an `azure/` model: prints what it made of the practice server."""

import json
import os
import sys
from functools import partial
from importlib.metadata import version

# Else it asks the internet for prices as it is imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm

ask = partial(
    litellm.completion,
    api_base=os.environ["AZURE_OPENAI_ENDPOINT"],
    api_key=os.environ["AZURE_OPENAI_API_KEY"],
    api_version="2024-10-21",
    messages=[{"role": "user", "content": "Describe a nurse."}],
    max_tokens=100,
)
deployed = f"azure/{sys.argv[1]}"
text = ask(model=deployed).choices[0].message.content
streamed = "".join(chunk.choices[0].delta.content or "" for chunk in ask(model=deployed, stream=True) if chunk.choices)
try:
    ask(model="azure/nobody")
    status = None
except litellm.NotFoundError as error:
    status = error.status_code
print(
    json.dumps(
        {
            "version": version("litellm"),
            "text": text,
            "streamed": streamed,
            "wrong_deployment": status,
            "retried": ask(model=deployed, seed=2).choices[0].message.content,
        }
    )
)
