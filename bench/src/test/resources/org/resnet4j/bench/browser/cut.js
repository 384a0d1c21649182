// What hides a part of a box, or null. What a scrolling element can show counts as shown.
const cutter = (element, corners) => {
  const box = boundsOf(corners);
  for (const clipper of clippersOf(element)) {
    const shown = windowOf(clipper);
    for (const [overflow, start, end, scrolled] of [
      [shown.x, 'left', 'right', clipper.scrollLeft], [shown.y, 'top', 'bottom', clipper.scrollTop],
    ]) {
      const scrolls = overflow === 'auto' || overflow === 'scroll';
      const before = box[start] < shown[start] - (scrolls ? scrolled : 0) - limit;
      const after = !scrolls && box[end] > shown[end] + limit;
      if (overflow !== 'visible' && (before || after)) return tagOf(clipper);
      if (scrolls) {
        box[start] = Math.min(Math.max(box[start], shown[start]), shown[end]);
        box[end] = Math.min(Math.max(box[end], shown[start]), shown[end]);
      }
    }
  }
  const outside = box.left + scrollX < -limit || box.top + scrollY < -limit
      || box.right + scrollX > innerWidth + limit;
  return outside ? 'the window' : null;
};

const found = new Set();
for (const {text, element, boxes} of texts) {
  for (const corners of boxes) {
    const by = cutter(element, corners);
    if (by) found.add(`${text} is cut off by ${by}`);
  }
}

const root = document.documentElement;
if (root.scrollWidth > innerWidth) {
  found.add(`the document is ${root.scrollWidth} px wide, the window ${innerWidth}`);
}
// A phone without it draws a page as wide as a desk, and small.
const viewport = document.querySelector('meta[name=viewport]');
if (!isSvg(root) && innerWidth < 600 && !(viewport?.content ?? '').includes('width=device-width')) {
  found.add('no meta viewport of width=device-width');
}
return [...found];
