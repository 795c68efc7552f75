# %% [markdown] key="before-you-begin"
# # 0. Before you begin
#
# At the end of this lesson you know what the course asks, you have chosen where your answers come from, and you have
# seen that your computer is ready. It takes about two minutes.

# %% key="parameters" tags=["parameters"]
LOCALE = "en"

# %% key="set-up"
from lab_helpers import connect, use_locale
from lab_helpers.azure import verify_libraries

use_locale(LOCALE)

# %% [markdown] key="about-this-course"
# ## What this course is about
#
# A large language model learns from texts that people wrote, and with the texts it learns their habits. If nurses were
# mostly called *she* and engineers mostly *he*, the model may go on writing so, even when nobody asked for a gender.
#
# Here you ask a real model to describe people in five occupations. You read its answers, measure how they treat gender,
# try a remedy, and measure again. On the way you set up what such work needs in Azure: a model behind an endpoint, and
# Azure Databricks, where the same few lines of code run on ten answers or on ten million.
#
# The course follows Microsoft's lab on responsible AI with Azure Databricks and Azure OpenAI, section by section. Where
# the lab has aged or has a slip, the lesson says so, and uses it to teach.

# %% [markdown] key="the-lessons"
# ## The lessons
#
# | Lesson | What you do | Minutes |
# |---|---|---|
# | 0. Before you begin | choose practice or Azure, check the set-up | 2 |
# | 1. Provision an Azure OpenAI resource | get an endpoint and a key | 2 |
# | 2. Deploy the model | put a current model behind a name of your own | 2 |
# | 3. Create a Databricks workspace and a cluster | get Spark, install the library | 2 |
# | 4. Create a notebook and connect to the model | set variables, build the client, write the prompts | 3 |
# | 5. Put responsible AI into practice | ask, read, form a first suspicion | 8 |
# | 6. Measure the bias | turn the suspicion into numbers with their uncertainty | further |
# | 7. Mitigate and measure again | try remedies, and see whether they helped | further |
# | 8. Clean up | delete what would cost money | 1 |
#
# The lab's own path takes about 20 minutes. On Azure, waiting for resources to be created adds some. Everything else,
# lessons 6 and 7 and the parts under a heading "Going further", you can take at your own pace, or leave for another day.

# %% [markdown] key="how-to-work"
# ## How to work through a lesson
#
# - Run each cell in order with **Shift+Enter**. When in doubt, choose **Kernel > Restart Kernel and Run All Cells**:
#   once its exercises are filled in, a lesson works from top to bottom.
# - Some cells fail on purpose, to show an error worth knowing. The text above them says so.
# - A cell that says `# YOUR CODE HERE` is an exercise. Replace the two lines of the stub with your own.
# - You work on your own copy of the notebooks. Whatever you change in it, it is never overwritten.

# %% [markdown] key="two-ways"
# ## Two ways: practice or Azure
#
# | | Practice | Azure |
# |---|---|---|
# | You need | this computer | an Azure subscription with administrator access |
# | It costs | nothing | tokens, and the time the cluster runs |
# | Answers come from | SmolLM2-135M-Instruct, recorded in advance | the model you deploy |
# | Prompts leave the computer | no | yes, they go to your own resource |
# | In lessons 1, 2, 3 and 8 | you read the steps and run the cells | you take the steps and run the cells |
#
# A *token* is a piece of text, often a part of a word: the unit in which models read, write and are billed.
#
# Both ways run the same code, and you can change from one to the other at any time.

# %% [markdown] key="choose-practice"
# ### Practice
#
# There is nothing to do: without settings for Azure, the course starts a small server on your computer. It speaks as
# Azure OpenAI does, and gives out answers that a real model gave when the course was made.
#
# The model is small: 135 million parameters, where the models you can rent have many billions. Its answers are real, and
# none was chosen or edited. But what you find out is a finding about *this* model. About another one it says nothing
# until you ask that one, too.

# %% [markdown] key="choose-azure"
# ### Azure
#
# You need an [Azure subscription](https://azure.microsoft.com/free) in which you have **administrator access**, because
# lessons 1 to 3 create resources. If your school or company owns the subscription, ask whether you may create an Azure
# OpenAI resource and a Databricks workspace, and in which region.
#
# Lesson 1 shows where to find the endpoint and the key, and where to put them. From then on the course uses them.

# %% [markdown] key="check-the-set-up"
# ## Verify this step
#
# The first cell below checks the one library that the lab needs: whether `openai` is installed and can build a client.
# The second connects, and prints in one line where your answers come from.

# %% key="verify-libraries"
verify_libraries()

# %% key="verify-connection"
connection = connect()

# %% [markdown] key="what-to-notice"
# If the line begins with *Practice*, the answers are recorded and nothing leaves your computer. If it begins with *Live*,
# your prompts go to the endpoint that it names, and tokens are billed. You will see this line at the start of most
# lessons. It is worth a look each time: it says which model you are studying.
#
# If something here says *Not yet* or shows an error, the line with the arrow tells what to do. In a terminal,
# `uv run lab doctor` checks everything else that the course uses.
#
# In lesson 1 you create the Azure OpenAI resource, or read how it is done.
