"""The live page in the browser and its API: FastAPI behind uvicorn."""

from edge_runtime.serve.server import DEFAULT_HOST, DEFAULT_PORT, PageServer, serve_live

__all__ = ["DEFAULT_HOST", "DEFAULT_PORT", "PageServer", "serve_live"]
