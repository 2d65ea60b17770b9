// Several files as one download: a ZIP archive without compression (APPNOTE.TXT of PKWARE, 4.3.7, 4.3.12 and 4.3.16).

/** An archive of `[name, text]` pairs. */
export function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, text] of files) {
    const [label, content] = [new TextEncoder().encode(name), new TextEncoder().encode(text)];
    // Version 2.0, names in UTF-8, stored, midnight of 1 January 1980; then checksum, sizes, and the lengths of name and extra.
    const common = fields(
      [2, 20], [2, 0x0800], [2, 0], [2, 0], [2, 0x21],
      [4, crc(content)], [4, content.length], [4, content.length], [2, label.length], [2, 0]);
    const local = [fields([4, 0x04034b50]), common, label, content];
    directory.push(fields([4, 0x02014b50], [2, 20]), common, fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), label);
    parts.push(...local);
    offset += length(local);
  }
  const size = length(directory);
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, offset], [2, 0]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

const length = (parts) => parts.reduce((sum, part) => sum + part.length, 0);

/** Little-endian numbers of 2 or 4 bytes. */
function fields(...numbers) {
  const bytes = new DataView(new ArrayBuffer(numbers.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of numbers) {
    if (size === 2) bytes.setUint16(at, value, true); else bytes.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(bytes.buffer);
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  for (let bit = 0; bit < 8; bit += 1) index = index & 1 ? 0xedb88320 ^ (index >>> 1) : index >>> 1;
  return index;
});

/** CRC-32, as in zlib. */
export function crc(bytes) {
  let value = ~0;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}
