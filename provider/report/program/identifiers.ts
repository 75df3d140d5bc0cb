/** Whether a program uses a name as a variable, not as a property or within a string. */
export function usesName(source: string, name: string): boolean {
  return new RegExp(`(?<![\\w$])(?<!(?<!\\.\\.)\\.)${name}(?![\\w$:])`).test(withoutTexts(source));
}

const comment = /\/\*[\s\S]*?\*\//y;
const quoted = /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'/y;

/** Removes strings and comments, but keeps the expressions within templates. */
function withoutTexts(source: string): string {
  /** Stack of open constructs: the text of a template, or a brace of code. */
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
