/** Whether a program's text uses a name of its own: as a variable, not as a property or within a text. */
export function usesName(source: string, name: string): boolean {
  return new RegExp(`(?<![\\w$])(?<!(?<!\\.\\.)\\.)${name}(?![\\w$:])`).test(withoutTexts(source));
}

const comment = /\/\*[\s\S]*?\*\//y;
const quoted = /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'/y;

/** Without what stands in quotes and comments; the codes within templates stay. */
function withoutTexts(source: string): string {
  /** What is open: a template's text, or a brace of code. */
  const open: ("text" | "code")[] = [];
  let code = "";
  for (let at = 0; at < source.length; at++) {
    const isText = open.at(-1) === "text";
    const character = source.charAt(at);
    if (character === "`" && isText) open.pop();
    else if (character === "`") open.push("text");
    else if (isText && character === "\\") at++;
    else if (isText && source.startsWith("${", at)) {
      open.push("code");
      at++;
    } else if (!isText) {
      if (character === "{") open.push("code");
      if (character === "}") open.pop();
      const [skipped] = [comment, quoted].flatMap((pattern) => {
        pattern.lastIndex = at;
        return pattern.exec(source) ?? [];
      });
      if (skipped === undefined) code += character;
      else at += skipped.length - 1;
    }
    if (isText !== (open.at(-1) === "text")) code += " ";
  }
  return code;
}
