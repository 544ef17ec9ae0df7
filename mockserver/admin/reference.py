"""``/_mock/openapi`` and ``/_mock/docs``: the contract as a document and as a page to read and try, with no internet.

Swagger UI comes from a package that carries it; the page signs what is tried with a principal's keys, so that it goes
through the same gateway as every other request.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec
from flask import Blueprint, Response, abort, redirect, render_template, send_from_directory, url_for
from werkzeug import Response as AnyResponse

from mockserver.contract import openapi
from mockserver.contract.operations import SITES, Contract

_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js")


def blueprint(contract: Contract) -> Blueprint:
    reference = Blueprint(
        "reference",
        __name__,
        url_prefix="/_mock",
        static_folder="static",
        static_url_path="/docs/static",
        template_folder="templates",
    )

    @cache
    def written(site: str) -> bytes:
        return msgspec.json.encode(openapi.document(contract, site))

    @reference.get("/openapi/<any(cn, intl):site>.json", endpoint="openapi")
    def show_openapi(site: str) -> Response:
        return Response(written(site), content_type="application/json")

    @reference.get("/docs")
    def docs() -> AnyResponse:
        return redirect(url_for("reference.page", site=SITES[0]))

    @reference.get("/docs/<any(cn, intl):site>")
    def page(site: str) -> str:
        return render_template("reference.html", site=site, names=openapi.SITE_NAMES)

    @reference.get("/docs/assets/<name>")
    def asset(name: str) -> AnyResponse:
        if name not in _ASSETS:
            abort(404)
        return send_from_directory(_swagger_ui(), name)

    return reference


def _swagger_ui() -> Path:
    return Path(str(files("flask_swagger_ui"))) / "dist"
