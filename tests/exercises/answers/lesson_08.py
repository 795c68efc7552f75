from tests.exercises.answers import Answers

ANSWERS = {
    "08.gone": Answers(
        wrong={
            "took every 404 for a proof": 'return sign in ("DeploymentNotFound", "no such address", "404")',
            "took a refused key for a proof": 'return sign in ("DeploymentNotFound", "no such address", "401", "403")',
            "took silence for a proof": 'return sign in ("DeploymentNotFound", "no such address", "timeout")',
            "took everything but an answer for a proof": 'return sign != "answered"',
            "listed what does not prove it": """
                return sign not in ("404", "401", "403", "RateLimitReached", "content_filter", "timeout",
                                    "connection refused", "answered")
                """,
            "forgot the address": 'return sign == "DeploymentNotFound"',
            "always says yes": "return True",
            "always says no": "return False",
            "gives the sign back": 'return sign if sign == "DeploymentNotFound" else ""',
            "returned a text": 'return "True" if sign in ("DeploymentNotFound", "no such address") else "False"',
            "printed instead of returning": 'print(sign in ("DeploymentNotFound", "no such address"))',
        },
    ),
}
