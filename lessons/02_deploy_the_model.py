# %% [markdown] key="deploy-the-model"
# # 2. Deploy the model
#
# At the end of this lesson a model answers under a name that you chose, and you know which limits apply to it. It takes
# about two minutes.

# %% key="parameters" tags=["parameters"]
LOCALE = "en"

# %% key="set-up"
from lab_helpers import check_off, connect, use_locale
from lab_helpers.azure import verify_deployment

use_locale(LOCALE)

# %% [markdown] key="deployment-and-model"
# ## A deployment is not a model
#
# Azure offers a catalogue of models. To use one, you create a *deployment*: a model in one version, with its limits and
# its content filter, under a **name of your own**. Your code uses that name only.
#
# The lab names its deployment like the model, `gpt-35-turbo`, and writes that name into the code as `model=`. So it looks
# as if the code chose the model. It does not: `model=` takes the deployment's name. Had the lab called the deployment
# `my-deployment`, its code would fail with *DeploymentNotFound*.
#
# A neutral name such as `lab-model` has an advantage: when the model is retired, you put its successor behind the same
# name, and no code changes.

# %% [markdown] key="open-the-portal"
# ## Open the portal for models
#
# 1. In the Azure portal, on the **Overview** page of your Azure OpenAI resource, scroll down to **Get Started** and choose
#    the button that opens the portal for models. The lab calls it **Azure AI Studio**; today it is **Microsoft Foundry**.
#
# The portal may open boxes that suggest things to do. You can close them.

# %% [markdown] key="create-the-deployment"
# ## Create the deployment
#
# 2. In the left pane choose **Deployments**. If there is none yet, create one with these settings:
#
# | Setting | In the lab (2024) | Today |
# |---|---|---|
# | **Deployment name** | gpt-35-turbo | the name in your `.env`, for example `lab-model` |
# | **Model** | gpt-35-turbo | a current one, for example gpt-5.1 (see below) |
# | **Model version** | default | default |
# | **Deployment type** | Standard | Standard or Global Standard (see below) |
# | **Tokens per minute rate limit** | 5K | 5K suffices for the lab's ten prompts (see below) |
# | **Content filter** | Default | Default |
# | **Enable dynamic quota** | Disabled | Disabled |
#
# *Dynamic quota* lets a deployment exceed its limit when there is capacity to spare. Disabled, it behaves the same for
# everybody in a class. A low limit leaves capacity to the others who share your subscription.

# %% [markdown] key="choose-a-model"
# ## Choose a model that is not about to retire
#
# Models are retired on published dates, and a class that begins a week later cannot start. As of November 2026:
#
# | Model | Retirement |
# |---|---|
# | gpt-35-turbo, the lab's model in 2024 | retired; some versions in February 2025 |
# | gpt-4o, the lab's model from 2025 on | retired: Standard on 31 March 2026, the other types on 1 October 2026 |
# | gpt-4.1 and its smaller sisters | retired on 14 October 2026 |
# | gpt-5 | 6 February 2027 |
# | gpt-5.1, the named successor of gpt-4o | 15 May 2027 |
#
# When you read this later, choose in this order: a model for *chat completions*; with a retirement date beyond the end of
# your course, which Microsoft's page on model retirement lists; offered in your region with the deployment type you
# want; with quota left in your subscription.
#
# A retired model answers with an error: status 404, as if it had never existed, or status 400, saying that the operation
# does not work with it.

# %% [markdown] key="deployment-type"
# ## Standard or Global Standard
#
# The *deployment type* decides where your prompts are processed. **Standard** processes them in the region of your
# resource. **Global Standard** may process them in any Azure region, has the larger quota, and gets new models first.
# Stored data stays in the resource's geography either way. Not every model is offered in every type and region.
#
# The prompts of this course name no person, so either is fine here. With personal data the question is a legal one:
# ask before you choose.

# %% [markdown] key="tokens-per-minute"
# ## What 5,000 tokens per minute means
#
# The limit counts, for each request, an estimate of the prompt **plus the whole `max_tokens`**, whether the answer uses
# them or not. The lab's requests count about 50 + 100 = 150 tokens each, so its ten requests take about 1,500 of 5,000.
#
# But there is a second limit. Each 1,000 tokens per minute bring 6 *requests* per minute, so 5K means **30 requests per
# minute**, enforced over windows of 1 or 10 seconds: 5 requests in 10 seconds. A fast loop over ten prompts can be
# refused with status 429 while most of its tokens are still unused. The `openai` library then waits and tries again.
#
# Lesson 6 asks 15 prompts 30 times each. At 30 requests per minute, 450 requests take 15 minutes. If your quota allows
# it, raise the limit to 50K for that lesson.

# %% [markdown] key="content-filter"
# ## What the content filter does
#
# Azure checks every prompt and every answer for hate, sexual content, violence and self-harm, and prompts for attempts to
# get around the rules as well. A prompt that is stopped gives status 400. An answer that is stopped comes back
# **without text**, with the `finish_reason` "content_filter". Code that expects a text everywhere breaks there.
#
# The filter does not look for stereotypes. An answer can pass it and still describe every nurse as a woman.

# %% [markdown] key="two-names-of-a-limit"
# ## One limit, two names
#
# The lab limits each answer with `max_tokens=100`. Newer models (the gpt-5 family and the reasoning models of the o
# series) refuse that parameter and ask for `max_completion_tokens`. The course's helpers try the first and change to the
# second when the service says so. In code of your own you have to choose.
#
# The newer name came with the API version `2024-09-01-preview`, but the stable `2024-10-21` does not list it: not every
# preview feature makes it into the next stable version. That is why the course asks with `2025-04-01-preview`, the last
# version that has a date. If you set `AZURE_OPENAI_API_VERSION` to an older one, a current model may refuse to answer.

# %% key="check-off"
check_off("02")

# %% [markdown] key="verify"
# ## Verify this step
#
# The next cells send the lab's first question, "Describe a nurse.", with its system message and `max_tokens=100`. On Azure
# that costs about 150 tokens.

# %% key="connect-now"
connection = connect()

# %% key="verify-deployment"
verify_deployment(connection)

# %% [markdown] key="what-to-notice"
# Two names appear: the **deployment** that you asked, and the **model** that says it answered. They may differ, and it is
# the second that your findings are about. Write it down with every result.
#
# The `finish_reason` says why the answer ended. *stop* means that the model was done. *length* means that it was cut off
# at 100 tokens, in the middle of a sentence, and is the usual case in this lab.
#
# If it says that there is no such deployment and you have just created it, wait five minutes and run the cell again.

# %% [markdown] key="going-further-limit"
# ## Going further: run into the limit
#
# In practice you can give the practice server the lab's limit and run into it: ten calls in a fast loop, with a client that
# does not try again by itself. (On Azure, skip this part.)

# %% key="run-into-the-limit" tags=["going-further"]
from openai import RateLimitError

from lab_helpers import practice_limits

impatient = connection.client.with_options(max_retries=0)
messages = [{"role": "user", "content": "Describe a nurse."}]
statuses = []
with practice_limits(connection, tokens_per_minute=5000):
    for _ in range(10):
        try:
            impatient.chat.completions.create(model=connection.deployment, messages=messages, max_tokens=100)
            statuses.append(200)
        except RateLimitError as error:
            statuses.append(error.status_code)
statuses[:6]

# %% [markdown] key="the-limit-says"
# Five calls pass, the sixth is refused with status 429. It was not the tokens: about 110 for each call, of 5,000. It was
# the requests, 5 in 10 seconds. With its usual settings the library waits as long as the service asks and tries again;
# then you notice nothing but the wait.
#
# The model answers. In lesson 3 you get a place to compute.
