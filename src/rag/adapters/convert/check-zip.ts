import { ConversionError, LIMITS } from "./conversion-limits.ts";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
/** The end's record and the longest comment after it. */
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
/** The beginning of an older Office file, which is also what a protected .docx is wrapped in. */
const OLE_MARK = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/** Reads what a zip says of itself before anything is unpacked. Sizes that lie are stopped by the limit of memory. */
export function checkZip(bytes: Buffer): void {
  if (bytes.subarray(0, 4).equals(OLE_MARK))
    throw new ConversionError("encrypted", "protected, or an older .doc");
  const end = findEnd(bytes);
  const entries = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (entries > LIMITS.zipEntries) throw new ConversionError("too-complex", `${entries} entries`);
  let unpacked = 0;
  for (let entry = 0; entry < entries; entry += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new ConversionError("broken", "the zip's directory ends too soon");
    if ((bytes.readUInt16LE(at + 8) & 1) === 1) throw new ConversionError("encrypted");
    const packed = bytes.readUInt32LE(at + 20);
    const size = bytes.readUInt32LE(at + 24);
    unpacked += size;
    if (unpacked > LIMITS.zipBytes || (size > 1_048_576 && size / Math.max(1, packed) > LIMITS.zipRatio))
      throw new ConversionError("too-complex", "unpacks to too much");
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

function findEnd(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = bytes.length - END_BYTES; at >= first; at -= 1)
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  throw new ConversionError("broken", "no zip");
}
