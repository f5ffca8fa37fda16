"""Tiles of the collections: vector, picture, and one file of all (瓦片)."""
