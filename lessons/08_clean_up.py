# %% [markdown] key="clean-up"
# # 8. Clean up
#
# At the end of this lesson nothing that you created costs money any more, and your work is kept. It takes about a minute.

# %% key="parameters" tags=["parameters"]
LOCALE = "en"

# %% key="set-up"
from lab_helpers import check, check_off, connect, hint, progress, use_locale
from lab_helpers.azure import verify_clean_up

use_locale(LOCALE)

# %% [markdown] key="why-clean-up"
# ## Why clean up
#
# A cluster costs as long as it runs, whether anybody uses it or not. A deployment holds a share of the quota that others
# in your subscription may be waiting for. And a key that opens nothing any more cannot be misused.
#
# **In practice**, read the steps on Azure and go on to "On your computer".

# %% [markdown] key="delete-the-deployment"
# ## Azure OpenAI: delete the deployment or the resource
#
# When you no longer need the model, open the **Azure portal** at `https://portal.azure.com` and do one of these:
#
# - **Delete the deployment.** In Microsoft Foundry, under **Deployments**, select it and choose **Delete**. The resource
#   stays, with its endpoint and keys, and you can put another model there.
# - **Delete the whole resource.** On its **Overview** page choose **Delete**. Its name then stays taken for 48 hours, unless
#   you also purge the deleted resource.
#
# Download what you want to keep first. No answer is stored there for you.

# %% [markdown] key="terminate-the-cluster"
# ## Databricks: terminate the cluster
#
# In the Databricks workspace, on the page **Compute**, select your cluster and choose **■ Terminate**. A terminated cluster
# keeps its settings and can be started again. If you forget, it stops by itself after the 20 minutes of inactivity that
# you set in lesson 3.
#
# With serverless there is no cluster of yours to terminate.

# %% [markdown] key="delete-the-resources"
# ## Delete the rest
#
# If you have finished with Azure Databricks, delete the resources that you created, so that they cost nothing and free
# capacity in your subscription. If you put everything into one resource group, as in lessons 1 and 3, delete the **resource
# group**: it takes everything in it along. Look at the list before you confirm, because other people's work in the same
# group would go, too.
#
# Then delete the key from `.env`, or from the secret scope on Databricks.

# %% [markdown] key="on-your-computer"
# ## On your computer
#
# Press **Ctrl-C** in the terminal where you typed `lab start`. That stops JupyterLab, the practice server and Spark, all
# together. Nothing keeps running in the background.
#
# Your notebooks stay in the folder `my-course`. When you start the course again, they are as you left them. To begin a
# lesson anew, rename or delete its notebook there, and a fresh copy is made at the next start.

# %% key="check-off"
check_off("08")

# %% [markdown] key="verify"
# ## Verify this step
#
# Two signs prove that a deployment is gone: the service says that it knows no such deployment, or the resource's address
# no longer exists. A refused key or a silent service proves nothing.
#
# ### Exercise: what proves it?
#
# Complete `is_gone`: `True` where the sign proves it, else `False`. `hint("08.gone")` helps. The signs are texts such as
#
# | sign | what happened |
# |---|---|
# | `"DeploymentNotFound"` | the service says that it knows no deployment of this name |
# | `"no such address"` | no machine has the resource's name any more |
# | `"404"` | the service knows no such *path*: perhaps a slip in the endpoint |
# | `"401"`, `"403"` | the key was refused, or is not allowed to do this |
# | `"RateLimitReached"`, `"content_filter"` | this one call was refused |
# | `"timeout"`, `"connection refused"` | nobody answered |
# | `"answered"` | an answer came |
#
# and there are others, of which nobody thought. The check tries some of those, too.

# %% key="is-gone"
def is_gone(sign):
    # True only where the sign leaves no other explanation.
    ### BEGIN SOLUTION
    return sign in ("DeploymentNotFound", "no such address")
    ### END SOLUTION

# %% key="check-gone"
check("08.gone", is_gone)

# %% [markdown] key="verify-for-real"
# Now for real: the next cells ask whether the deployment is still there. After a deletion, give it five minutes.

# %% key="connect-now"
connection = connect()

# %% key="verify-clean-up"
verify_clean_up(connection.settings)

# %% [markdown] key="what-you-did"
# ## What you have done
#
# `progress()` lists the exercises and quizzes of all lessons. It reads a file in your own folder, and nobody else does.

# %% key="progress"
progress()

# %% [markdown] key="the-end"
# ## What you take with you
#
# You asked a real model, put its answers into a table, measured what it does with gender, tried remedies and measured
# again. The same steps hold for any model and for other questions of fairness: prompts that differ in one thing only,
# enough answers, a measure that another person can repeat, and a number that comes with its uncertainty.
#
# When you audit a deployment of your own, take the code of lessons 5 to 7, set the endpoint to yours, and write down with
# every result the model that answered.
