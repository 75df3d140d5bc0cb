/**
 * An XML document as immutable values. Attribute values and text are decoded (entities resolved) and keep all white
 * space. Namespaces are not resolved: names keep their prefixes as written.
 */
export type XmlNode = XmlElement | XmlText | XmlCData | XmlComment | XmlInstruction;

/** The root element of a text, with the comments and instructions around it. */
export interface XmlDocument {
  readonly before: readonly XmlNode[];
  readonly root: XmlElement;
  readonly after: readonly XmlNode[];
}

export interface XmlElement {
  readonly kind: "element";
  /** Name as written, with its prefix (`qemu:arg`). */
  readonly name: string;
  /** In document order; names are unique within one element. */
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlNode[];
}

export interface XmlAttribute {
  readonly name: string;
  readonly value: string;
}

export interface XmlText {
  readonly kind: "text";
  readonly text: string;
}

export interface XmlCData {
  readonly kind: "cdata";
  readonly text: string;
}

export interface XmlComment {
  readonly kind: "comment";
  readonly text: string;
}

export interface XmlInstruction {
  readonly kind: "instruction";
  readonly target: string;
  readonly text: string;
}

/** A `<domain>` that declares nothing. */
export const emptyDomain: XmlElement = { kind: "element", name: "domain", attributes: [], children: [] };
