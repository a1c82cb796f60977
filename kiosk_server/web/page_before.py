"""The way back from a page that says what went wrong."""

from urllib.parse import urlsplit

from flask import current_app, request


def page_before(under: str) -> str | None:
    """Return the page below *under* that the person came from, as path and query.

    None where the browser does not say, where it is another house's, or can only be posted to.
    """
    told = urlsplit(request.referrer or "")
    if told.netloc != request.host or not told.path.startswith(under):
        return None
    if request.method == "GET" and told.path == request.path:
        return None
    doors = current_app.create_url_adapter(request)
    if doors is None or not doors.test(told.path, "GET"):
        return None
    return f"{told.path}?{told.query}" if told.query else told.path
