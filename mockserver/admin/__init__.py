"""``/_mock``: sandboxes to be made, reset, looked into and dropped. For test code and people."""

from mockserver.admin.sandboxes import blueprint, told

__all__ = ["blueprint", "told"]
