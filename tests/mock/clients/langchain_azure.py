"""LangChain's AzureChatOpenAI: prints what it made of the practice server."""

import json
import os
import sys
from importlib.metadata import version

import openai
from langchain_openai import AzureChatOpenAI


def model(deployment: str) -> AzureChatOpenAI:
    return AzureChatOpenAI(
        azure_endpoint=os.environ["AZURE_OPENAI_ENDPOINT"],
        api_key=os.environ["AZURE_OPENAI_API_KEY"],
        api_version="2024-10-21",
        azure_deployment=deployment,
        max_tokens=100,
    )


deployed, question = model(sys.argv[1]), "Describe a nurse."
text = deployed.invoke(question).content
streamed = "".join(chunk.content for chunk in deployed.stream(question))
try:
    model("nobody").invoke(question)
    status = None
except openai.NotFoundError as error:
    status = error.status_code
print(
    json.dumps(
        {
            "version": version("langchain-openai"),
            "text": text,
            "streamed": streamed,
            "wrong_deployment": status,
            "retried": deployed.bind(seed=2).invoke(question).content,
        }
    )
)
