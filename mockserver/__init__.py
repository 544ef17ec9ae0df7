"""An offline stand-in for Huawei Cloud's partner API (BSS), for both sites. See docs/architecture.md."""
