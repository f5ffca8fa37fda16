"""The web service over the library; nothing of the library knows it."""
