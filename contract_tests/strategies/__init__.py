"""Hypothesis strategies for requests, drawn from the schema files: valid ones, and ones that break exactly one rule."""

from contract_tests.strategies.breaking import Broken, Rule, broken_requests, rules
from contract_tests.strategies.keywords import UnknownKeyword
from contract_tests.strategies.requests import arguments, requests, simplest

__all__ = ["Broken", "Rule", "UnknownKeyword", "arguments", "broken_requests", "requests", "rules", "simplest"]
