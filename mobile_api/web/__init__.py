"""The phone's pages beneath `/m/` (掌上办): the same services as the API, by a cookie."""
