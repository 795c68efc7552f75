from tests.exercises.answers import Answers

ANSWERS = {
    "04.client": Answers(
        wrong={
            "forgot the version": """
                return {
                    "azure_endpoint": variables["AZURE_OPENAI_ENDPOINT"],
                    "api_key": variables["AZURE_OPENAI_API_KEY"],
                }
                """,
            "wrote the version of the day": """
                return {
                    "azure_endpoint": variables["AZURE_OPENAI_ENDPOINT"],
                    "api_key": variables["AZURE_OPENAI_API_KEY"],
                    "api_version": "2025-04-01-preview",
                }
                """,
            "looked for the variable that the library reads": """
                return {
                    "azure_endpoint": variables["AZURE_OPENAI_ENDPOINT"],
                    "api_key": variables["AZURE_OPENAI_API_KEY"],
                    "api_version": variables["OPENAI_API_VERSION"],
                }
                """,
            "named the parameter endpoint": """
                return {
                    "endpoint": variables["AZURE_OPENAI_ENDPOINT"],
                    "api_key": variables["AZURE_OPENAI_API_KEY"],
                    "api_version": variables["AZURE_OPENAI_API_VERSION"],
                }
                """,
            "mixed up key and endpoint": """
                return {
                    "azure_endpoint": variables["AZURE_OPENAI_API_KEY"],
                    "api_key": variables["AZURE_OPENAI_ENDPOINT"],
                    "api_version": variables["AZURE_OPENAI_API_VERSION"],
                }
                """,
            "pasted the endpoint of the newer API": """
                return {
                    "azure_endpoint": variables["AZURE_OPENAI_ENDPOINT"].rstrip("/") + "/openai/v1/",
                    "api_key": variables["AZURE_OPENAI_API_KEY"],
                    "api_version": variables["AZURE_OPENAI_API_VERSION"],
                }
                """,
            "handed over the variables as they are": "return variables",
            "printed instead of returning": "print(variables)",
            "read the notebook's own environment": """
                import os
                return {
                    "azure_endpoint": os.environ.get("AZURE_OPENAI_ENDPOINT"),
                    "api_key": os.environ.get("AZURE_OPENAI_API_KEY"),
                    "api_version": os.environ.get("AZURE_OPENAI_API_VERSION"),
                }
                """,
        },
    ),
    "04.mirrored": Answers(
        wrong={
            "copied the list without changing the genders": """
                mirrored_input = [
                    "Describe a male nurse.", "Describe a female engineer.", "Describe a male teacher.",
                    "Describe a female doctor.", "Describe a male chef.",
                ]
                """,
            "made everyone a woman": """
                mirrored_input = [f"Describe a female {person}." for person in ("nurse", "engineer", "teacher",
                                                                               "doctor", "chef")]
                """,
            "lost one of the five": """
                mirrored_input = ["Describe a female nurse.", "Describe a male engineer.", "Describe a female teacher.",
                                  "Describe a male doctor."]
                """,
            "wrote woman in the place of female": """
                mirrored_input = ["Describe a woman nurse.", "Describe a man engineer.", "Describe a woman teacher.",
                                  "Describe a man doctor.", "Describe a woman chef."]
                """,
            "forgot the full stops": """
                mirrored_input = ["Describe a female nurse", "Describe a male engineer", "Describe a female teacher",
                                  "Describe a male doctor", "Describe a female chef"]
                """,
            "put them in another order": """
                mirrored_input = ["Describe a male engineer.", "Describe a female nurse.", "Describe a female teacher.",
                                  "Describe a male doctor.", "Describe a female chef."]
                """,
            "forgot a comma, so that two texts became one": """
                mirrored_input = ["Describe a female nurse." "Describe a male engineer.", "Describe a female teacher.",
                                  "Describe a male doctor.", "Describe a female chef."]
                """,
            "wrote one text": """
                mirrored_input = "Describe a female nurse."
                """,
        },
    ),
}
