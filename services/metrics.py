"""Counts for Prometheus; a label has few values, whatever is asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

from services.workers import SHARED

if TYPE_CHECKING:
    from services.frame.watch import Answered

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0)


class Metrics:
    """The counts of one service: requests by route, method and class of status; reloads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self._requests = Counter(
            "tzkc_requests", "Requests that were answered.", labels, registry=self._registry
        )
        self._seconds = Histogram(
            "tzkc_request_seconds",
            "Seconds from a request to the end of its answer.",
            labels[:1],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._reloads = Counter(
            "tzkc_reloads", "Reloads of the data.", ("outcome",), registry=self._registry
        )

    def watch(self, answered: Answered) -> None:
        """Count a request; what no route answered has the route ``-``."""
        method = answered.scope["method"]
        status = f"{answered.status // 100}xx"
        self._requests.labels(
            answered.route, method if method in METHODS else "other", status
        ).inc()
        self._seconds.labels(answered.route).observe(answered.seconds)

    def reloaded(self, *, good: bool) -> None:
        """Count a reload of the data, or one that was refused."""
        self._reloads.labels("done" if good else "refused").inc()

    def text(self) -> bytes:
        """Return the counts, of all workers where several share a folder for them."""
        if SHARED not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
