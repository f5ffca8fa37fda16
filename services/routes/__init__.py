"""One module a group of addresses; none knows another."""
