"""What is checked of a client: small named functions, each with one sentence and one page in docs/checks/."""
