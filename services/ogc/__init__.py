"""What OGC API says of addresses, queries and answers: pure, it knows of no web framework."""
