"""The live page in the browser and its API: FastAPI behind uvicorn."""

from edge_runtime.serve.server import PageServer

__all__ = ["PageServer"]
