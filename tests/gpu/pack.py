"""Divide archives of pictures into packs that are small enough to be carried to a GPU machine.

    python tests/gpu/pack.py OUT --mib 36 photos/*.zip

writes OUT/00.zip, OUT/01.zip ...: the same files in the same order, stored as they are.
`--limit 300` takes that many pictures only, spread evenly, for a rehearsal.
"""

import argparse
import zipfile
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("sources", type=Path, nargs="+")
    parser.add_argument("--mib", type=float, default=36.0, help="the most that a pack weighs")
    parser.add_argument("--limit", type=int, help="this many pictures only")
    options = parser.parse_args()
    entries = [
        (source, entry)
        for source in options.sources
        for entry in zipfile.ZipFile(source).infolist()
        if not entry.is_dir()
    ]
    if options.limit:
        entries = entries[:: max(1, len(entries) // options.limit)][: options.limit]
    options.out.mkdir(parents=True)
    sources = {source: zipfile.ZipFile(source) for source in options.sources}
    room, number, pack = 0.0, 0, None
    for source, entry in entries:
        data = sources[source].read(entry)
        # Its name stands in the archive twice, with 76 bytes of headers.
        weight = len(data) + 2 * len(entry.filename) + 76
        if pack is None or weight > room:
            if pack is not None:
                pack.close()
            pack = zipfile.ZipFile(options.out / f"{number:02}.zip", "w", zipfile.ZIP_STORED)
            room, number = options.mib * 2**20 - 100, number + 1
        # Two sources may have pictures of the same name.
        pack.writestr(f"{source.stem}/{entry.filename}", data)
        room -= weight + 2 * len(source.stem) + 2
    if pack is not None:
        pack.close()
    print(f"{len(entries)} pictures in {number} packs")


if __name__ == "__main__":
    main()
