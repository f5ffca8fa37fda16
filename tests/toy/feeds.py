"""A GTFS feed as its readers see it."""

from tzkc_geo.network.gtfs import Feed, Row


def seconds(text: str) -> int:
    """Return HH:MM:SS in seconds."""
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def times(feed: Feed, trip: str) -> dict[str, int]:
    """Return when a trip leaves each of its stops, seconds of the day."""
    return {
        row["stop_id"]: seconds(row["departure_time"])
        for row in feed["stop_times.txt"]
        if row["trip_id"] == trip
    }


def departures(feed: Feed, route: str, direction: str) -> list[int]:
    """Return when trains leave the first stop, as a reader of the feed sees it."""
    found = []
    repeated = {row["trip_id"] for row in feed.get("frequencies.txt", [])}
    for trip in feed["trips.txt"]:
        if (trip["route_id"], trip["direction_id"]) != (route, direction):
            continue
        if trip["trip_id"] not in repeated:
            found.append(min(times(feed, trip["trip_id"]).values()))
    for row in feed.get("frequencies.txt", []):
        if row["trip_id"].startswith(route) and row["trip_id"].endswith(f"-{direction}"):
            found += range(
                seconds(row["start_time"]), seconds(row["end_time"]), int(row["headway_secs"])
            )
    return sorted(found)


def of(feed: Feed, file: str, column: str, value: str) -> Row:
    """Return the one row with this value."""
    (found,) = [row for row in feed[file] if row[column] == value]
    return found
