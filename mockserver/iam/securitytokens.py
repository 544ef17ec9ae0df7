"""POST /v3.0/OS-CREDENTIAL/securitytokens: temporary keys for a token, or as a customer by its partner's token.

Page: api-iam/iam_04_0002.html.
"""

from datetime import timedelta
from http import HTTPStatus

from mockserver.gateway import temporary_keys, tokens
from mockserver.iam.refusals import IamRefused
from mockserver.iam.request import Reply, Request
from mockserver.iam.tokens import TIME, assumed

DEFAULT_SECONDS, SHORTEST, LONGEST = 900, 900, 86400


def create(request: Request) -> Reply:
    """By ``methods``: token, or assume_role. Raises ``IamRefused``."""
    auth = request.auth()
    identity = auth.identity
    if identity.methods == ["assume_role"]:
        seconds = _seconds(identity.assume_role.duration_seconds if identity.assume_role else None)
        exchange, principal = assumed(request, auth)
    elif identity.methods == ["token"]:
        seconds = _seconds(identity.token.duration_seconds if identity.token else None)
        in_body = identity.token.id if identity.token else None
        exchange = request.bearer(request.wire.headers.get(tokens.HEADER) or in_body)
        principal = exchange.principal
    else:
        words = f"methods is {identity.methods}: ['token'] or ['assume_role'] can be used here"
        raise IamRefused("IAM.0007", words, key="auth.identity.methods")
    expires_at = tokens.until(exchange.sandbox, timedelta(seconds=seconds))
    made = temporary_keys.issue(exchange.sandbox, principal, exchange.number, expires_at)
    credential = {
        "access": made.ak,
        "expires_at": made.expires_at.strftime(TIME),
        "secret": made.sk,
        "securitytoken": made.security_token,
    }
    return Reply({"credential": credential}, HTTPStatus.CREATED)


def _seconds(asked: int | None) -> int:
    seconds = DEFAULT_SECONDS if asked is None else asked
    if not SHORTEST <= seconds <= LONGEST:
        words = f"duration_seconds is {seconds}: {SHORTEST} to {LONGEST} is documented"
        raise IamRefused("IAM.0007", words, key="duration_seconds")
    return seconds
