# %% [markdown] key="azure-openai-resource"
# # 1. Provision an Azure OpenAI resource
#
# At the end of this lesson you have an endpoint and a key, and you have proved that they belong together. It takes about
# two minutes, and on Azure a little waiting.

# %% key="parameters" tags=["parameters"]
LOCALE = "en"

# %% key="set-up"
from lab_helpers import check_off, connect, use_locale
from lab_helpers.azure import verify_resource

use_locale(LOCALE)

# %% [markdown] key="what-a-resource-is"
# ## What you are about to create
#
# In Azure, a *resource* is one instance of a service that you pay for. It lives in a *resource group*, a folder that can
# be deleted as a whole, and in a *region*, the place of the data centre. An Azure OpenAI resource gives you an
# **endpoint** (a web address) and two **keys** (passwords for programs). It does not contain a model yet: that is
# lesson 2.
#
# **In practice**, read the steps and go on to the verification. **On Azure**, take them. If you already have an Azure
# OpenAI resource, begin at step 4.

# %% [markdown] key="create-the-resource"
# ## Create the resource
#
# 1. Sign in to the **Azure portal** at `https://portal.azure.com`.
# 2. Choose **Create a resource**, search for **Azure OpenAI**, and create it with these settings:
#     - **Subscription**: one in which you may use Azure OpenAI
#     - **Resource group**: choose one, or create a new one for this course
#     - **Region**: pick one of these *at random*: **East US 2**, **North Central US**, **Sweden Central**,
#       **Switzerland West**
#     - **Name**: a name that nobody else has taken, since it becomes part of a web address
#     - **Pricing tier**: **Standard S0**
#
# Why at random? Every subscription has a *quota* in each region, a ceiling on what may be used there. When a whole class
# shares a subscription and everybody picks the first region, it runs out. If you meet the limit later, create another
# resource in another region.

# %% [markdown] key="wait-and-open"
# 3. Wait until the deployment is complete, then choose **Go to resource**.
#
# The portal uses the word *deployment* twice. Here it means that Azure is setting up your resource. In lesson 2 it means a
# model that you put behind a name.

# %% [markdown] key="keys-and-endpoint"
# ## Copy the endpoint and a key
#
# 4. In the left pane, under **Resource Management**, choose **Keys and Endpoint**.
# 5. Copy the **endpoint** and **one** of the two keys. You need both in this course.
#
# There are two keys so that you can replace one while programs still use the other. Either will do.

# %% [markdown] key="where-the-key-goes"
# Write them into a text file named `.env` in the folder of the course, not into a cell:
#
# ```
# AZURE_OPENAI_ENDPOINT=https://my-resource.openai.azure.com
# AZURE_OPENAI_API_KEY=paste-the-key-here
# AZURE_OPENAI_DEPLOYMENT=lab-model
# ```
#
# The last line holds the name of the deployment that you create in lesson 2. A key in a notebook is a key in every copy of
# that notebook, in its history and in every mail it is attached to. The file `.env` stays on your computer, and the
# course's version control ignores it. On Databricks there is no such file: keep the key in a secret scope and read it
# with `dbutils.secrets.get(scope, key)`.

# %% [markdown] key="what-has-changed"
# ## What has changed since the lab was written
#
# These are the facts of November 2026.
#
# - **The portal for models.** The lab calls it Azure AI Studio. It became Azure AI Foundry in 2025 and is now **Microsoft
#   Foundry**. The resource itself is still created in the Azure portal.
# - **Two shapes of endpoint.** Foundry may show an address that ends in `/openai/v1/`. Copied into this lab's client it is
#   doubled to `/openai/v1/openai/` and finds nothing. Keep only `https://` and the host's name. The course tells you if
#   something is left over.
# - **The slash at the end.** The portal's endpoint ends in `/`. Old versions of the library (1.42.0, the lab's) then ask
#   for `//openai/...`; current ones do not. The course removes the slash.
# - **The API version.** The lab uses `2023-03-15-preview`, which was announced to stop in July 2024. The course uses
#   `2025-04-01-preview`, the last version that has a date, unless `.env` says otherwise. It is the version of the
#   *interface*, not of a model.

# %% key="check-off"
check_off("01")

# %% [markdown] key="verify"
# ## Verify this step
#
# The next cells ask the service for a deployment that cannot exist. That sounds odd, but it is the cheapest proof there
# is. A wrong endpoint does not answer at all, and a wrong key is refused with status 401. Only a service that has
# accepted the key says "I know no deployment of that name", status 404. No model is asked, so no token is billed.

# %% key="connect-now"
connection = connect()

# %% key="verify-resource"
verify_resource(connection)

# %% [markdown] key="what-to-notice"
# If it says *Not yet*, read whether the endpoint or the key is at fault: each has its own sentence. Correct the file
# `.env` and run both cells again. A key from one resource never opens another, even in the same subscription.
#
# You have a place to ask. In lesson 2 you put a model there.
