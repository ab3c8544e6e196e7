"""The controller's desk for requests."""

from dsr.admin import requests

__all__ = ["requests"]
