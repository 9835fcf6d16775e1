#!/usr/bin/env bash
# test_engine.sh cpu|gpu|none: runs the app's engine with the shipped models on the desktop's LiteRT:
# on the CPU, with no GPU to be had; on the GPU of the software Vulkan driver; without any library.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

folder=$("$PYTHON" - "$LITERT_VERSION" <<'PYTHON'
import sys
from importlib import metadata, util
from pathlib import Path

version = metadata.version("ai-edge-litert")
if not version.startswith(sys.argv[1] + "."):
    sys.exit(f"the checks know the C API of ai-edge-litert {sys.argv[1]}, not {version}")
print(Path(util.find_spec("ai_edge_litert").origin).parent)
PYTHON
)

case $1 in
  cpu) unset VK_ICD_FILENAMES LD_LIBRARY_PATH ;;
  gpu)
    # Chromium's package brings a Vulkan loader beside the driver; the system's is as good.
    mkdir -p "$BUILD/vulkan"
    [ ! -e "$VULKAN_LOADER" ] || ln -sf "$VULKAN_LOADER" "$BUILD/vulkan/"
    export VK_ICD_FILENAMES=$VULKAN_DRIVER LD_LIBRARY_PATH=$folder:$BUILD/vulkan
    ;;
  none) folder=$BUILD/no-such-folder ;;
esac
cd "$DEMO/engine"
junit "$BUILD/engine-test" \
  "$BUILD/engine:$BUILD/litert:$BUILD/core:$BUILD/core-test:$JNA" \
  "org/tintlite/engine/$1" -Xmx256m "-Dlitert.folder=$folder"
