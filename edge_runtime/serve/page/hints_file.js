// The file of hints, as docs/hints.md describes it.

const FORMAT = "tintlite-hints";
const VERSION = 1;

// The file's text; `likeness` is what the server says a picture is known by.
export function hintsFile(hints, likeness) {
  const said = hints.map(({ x, y, colour, radius }) => ({ x, y, colour, radius }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, picture: likeness, hints: said }, null, 1)}\n`;
}
