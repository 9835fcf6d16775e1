// What a JPEG says besides its pixels, for the coloured one: edge_runtime/pictures/ does the same for
// every format and checks more. Here the segments go along as they are, but for what is not true of
// the result any more: how the picture was turned, and its grey thumbnail.

const [APP1, APP13, COMMENT, SCAN, END] = [0xe1, 0xed, 0xfe, 0xda, 0xd9];
const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";
const MOST_BYTES = 65533;
const [ORIENTATION, SUB_EXIF, COLOUR_SPACE, WIDTH, HEIGHT] = [0x0112, 0x8769, 0xa001, 0xa002, 0xa003];
const [SHORT, SRGB] = [3, 1];
const PACKET = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`;

// The words of a file: of a JPEG its segments, else none.
export async function wordsOf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const words = [];
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return words;
  const view = new DataView(bytes.buffer);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1];
    if (marker === SCAN || marker === END) break;
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) break;
    if ([APP1, APP13, COMMENT].includes(marker)) words.push({ marker, data: bytes.slice(at + 4, end) });
    at = end;
  }
  return words;
}

// A JPEG of some size with words and the mark of what coloured it, behind its JFIF segment.
export function withWords(jpeg, words, mark, width, height) {
  const parts = [];
  let xmp = PACKET;
  for (const { marker, data } of words) {
    if (marker === APP1 && startsWith(data, XMP)) {
      const text = new TextDecoder().decode(data.subarray(XMP.length));
      if (text.includes("</rdf:RDF>") && !text.includes("Iptc4xmpExt:DigitalSourceType")) xmp = text;
    } else {
      const exif = marker === APP1 && startsWith(data, EXIF);
      if (!exif || madeTrue(data.subarray(EXIF.length), width, height)) parts.push(segment(marker, data));
    }
  }
  const marked = xmp.replace("</rdf:RDF>", () => `${mark}</rdf:RDF>`);
  const packet = new TextEncoder().encode(XMP + marked);
  if (packet.length <= MOST_BYTES) parts.push(segment(APP1, packet));
  const behind = jpeg[3] === 0xe0 ? 4 + ((jpeg[4] << 8) | jpeg[5]) : 2;
  return new Blob([jpeg.subarray(0, behind), ...parts, jpeg.subarray(behind)], { type: "image/jpeg" });
}

// What a result's XMP says of how it was made, as edge_runtime/pictures/mark.py writes it.
export function markOf(software, model, options) {
  return ` <rdf:Description rdf:about=""
  xmlns:tintlite="http://ns.tintlite/1.0/"
  tintlite:Software="${software}"
  tintlite:Model="${model}"
  tintlite:Options="${options}"
  xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
  Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"/>
`;
}

// Let an EXIF block, which is a small TIFF, say that its picture is upright, sRGB, of this size and
// without a thumbnail. Whether it could be read.
function madeTrue(block, width, height) {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  try {
    const little = view.getUint16(0) === 0x4949;
    const fieldsOf = (directory) => {
      const count = view.getUint16(directory, little);
      return new Map(Array.from({ length: count }, (_, n) => directory + 2 + 12 * n)
        .map((at) => [view.getUint16(at, little), at]));
    };
    const set = (at, value) => {
      if (at === undefined) return;
      if (view.getUint16(at + 2, little) === SHORT) view.setUint16(at + 8, value, little);
      else view.setUint32(at + 8, value, little);
    };
    const directory = view.getUint32(4, little);
    const first = fieldsOf(directory);
    set(first.get(ORIENTATION), 1);
    if (first.has(SUB_EXIF)) {
      const inner = fieldsOf(view.getUint32(first.get(SUB_EXIF) + 8, little));
      set(inner.get(COLOUR_SPACE), SRGB);
      set(inner.get(WIDTH), width);
      set(inner.get(HEIGHT), height);
    }
    view.setUint32(directory + 2 + 12 * view.getUint16(directory, little), 0, little);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function startsWith(data, text) {
  return [...text].every((letter, i) => data[i] === letter.charCodeAt(0));
}

function segment(marker, data) {
  const made = new Uint8Array(4 + data.length);
  made.set([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]);
  made.set(data, 4);
  return made;
}
