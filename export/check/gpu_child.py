"""What the process of its own does: run a model on the GPU, arrays in and arrays out."""

import io
import sys
from pathlib import Path

import numpy as np

from edge_runtime.engine.gpu_engine import GpuEngine


def main() -> None:
    """Standard input is an array of lightness [N, S, S]; ab [N, S', S', 2] goes out."""
    inputs = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    engine = GpuEngine(Path(sys.argv[1]).read_bytes(), int(sys.argv[2]))
    stream = io.BytesIO()
    np.save(stream, np.stack([engine.run(x) for x in inputs]), allow_pickle=False)
    sys.stdout.buffer.write(stream.getvalue())


if __name__ == "__main__":
    main()
