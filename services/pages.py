"""Pages as answers: HTML that is made once, with the policy for its own scripts."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi.responses import HTMLResponse

from services.frame.security import policy_of


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is made of the data alone; no word of a request stands in it."""

    html: str
    policy: str = field(init=False)

    def __post_init__(self) -> None:
        """Work out the policy, once."""
        object.__setattr__(self, "policy", policy_of(self.html))


def page_response(page: Page) -> HTMLResponse:
    """Return a page as an answer; its inline scripts may run, and no others."""
    return HTMLResponse(page.html, headers={"Content-Security-Policy": page.policy})
