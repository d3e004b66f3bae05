"""The limit of a start: Litestar, SQLModel and Jinja with one table and one template.

``python -m benchmarks.bare_app PORT``
"""

import sys

import jinja2
from litestar import Litestar, get
from sqlmodel import Field, SQLModel, create_engine

from benchmarks.serving import serve


class Row(SQLModel, table=True):
    """A table, as every application of this kind has some."""

    id: int | None = Field(default=None, primary_key=True)
    title: str


engine = create_engine("sqlite://")
template = jinja2.Environment(autoescape=True).from_string(
    "<!doctype html><html lang='en'><title>{{ title }}</title><h1>{{ title }}</h1></html>"
)


@get("/", media_type="text/html", sync_to_thread=False)
def page() -> str:
    """Return a plain page."""
    return template.render(title="It runs")


if __name__ == "__main__":
    SQLModel.metadata.create_all(engine)
    serve(Litestar([page], openapi_config=None, logging_config=None), int(sys.argv[1]))
