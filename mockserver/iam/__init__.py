"""The few IAM and STS endpoints that clients need: tokens, domains, projects, temporary keys, who am I.

A login names no access key, so the user is looked for in all sandboxes; everything after it is found by the token or
the key, as in the gateway. Page: docs/iam.md.
"""

PATHS = frozenset(
    {
        "/v3/auth/tokens",
        "/v3/auth/domains",
        "/v3/auth/projects",
        "/v3/projects",
        "/v3.0/OS-CREDENTIAL/securitytokens",
        "/v5/caller-identity",
    }
)
