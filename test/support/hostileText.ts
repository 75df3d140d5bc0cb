/**
 * Characters on which a terminal, page or editor acts: a clipboard write, a screen clear, C1's CSI, a bidi
 * override.
 */
export const hostileBytes = "\u001b]52;c;aGk=\u0007\u001b[2J\u009b2J\u202egnp.exe\u2066";
/** The same, without characters that XML can't contain. */
export const hostileXml = "\u009b2J\u0085\u202egnp.exe\u2066\u200b";

/** Line breaks and tabs are text; every other control, format or separator character acts. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
export const acting = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
