# %% [markdown] key="databricks-workspace-and-cluster"
# # 3. Create a Databricks workspace and a cluster
#
# At the end of this lesson Spark counts for you, in Azure Databricks or on your computer, and the `openai` library is
# there. It takes about two minutes, and on Azure a few more of waiting.

# %% key="parameters" tags=["parameters"]
LOCALE = "en"

# %% key="set-up"
from lab_helpers import check_off, use_locale
from lab_helpers.azure import verify_cluster, verify_libraries

use_locale(LOCALE)

# %% [markdown] key="workspace"
# ## Provision an Azure Databricks workspace
#
# *Apache Spark* spreads a table over many machines and computes on all of them at once. *Azure Databricks* runs Spark for
# you, and a *workspace* is your place in it: notebooks, files and computers.
#
# **In practice**, read on and run the cells at the end: Spark runs on your computer. If you have a workspace already, use
# it and skip this section.

# %% [markdown] key="create-the-workspace"
# 1. Sign in to the **Azure portal** at `https://portal.azure.com`.
# 2. Create an **Azure Databricks** resource with these settings:
#     - **Subscription**: the one in which you created the Azure OpenAI resource
#     - **Resource group**: the one in which you created the Azure OpenAI resource
#     - **Region**: the same region as the Azure OpenAI resource
#     - **Name**: a unique name of your choice
#     - **Pricing tier**: *Premium* or *Trial*
#
# One group and one region make it easy to find everything, and to delete it in one go.

# %% [markdown] key="launch-the-workspace"
# 3. Choose **Review + create** and wait for the deployment to complete. Then go to the resource and launch the workspace.

# %% [markdown] key="cluster"
# ## Create a cluster
#
# A *cluster* is a group of machines that work as one: a *driver node* plans the work, *worker nodes* do it. For this lab
# you create a cluster of a **single node**, which is both. In production there would be several workers.
#
# If you have a cluster with a current **ML** runtime, use it and skip this section. If your workspace offers
# **Serverless**, you need no cluster at all: see "What has changed" below.

# %% [markdown] key="open-the-workspace"
# 1. In the Azure portal, go to the resource group that holds the workspace.
# 2. Choose the Azure Databricks service in it.
# 3. On the workspace's **Overview** page, choose **Launch Workspace**. It opens in a new tab. Sign in if you are asked to.
#
# Databricks shows tips and notices. You can close them.

# %% [markdown] key="create-the-cluster"
# 4. In the sidebar choose **(+) New** and then **Cluster**. In workspaces where it is not listed, look under **Compute**.
# 5. On the page **New Cluster**, choose these settings:
#     - **Cluster name**: the one proposed, *your name*'s cluster
#     - **Policy**: Unrestricted
#     - **Cluster mode**: Single Node
#     - **Access mode**: Single user, with your account. Newer pages call it *Dedicated (formerly: Single user)*.
#     - **Databricks runtime version**: the **ML** edition of the latest version that is not a beta, **without GPU**, with
#       Scala newer than 2.11 and Spark newer than 3.4
#     - **Use Photon Acceleration**: not selected
#     - **Node type**: Standard_D4ds_v5
#     - **Terminate after** 20 **minutes of inactivity**
#
# The last one is the setting that saves money: a forgotten cluster stops by itself.

# %% [markdown] key="wait-for-the-cluster"
# 6. Wait until the cluster is created. It takes some minutes.
#
# If it does not start, your subscription may not have enough processor cores left in the region. Standard_D4ds_v5 needs
# four, which on a free subscription can be all there are. Ask for more quota, or delete the workspace and create it in
# another region.

# %% [markdown] key="what-has-changed"
# ## What has changed since the lab was written
#
# These are the facts of November 2026.
#
# - **Runtimes age.** The lab asks for 13.3 LTS ML or newer. *LTS* means long-term support, and for 13.3 it ended on
#   22 August 2026. Choose a current LTS with **ML**, such as 17.3 LTS ML.
# - **Serverless.** Since January 2026 the lab itself uses no cluster: in the notebook you choose **Serverless** in the
#   list **Connect**, and Databricks lends you computers for as long as you work.
# - **Serverless speaks Spark Connect only.** Your notebook is a client of a Spark elsewhere. DataFrames work as always, but
#   there is no `SparkContext` and there are no RDDs. On your computer this course uses Spark Connect, too.
# - **Never install PySpark on serverless**, not even as another package's dependency: the session stops with an error. It
#   is there already.

# %% [markdown] key="libraries"
# ## Install the library
#
# The lab needs one Python library, `openai`. On a cluster it is installed like this:
#
# 1. On the cluster's page, choose the tab **Libraries**.
# 2. Choose **Install new**.
# 3. Choose **PyPI** as the source. The lab installs `openai==1.42.0`. Install **`openai>=1.55.3`** instead.
#
# On serverless there is no such tab. There, and in any notebook, a cell does the same:
#
# ```
# %pip install "openai>=1.55.3"
# dbutils.library.restartPython()
# ```
#
# Write the brackets after `restartPython`. The newest version of the lab leaves them out, and then nothing is restarted.
# After a restart everything the notebook knew is gone, variables in `os.environ` too: install first, set them afterwards.

# %% [markdown] key="the-trap-of-the-pin"
# ## Why not the lab's version
#
# `openai==1.42.0` fixes one library at one version: a *pin*. But that library uses another, `httpx`, which is not pinned.
# In a fresh installation pip brings `httpx` 0.28, and then this happens as soon as the client is built:
#
# ```
# TypeError: Client.__init__() got an unexpected keyword argument 'proxies'
# ```
#
# `httpx` 0.28 removed an argument that `openai` 1.42.0 still passes. `openai` 1.55.3 no longer passes it. Whether the old
# pin works depends on what is there already:
#
# | ML runtime | Python | Spark | `openai` | `httpx` | so the pin 1.42.0 |
# |---|---|---|---|---|---|
# | 15.4 LTS | 3.11 | 3.5.0 | 1.35.3 | 0.27.0 | should work |
# | 16.4 LTS | 3.12 | 3.5.2 | 1.69.0 | 0.28.1 | should fail |
# | 17.3 LTS | 3.12 | 4.0.0 | 1.69.0 | 0.27.0 | should work |
# | Serverless, version 4 | 3.12 | Connect | none | 0.27.0 | should work |
#
# A pin of one library is a promise about all the others. State the lowest version that works, or pin everything.

# %% [markdown] key="going-further-helpers"
# ## Going further: this course on Databricks
#
# The notebooks of this course import `lab_helpers`. To run them on Databricks, build the package once on your computer
# with `uv build`, upload the file that ends in `.whl` from the folder `dist` to your workspace, and install it in the first
# cell: `%pip install` followed by its path under `/Workspace`. It asks for neither PySpark nor Jupyter, so it is safe
# on serverless, and it brings a fitting `openai` along.

# %% key="check-off"
check_off("03")

# %% [markdown] key="verify"
# ## Verify this step
#
# The first cell asks Spark to count a thousand rows, which is enough to see that it is awake. The very first time on a
# computer, Spark takes some seconds to start. The second cell builds an `openai` client, since the trap above springs
# when the client is built and not when the library is imported.

# %% key="verify-cluster"
verify_cluster()

# %% key="verify-libraries"
verify_libraries()

# %% [markdown] key="what-to-notice"
# The answer says *where* Spark counted. On your computer and on Databricks the code is the same, and the rest of the course
# does not need to know.
#
# Everything is in place. In lesson 4 you create the notebook and the client.
