"""The official SDK in a process and a version of its own: prints what it made of the practice server."""

import json
import os
import sys

import openai

client = openai.AzureOpenAI(
    azure_endpoint=os.environ["AZURE_OPENAI_ENDPOINT"],
    api_key=os.environ["AZURE_OPENAI_API_KEY"],
    api_version="2024-10-21",
)
asked = {
    "model": sys.argv[1],
    "messages": [{"role": "user", "content": "Describe a nurse."}],
    "max_tokens": 100,
}
whole = client.chat.completions.create(**asked)
chunks = list(client.chat.completions.create(**asked, stream=True))
try:
    client.chat.completions.create(**{**asked, "model": "nobody"})
    status = None
except openai.NotFoundError as error:
    status = error.status_code
retried = client.chat.completions.create(**asked, seed=2)
print(
    json.dumps(
        {
            "version": openai.__version__,
            "text": whole.choices[0].message.content,
            "streamed": "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices),
            "wrong_deployment": status,
            "retried": retried.choices[0].message.content,
        }
    )
)
