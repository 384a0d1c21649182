const EVERYWHERE = {left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity};

const shownIn = element => clippersOf(element).map(windowOf).reduce((all, each) => ({
  left: each.x === 'visible' ? all.left : Math.max(all.left, each.left),
  right: each.x === 'visible' ? all.right : Math.min(all.right, each.right),
  top: each.y === 'visible' ? all.top : Math.max(all.top, each.top),
  bottom: each.y === 'visible' ? all.bottom : Math.min(all.bottom, each.bottom),
}), EVERYWHERE);

// What two ranges share.
const shared = (a, b, c, d) => Math.min(b, d) - Math.max(a, c);

const project = (corners, axis) => {
  const at = corners.map(corner => corner.x * axis.x + corner.y * axis.y);
  return [Math.min(...at), Math.max(...at)];
};

const axesOf = corners => [[corners[0], corners[1]], [corners[1], corners[2]]].map(([a, b]) => {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  return {x: (b.y - a.y) / length, y: (a.x - b.x) / length};
});

// By the axes of both boxes, no one of which separates them.
const overlap = (a, b) => [...axesOf(a.corners), ...axesOf(b.corners)].every(
    axis => shared(...project(a.corners, axis), ...project(b.corners, axis)) > limit);

const boxes = [];
for (const entry of texts) {
  const shown = shownIn(entry.element);
  for (const corners of entry.boxes) {
    const box = boundsOf(corners);
    box.left = Math.max(box.left, shown.left);
    box.right = Math.min(box.right, shown.right);
    box.top = Math.max(box.top, shown.top);
    box.bottom = Math.min(box.bottom, shown.bottom);
    if (box.left < box.right && box.top < box.bottom) boxes.push({...box, corners, entry});
  }
}

boxes.sort((a, b) => a.top - b.top);
const found = new Set();
let active = [];
for (const box of boxes) {
  active = active.filter(each => each.bottom > box.top);
  for (const each of active) {
    if (each.entry !== box.entry
        && shared(each.left, each.right, box.left, box.right) > limit
        && shared(each.top, each.bottom, box.top, box.bottom) > limit
        && overlap(each, box)) {
      const at = `${Math.round(box.left + scrollX)}, ${Math.round(box.top + scrollY)}`;
      found.add(`${each.entry.text} and ${box.entry.text} at ${at}`);
    }
  }
  active.push(box);
}
return [...found];
