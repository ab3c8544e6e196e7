"""Benchmarks of recording, purging, searching and sealing, each next to its peers in the same run: `make bench`."""
