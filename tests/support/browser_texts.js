// Every visible piece of text with its place, its size on the screen, and its contrast (WCAG 2)
// against what is drawn under its middle. The page's height must be the window's.
const number = (text) => text.match(/[\d.]+/g).map(Number);
const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]) =>
  0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);

// What an element paints behind text: [r, g, b, opacity], or null.
function painted(element) {
  const style = getComputedStyle(element);
  const isShape = element instanceof SVGGeometryElement;
  const colour = isShape ? style.fill : style.backgroundColor;
  if (!colour || colour === "none") return null;
  const [r, g, b, a = 1] = number(colour);
  const opacity = a * (isShape ? Number(style.fillOpacity) : 1) * Number(style.opacity);
  return opacity > 0 ? [r, g, b, opacity] : null;
}

// `elementsFromPoint` leaves out what ignores the pointer; text that does lies above all else.
function backdrop(x, y) {
  let result = [0, 0, 0], left = 1;
  for (const element of document.elementsFromPoint(x, y)) {
    if (element instanceof SVGTextContentElement) continue;
    const paint = painted(element);
    if (!paint) continue;
    const share = left * paint[3];
    result = result.map((c, i) => c + share * paint[i]);
    left -= share;
    if (left < 0.005) return result;
  }
  return result.map((c) => c + left * 255);
}

const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const parent = node.parentElement;
  if (!node.data.trim() || parent.closest("title, style, details:not([open]) > :not(summary)")) {
    continue;
  }
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getClientRects()[0];
  if (!box || box.width === 0) continue;
  const style = getComputedStyle(parent);
  const isSvg = parent instanceof SVGElement;
  const scale = isSvg ? parent.getScreenCTM().a : 1;
  const ink = luminance(number(isSvg ? style.fill : style.color));
  const under = luminance(backdrop(box.left + box.width / 2, box.top + box.height / 2));
  const all = range.getBoundingClientRect();
  found.push({
    text: node.data.trim(),
    left: all.left,
    right: all.right,
    size: parseFloat(style.fontSize) * scale,
    contrast: (Math.max(ink, under) + 0.05) / (Math.min(ink, under) + 0.05),
  });
}
return found;
