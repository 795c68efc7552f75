"""A client of its own process and its own SDK version: prints what the official library made of the practice server."""

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
    code = None
except openai.NotFoundError as error:
    code = error.code
print(
    json.dumps(
        {
            "version": openai.__version__,
            "text": whole.choices[0].message.content,
            "streamed": "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices),
            "choices_in_first_chunk": len(chunks[0].choices),
            "code": code,
        }
    )
)
