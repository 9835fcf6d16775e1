// Writes a ZIP, file after file, as the .ZIP File Format Specification (APPNOTE 6.3) says: files are
// stored as they are, for pictures are small already.

const VERSION = 20;
const UTF8 = 1 << 11; // how names are written
const MOST = 2 ** 32 - 1;
const MOST_FILES = 2 ** 16 - 1;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

export class Zip {
  #write;
  #time;
  #at = 0; // bytes that are written
  #entries = []; // { name, crc, size, begin }

  // `write` takes a Blob or bytes to append, and gives a promise; `time` is that of all files.
  constructor(write, time = new Date()) {
    this.#write = write;
    this.#time = dosTime(time);
  }

  // Append a file. An Error says in a sentence that there is no room.
  async add(name, blob) {
    const entry = { name: new TextEncoder().encode(name), crc: await crcOf(blob), size: blob.size, begin: this.#at };
    const ends = this.#entries.reduce((sum, one) => sum + 46 + one.name.length, 0) + 46 + entry.name.length + 22;
    const whole = this.#at + 30 + entry.name.length + blob.size + ends;
    if (whole > MOST || this.#entries.length === MOST_FILES) throw new Error("A ZIP holds 4 GB at most: download fewer photos at once.");
    await this.#append(fields([[4, 0x04034b50], ...this.#head(entry)], entry.name));
    await this.#append(blob);
    this.#entries.push(entry);
  }

  // Write its list of contents.
  async close() {
    const begin = this.#at;
    for (const entry of this.#entries) {
      const rest = [[2, 0], [2, 0], [2, 0], [4, 0], [4, entry.begin]];
      await this.#append(fields([[4, 0x02014b50], [2, VERSION], ...this.#head(entry), ...rest], entry.name));
    }
    const count = this.#entries.length;
    const size = this.#at - begin;
    await this.#append(fields([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, begin], [2, 0]]));
  }

  // What a file and the list say alike: from the version to the length of further fields.
  #head({ name, crc, size }) {
    const [time, date] = this.#time;
    return [[2, VERSION], [2, UTF8], [2, 0], [2, time], [2, date], [4, crc], [4, size], [4, size], [2, name.length], [2, 0]];
  }

  async #append(part) {
    await this.#write(part);
    this.#at += part.size ?? part.length;
  }
}

// Names that no other file of a folder has, in whatever case: `spelled` tells those that a number makes.
export function unique(taken, spelled) {
  for (let number = 1; ; number++) {
    const names = spelled(number === 1 ? "" : ` (${number})`);
    const keys = names.map((name) => name.normalize("NFC").toLowerCase());
    if (keys.some((key) => taken.has(key))) continue;
    for (const key of keys) taken.add(key);
    return names;
  }
}

// Whole numbers of [bytes, value], little end first, and what follows them.
function fields(values, tail = new Uint8Array()) {
  const length = values.reduce((sum, [bytes]) => sum + bytes, 0);
  const data = new Uint8Array(length + tail.length);
  const view = new DataView(data.buffer);
  let at = 0;
  for (const [bytes, value] of values) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  data.set(tail, length);
  return data;
}

function dosTime(time) {
  const year = Math.max(0, time.getFullYear() - 1980);
  return [
    (time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1),
    (year << 9) | ((time.getMonth() + 1) << 5) | time.getDate(),
  ];
}

async function crcOf(blob) {
  let crc = MOST;
  const reader = blob.stream().getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    for (let i = 0; i < value.length; i++) crc = TABLE[(crc ^ value[i]) & 255] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
