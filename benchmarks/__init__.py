"""What recording, purging, finding and sealing cost, each beside its peer in the same run: ``make bench``."""
