"""Coupons and discounts: quotas, what is issued and taken back, what a customer has, what it pays less."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
