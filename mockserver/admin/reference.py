"""``/_mock/openapi`` and ``/_mock/docs``: the contract as a document and as a page to read and try, with no internet.

Swagger UI comes from a package that carries it. The page signs what is tried with a principal's keys, so that it goes
through the same gateway as every other request. Nothing here costs anything before it is asked for.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, send_from_directory, url_for
from werkzeug import Response as AnyResponse

from mockserver.contract.operations import SITES, Contract

_SITE = "<any(" + ", ".join(SITES) + "):site>"
_SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js")
# The page knows everybody's keys: nothing on it comes from, or goes to, any other place.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def blueprint(contract: Contract) -> Blueprint:
    reference = Blueprint("reference", __name__, url_prefix="/_mock", static_folder=None, template_folder="templates")

    @cache
    def written(site: str) -> bytes:
        import msgspec

        from mockserver.contract import openapi

        return msgspec.json.encode(openapi.document(contract, site))

    @reference.get(f"/openapi/{_SITE}.json")
    def document(site: str) -> Response:
        return Response(written(site), content_type="application/json")

    @reference.get("/docs")
    def docs() -> AnyResponse:
        return redirect(url_for("reference.page", site=SITES[0]))

    @reference.get(f"/docs/{_SITE}")
    def page(site: str) -> Response:
        from mockserver.contract.openapi import SITE_NAMES

        response = Response(render_template("reference.html", site=site, names=SITE_NAMES))
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @reference.get("/docs/assets/<name>")
    def asset(name: str) -> AnyResponse:
        return send_from_directory(_swagger_ui() if name in _SWAGGER_UI else _own(), name)

    return reference


def _swagger_ui() -> Path:
    # Importing the package would bring its own blueprint along; only its files are wanted.
    found = find_spec("flask_swagger_ui")
    assert found is not None, "a declared dependency"
    assert found.origin is not None
    return Path(found.origin).parent / "dist"


def _own() -> Path:
    return Path(__file__).with_name("static")
