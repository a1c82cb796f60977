"""The least that Flask can be, to compare with."""

from flask import Flask

app = Flask("bare")


@app.get("/healthz")
def alive() -> str:
    """Answer."""
    return "alive"
