// The parts of a multipart stream, as they come: { number, width, height, jpeg }.

const LONGEST_HEAD = 4096;

export async function* frames(body) {
  const reader = body.getReader();
  let bytes = new Uint8Array(0);

  // Read on until `bytes` holds so many; false at the end of the stream.
  async function fill(length) {
    if (bytes.length >= length) return true;
    const pieces = [bytes];
    let total = bytes.length;
    while (total < length) {
      const { done, value } = await reader.read();
      if (done) return false;
      pieces.push(value);
      total += value.length;
    }
    bytes = new Uint8Array(total);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return true;
  }

  try {
    for (;;) {
      let end;
      while ((end = headEnd(bytes)) < 0) {
        if (bytes.length > LONGEST_HEAD) throw new Error("The stream is not one of TintLite.");
        if (!(await fill(bytes.length + 1))) return;
      }
      const head = new TextDecoder("latin1").decode(bytes.subarray(0, end));
      const length = Number(field(head, "Content-Length"));
      const [width, height] = field(head, "X-Frame-Size").split("x").map(Number);
      bytes = bytes.subarray(end);
      if (!(await fill(length))) return;
      yield { number: Number(field(head, "X-Frame")), width, height, jpeg: bytes.slice(0, length) };
      bytes = bytes.subarray(length);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

// Where the head of the next part ends, or -1. The boundary before it counts as part of it, and a
// head without a field is none: it is what stands between two pictures.
function headEnd(bytes) {
  for (let i = 3; i < bytes.length; i++) {
    if (bytes[i] === 10 && bytes[i - 1] === 13 && bytes[i - 2] === 10 && bytes[i - 3] === 13) {
      if (bytes.subarray(0, i).includes(58)) return i + 1;
    }
  }
  return -1;
}

function field(head, name) {
  const line = head.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  if (!line) throw new Error("The stream is not one of TintLite.");
  return line.slice(name.length + 1).trim();
}
