import { XmlError } from "./error.ts";

/** Far more than libvirt has; below what would exhaust the stack. */
export const depthLimit = 256;

/** How a processing instruction stands in the text that the parser gets: it would lose what is in it. */
export const instructionMark = "\uE000";

const name = "[A-Za-z_:\\u0080-\\uFFFF][-.\\w:\\u00B7-\\uFFFF]*";
const openTag = new RegExp(`<(${name})`, "y");
const closeTag = new RegExp(`</(${name})\\s*>`, "y");
const attribute = new RegExp(`\\s+(${name})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, "y");
const tagEnd = /\s*(\/?)>/y;
const reference = /&(?:(?:lt|gt|amp|apos|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});)?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/**
 * Checks that text is well-formed XML 1.0 without a document type, and gives it as the parser can read it
 * without loss. Knows nothing of what the elements mean.
 * @throws XmlError with line and column.
 */
export function scanXml(text: string): string {
  const open: string[] = [];
  const instructions: [number, number][] = [];
  let [at, roots] = [0, 0];
  const fail = (what: string, where = at): never => {
    const before = text.slice(0, where).split("\n");
    const place = `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
    throw new XmlError(`does not parse at ${place}: ${what}`);
  };
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const upTo = (end: string, from: number, what: string) => {
    const found = text.indexOf(end, from);
    if (found < 0) fail(`${what} is not closed`);
    at = found + end.length;
    return text.slice(from, found);
  };
  const control = forbidden.exec(text);
  if (control) fail("a character that XML can't hold", control.index);
  while (at < text.length) {
    const start = at;
    if (text[at] !== "<") {
      const end = text.indexOf("<", at);
      at = end < 0 ? text.length : end;
      const between = text.slice(start, at);
      if (open.length === 0 && between.trim() !== "") fail("text outside of the root element", start);
      if (between.includes("]]>")) fail("]]> in text", start);
      if (between.includes("&")) checkReferences(between, start, fail);
    } else if (text.startsWith("<!--", at)) {
      const inner = upTo("-->", at + 4, "a comment");
      if (inner.includes("--") || inner.endsWith("-")) fail("-- in a comment", start);
    } else if (text.startsWith("<![CDATA[", at)) {
      if (open.length === 0) fail("text outside of the root element");
      upTo("]]>", at + 9, "a CDATA section");
    } else if (text.startsWith("<?", at)) {
      upTo("?>", at + 2, "a processing instruction");
      instructions.push([start, at]);
    } else if (text.startsWith("<!", at)) {
      fail("a document type, which may name other files; write it without one");
    } else if (text[at + 1] === "/") {
      const tag = match(closeTag);
      if (!tag) fail("no closing tag");
      const opened = open.pop();
      if (tag && opened !== tag[1]) fail(`</${tag[1]}> closes <${opened ?? "nothing"}>`, start);
    } else {
      const tag = match(openTag);
      if (!tag) fail("< begins no tag");
      if (open.length === 0 && ++roots > 1) fail("a second root element", start);
      const seen = new Set<string>();
      for (let each = match(attribute); each; each = match(attribute)) {
        if (seen.has(each[1] ?? "")) fail(`attribute ${each[1]} is given twice`, start);
        seen.add(each[1] ?? "");
        const value = each[2] ?? each[3] ?? "";
        if (value.includes("&")) checkReferences(value, at - value.length - 1, fail);
      }
      const end = match(tagEnd);
      if (!end) fail(`<${tag?.[1]}> has something that is no attribute`);
      if (end?.[1] === "") open.push(tag?.[1] ?? "");
      if (open.length > depthLimit) fail(`more than ${depthLimit} elements inside of one another`, start);
    }
  }
  if (open.length > 0) fail(`<${open.at(-1)}> is not closed`);
  if (roots === 0) throw new XmlError("must have exactly one root element");
  return withoutInstructions(text, instructions);
}

function checkReferences(text: string, start: number, fail: (what: string, where: number) => never): void {
  for (const { 0: found, index } of text.matchAll(reference)) {
    if (found !== "&") continue;
    const entity = /^&[^;\s&]{1,40};/.exec(text.slice(index))?.[0];
    fail(
      entity ? `has the unknown entity ${entity}; write the character itself` : "& begins no entity",
      start + index,
    );
  }
}

function withoutInstructions(text: string, found: readonly [number, number][]): string {
  let safe = "";
  let from = 0;
  for (const [start, end] of found) {
    const body = encodeURIComponent(text.slice(start + 2, end - 2)).replaceAll("-", "%2D");
    safe += `${text.slice(from, start)}<!--${instructionMark}${body}-->`;
    from = end;
  }
  return from === 0 ? text : safe + text.slice(from);
}
