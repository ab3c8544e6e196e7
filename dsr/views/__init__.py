"""The public pages of requests."""
