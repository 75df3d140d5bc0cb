/** Text that is not XML, or that the parser refuses. The message begins with a verb: callers put a subject before it. */
export class XmlError extends Error {
  override readonly name = "XmlError";
}
