"""The few IAM and STS endpoints that clients need: tokens, domains, temporary keys. None is served yet."""
