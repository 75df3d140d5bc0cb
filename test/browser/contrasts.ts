/**
 * Runs in the page. Returns the lowest WCAG contrast between text and its background, by selector and class.
 */
export const contrasts = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backdrop = (element) => {
    if (!element) return "white";
    const color = getComputedStyle(element).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" ? backdrop(element.parentElement) : color;
  };
  const found = {};
  const selectors = ["h1", ".totals", ".label", ".bad", ".warn", ".soft", "th button", "code", "summary", "svg .name", "svg .disks", "svg .node-name"];
  for (const selector of selectors) for (const element of document.querySelectorAll(selector)) {
    const style = getComputedStyle(element);
    const ink = luminance(element.closest("svg") ? style.fill : style.color);
    const paper = luminance(backdrop(element));
    const name = selector + " " + element.getAttribute("class");
    found[name] = Math.min(found[name] ?? 99, (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05));
  }
  return found;
})()`;

/** Whether the page has dark colours. */
export const isDark = `getComputedStyle(document.body).backgroundColor !== "rgb(255, 255, 255)"`;
