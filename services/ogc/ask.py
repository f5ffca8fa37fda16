"""What a request asks for: its address, its parameters, and links relative to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from services.ogc.faults import QueryError
from services.ogc.media import choose

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from services.ogc.media import Format

    Link = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. Links are absolute, from the address as it was asked."""

    base: str  # of the service, without a slash at its end
    path: str  # of the resource below the base, beginning with a slash; quoted
    params: tuple[tuple[str, str], ...] = ()
    accept: str = "*/*"

    def value(self, name: str) -> str | None:
        """Return a parameter, or None where it is not given."""
        return next((value for key, value in self.params if key == name), None)

    def check(self, known: Collection[str]) -> None:
        """Raise `QueryError` for a parameter that is not known, or given twice."""
        names = [name for name, _ in self.params]
        for name in names:
            if name not in known:
                msg = f"{name}: no such parameter here, expected one of {', '.join(known)}"
                raise QueryError(msg)
            if names.count(name) > 1:
                msg = f"{name}: given {names.count(name)} times, expected once"
                raise QueryError(msg)

    def format(self, offers: Sequence[Format]) -> Format:
        """Return the format of the answer."""
        return choose(offers, self.accept, self.value("f"))

    def url(self, path: str | None = None, **changes: str | None) -> str:
        """Return the address of a path, without query, or of this request with some changes.

        Parameters
        ----------
        path
            Below the base. None: this resource with its parameters.
        changes
            Parameters to set, or to leave out where None.
        """
        kept = () if path is not None else self.params
        params = [(key, value) for key, value in kept if key not in changes]
        params += [(key, value) for key, value in changes.items() if value is not None]
        query = f"?{urlencode(params)}" if params else ""
        return f"{self.base}{self.path if path is None else path}{query}"

    def links(self, offers: Sequence[Format], shown: Format) -> list[Link]:
        """Return the links to this resource in all its formats; ``self`` is the one shown."""
        return [
            link(
                self.url(f=one.name),
                "self" if one is shown else "alternate",
                one.media,
                f"本文档 This document ({one.title})",
            )
            for one in sorted(offers, key=lambda one: one is not shown)
        ]


def link(href: str, rel: str, media: str, title: str) -> Link:
    """Return a link as OGC API writes it."""
    return {"href": href, "rel": rel, "type": media, "title": title}


def link_header(links: Sequence[Link]) -> str:
    """Return links as the header ``Link`` (RFC 8288); titles are left out, they are not ASCII."""
    return ", ".join(f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"' for one in links)


def quoted(part: str) -> str:
    """Return an id as a part of a path."""
    return quote(part, safe="")
