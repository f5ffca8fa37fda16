"""The frame round every request: small layers of ASGI that know no route."""
