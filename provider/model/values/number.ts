/** Canonical forms of numbers; a text that is no number is returned unchanged. */

/** A number as C reads it: 16, 0x10 and 020. */
export const number = (value: string): string => {
  const text = value.trim();
  if (/^0[0-7]+$/.test(text)) return String(BigInt(`0o${text.slice(1)}`));
  return /^(?:0x[0-9a-f]+|\d{1,20})$/i.test(text) ? String(BigInt(text)) : text;
};

/** A decimal number, with or without leading zeros: `07` is 7. */
export const decimal = (value: string): string =>
  /^\s*\d+\s*$/.test(value) ? String(BigInt(value.trim())) : value;
