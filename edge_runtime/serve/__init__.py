"""The live page in the browser and its API: FastAPI behind uvicorn, in `server`.

Nothing is imported here: the page's workers, which colour, would import FastAPI for nothing.
"""
