"""An offline stand-in for Huawei Cloud's partner API (BSS), for both sites. See docs/architecture.md."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("bss-mock")
except PackageNotFoundError:  # a checkout on sys.path that nobody installed
    __version__ = "0.0.0"
