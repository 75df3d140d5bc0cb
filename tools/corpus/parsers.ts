import { parseXml } from "../../provider/model/xml/parse.ts";
import type { Figure } from "./measure.ts";
import type { Pair } from "./pairs.ts";
import { parseSecond, plainTree } from "./secondParser.ts";

/** Counts the texts for which saxes and fast-xml-parser find the same tree. */
export function measureParsers(pairs: readonly Pair[]): Figure {
  const texts = pairs.flatMap(({ name, desiredText, actualText }) => [
    { name: `${name}, written`, text: desiredText },
    { name: `${name}, printed`, text: actualText },
  ]);
  const differing = texts.filter(
    ({ text }) => JSON.stringify(parseSecond(text)) !== JSON.stringify(plainTree(parseXml(text.trim()))),
  );
  return {
    name: "both parsers find the same tree",
    good: texts.length - differing.length,
    all: texts.length,
    wanted: 1,
    notes: [],
    exceptions: differing.map(({ name }) => name),
  };
}
