"""TintLite as a static page: the page of `tintlite serve`, with an engine in JavaScript."""
