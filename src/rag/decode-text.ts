/** UTF-8, UTF-16 with its mark, or EUC-KR (older Korean text files); undefined for what is no text. */
export function decodeText(bytes: Buffer): string | undefined {
  const encodings = bytes[0] === 0xff && bytes[1] === 0xfe ? ["utf-16le"] : ["utf-8", "euc-kr"];
  for (const encoding of encodings) {
    const text = decodeAs(encoding, bytes);
    if (text !== undefined) return text.includes("\0") ? undefined : text;
  }
  return undefined;
}

function decodeAs(encoding: string, bytes: Buffer): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // Not this encoding.
    return undefined;
  }
}
