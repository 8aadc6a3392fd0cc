/**
 * Whether a key belongs to an input method that is still composing, e.g. a Korean syllable. Safari ends the composition
 * before it reports the Enter that ended it; the key code 229 tells that Enter from one that was meant.
 */
export function isComposing(event: KeyboardEvent): boolean {
  // oxlint-disable-next-line typescript/no-deprecated
  return event.isComposing || event.keyCode === 229;
}
