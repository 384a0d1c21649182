const SHAPES = 'rect,circle,ellipse,path,polygon';
const context = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
const colors = new Map();

// Any colour of CSS as its parts in 0..1.
const colorOf = css => {
  if (!colors.has(css)) {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    colors.set(css, [...context.getImageData(0, 0, 1, 1).data].map(part => part / 255));
  }
  return colors.get(css);
};

const over = (top, below, alpha = 1) => {
  const share = top[3] * alpha;
  return [0, 1, 2].map(i => top[i] * share + below[i] * (1 - share)).concat(1);
};

// WCAG 2.2, relative luminance and contrast ratio.
const luminance = color => {
  const [r, g, b] = color.map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

const canvas = (() => {
  const schemes = getComputedStyle(document.documentElement).colorScheme.split(' ');
  const dark = schemes.includes('dark')
      && (!schemes.includes('light') || matchMedia('(prefers-color-scheme: dark)').matches);
  return dark ? [18 / 255, 18 / 255, 18 / 255, 1] : [1, 1, 1, 1];
})();

// What comes later in the document is painted over what came before.
const order = new Map([...document.querySelectorAll('*')].map((element, i) => [element, i]));

const shapesOf = (() => {
  const known = new Map();
  return svg => {
    if (!known.has(svg)) {
      known.set(svg, [...svg.querySelectorAll(SHAPES)]
          .filter(shape => !shape.closest(UNDRAWN) && shape.checkVisibility(
              {opacityProperty: true, visibilityProperty: true}))
          .map(shape => (
              {shape, style: getComputedStyle(shape), rect: shape.getBoundingClientRect()}))
          .filter(({style}) => style.fill !== 'none' && !style.fill.startsWith('url'))
          .map(each => ({...each, inverse: each.shape.getScreenCTM().inverse()})));
    }
    return known.get(svg);
  };
})();

const contains = ({shape, rect, inverse}, point) =>
    point.x >= rect.left && point.x <= rect.right && point.y >= rect.top && point.y <= rect.bottom
    && shape.isPointInFill(new DOMPoint(point.x, point.y).matrixTransform(inverse));

const opacityOf = element => {
  let opacity = 1;
  for (let each = element; each; each = each.parentElement) {
    opacity *= parseFloat(infoOf(each).style.opacity);
  }
  return opacity;
};

// What is behind a point of an element: layers from the top down to the first opaque one.
const behind = (element, point) => {
  const layers = [];
  if (isSvg(element)) {
    const shapes = shapesOf(element.closest('svg'));
    for (let i = shapes.length - 1; i >= 0; i--) {
      const each = shapes[i];
      if (contains(each, point) && order.get(each.shape) < order.get(element)) {
        layers.push([
          colorOf(each.style.fill), parseFloat(each.style.fillOpacity) * opacityOf(each.shape)]);
      }
    }
  }
  for (let each = element; each; each = each.parentElement) {
    if (isSvg(each) && (each.tagName !== 'svg' || each.ownerSVGElement)) continue;
    layers.push([colorOf(infoOf(each).style.backgroundColor), 1]);
  }
  return layers.reduceRight((below, [color, alpha]) => over(color, below, alpha), canvas);
};

// Its first letters, its middle and its last ones, of which any may lie beside a shape.
const pointsOf = ([a, b, c, d]) => [0.05, 0.5, 0.95].map(at => ({
  x: ((a.x + d.x) * (1 - at) + (b.x + c.x) * at) / 2,
  y: ((a.y + d.y) * (1 - at) + (b.y + c.y) * at) / 2,
}));

// A line around letters that is painted below them is what they are seen against.
const haloOf = style => {
  const wide = parseFloat(style.strokeWidth) >= 1.5;
  return wide && style.paintOrder.startsWith('stroke') && style.stroke !== 'none'
      ? colorOf(style.stroke) : [0, 0, 0, 0];
};

const found = [];
for (const {text, element, style, size, boxes} of texts) {
  const svg = isSvg(element);
  const paint = svg ? style.fill === 'none' ? style.stroke : style.fill : style.webkitTextFillColor;
  if (paint.startsWith('url')) continue;
  const color = colorOf(paint);
  const alpha = opacityOf(element) * (svg ? parseFloat(style.fillOpacity) : 1);
  const large = size >= 24 || size >= 18.66 && parseFloat(style.fontWeight) >= 700;
  const wanted = large ? 3 : 4.5;
  let least = Infinity;
  for (const point of boxes.flatMap(pointsOf)) {
    const ground = svg ? over(haloOf(style), behind(element, point)) : behind(element, point);
    least = Math.min(least, contrast(over(color, ground, alpha), ground));
    if (!svg) break; // the same behind all of it
  }
  if (least < wanted - 0.005) found.push(`${text} has a contrast of ${least.toFixed(2)}:1`);
}
return found;
