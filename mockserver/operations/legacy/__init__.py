"""The old (v1.0, retired v2) operations, by the area they belonged to: the same state in their own shapes."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
