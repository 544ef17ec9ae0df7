"""An offline stand-in for Huawei Cloud's partner API (BSS), for both sites. See docs/architecture.md."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.intercepting import intercept

__all__ = ["intercept"]


def __getattr__(name: str) -> Any:
    """``intercept`` needs the whole emulator, which nobody else who imports the package should wait for."""
    if name != "intercept":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mockserver.intercepting import intercept

    return intercept
