"""The file's size and the network's work, against what the shipped models may have."""

from edge_runtime.model.contract import Contract
from export.check.graph import Graph
from export.check.operators import macs
from export.check.result import Result

# By the name of a shipped model, in int8: bytes, and multiplications a picture.
LIMITS = {"nano": (600_000, 0.2e9), "standard": (2_500_000, 0.6e9)}


def check_size(contract: Contract, size: int, graph: Graph) -> Result:
    """At most what is promised of the shipped name, if it is one and in int8; else just told."""
    work = macs(graph)
    figures = {"bytes": size, "macs": work}
    told = f"{size:,} bytes, {work / 1e9:.3f} GMAC a picture"
    if contract.name not in LIMITS or not contract.recipe.startswith("int8"):
        return Result("size", "told", told, figures)
    most_bytes, most_work = LIMITS[contract.name]
    good = size <= most_bytes and work <= most_work
    detail = f"{told}; limits {most_bytes:,} bytes, {most_work / 1e9:g} GMAC"
    return Result("size", "pass" if good else "fail", detail, figures)
