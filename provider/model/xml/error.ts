/** Text that is no XML, or none that is read here. The message begins with a verb: who says which text puts its name before. */
export class XmlError extends Error {
  override readonly name = "XmlError";
}
