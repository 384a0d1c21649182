// The texts of the document that are to be seen, for the checks that follow this.

const UNDRAWN =
    'defs,clipPath,mask,pattern,marker,symbol,title,desc,metadata,style,script,noscript,template';
const ASCENT = 0.93;
const DESCENT = 0.23;
const ABOVE = ASCENT / (ASCENT + DESCENT);
const PADDING = 0.15; // above capitals, and below the line that letters stand on

const short = text => {
  const line = text.replace(/\s+/g, ' ').trim();
  return '“' + (line.length > 60 ? line.slice(0, 59) + '…' : line) + '”';
};

const tagOf = element => {
  const type = element.getAttribute('class');
  return '<' + element.tagName + (element.id ? ' id=' + element.id : '')
      + (type ? ' class=' + type : '') + '>';
};

const isSvg = element => element.namespaceURI === 'http://www.w3.org/2000/svg';

// For screen readers, or the keyboard: nothing of it is left to see.
const isUnseen = (element, style) => {
  if (isSvg(element) || !['absolute', 'fixed'].includes(style.position)) return false;
  const clipped = /^rect\(([01]px[, ]*){4}\)$/.test(style.clip)
      || /^inset\((50|100)%/.test(style.clipPath);
  const tiny = element.offsetWidth <= 1 && element.offsetHeight <= 1;
  const rect = element.getBoundingClientRect();
  const beyond = rect.right + scrollX <= 0 || rect.bottom + scrollY <= 0;
  return clipped || beyond || tiny && style.overflow !== 'visible';
};

const infos = new Map();

// Of an element and all around it: whether it is unseen, and the transforms of HTML.
const infoOf = element => {
  if (!element) return {unseen: false, matrix: new DOMMatrix()};
  let info = infos.get(element);
  if (!info) {
    const style = getComputedStyle(element);
    const outer = infoOf(element.parentElement);
    const own = !isSvg(element) && style.transform !== 'none';
    info = {
      style,
      matrix: own ? outer.matrix.multiply(new DOMMatrix(style.transform)) : outer.matrix,
      unseen: outer.unseen || isUnseen(element, style),
    };
    infos.set(element, info);
  }
  return info;
};

const matrixOf = element => {
  const svg = isSvg(element) ? element : element.closest('foreignObject');
  return svg ? svg.getScreenCTM() : infoOf(element).matrix;
};

const scaleOf = matrix => Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c));

const boundsOf = corners => {
  const xs = corners.map(corner => corner.x);
  const ys = corners.map(corner => corner.y);
  return {
    left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys),
  };
};

// The letters of one line, which starts at the left of its rectangle before it is turned.
const turned = (rect, angle, size, sideways) => {
  const cos = Math.abs(Math.cos(angle));
  const sin = Math.abs(Math.sin(angle));
  let across = sideways ? rect.width : rect.height;
  let along = sideways ? rect.height : rect.width;
  if (cos < 0.999) {
    across = (ASCENT + DESCENT) * size;
    along = cos > sin ? (rect.width - across * sin) / cos : (rect.height - across * cos) / sin;
  }
  across = Math.max(across - 2 * PADDING * size, 1);
  const x = rect.left + rect.width / 2;
  const y = rect.top + rect.height / 2;
  const corner = (u, v) => {
    const dx = sideways ? v * across / 2 : u * along / 2;
    const dy = sideways ? u * along / 2 : v * across / 2;
    return {
      x: x + dx * Math.cos(angle) - dy * Math.sin(angle),
      y: y + dx * Math.sin(angle) + dy * Math.cos(angle),
    };
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
};

// A box for each line of a text node of HTML.
const linesOf = (node, style, size) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const matrix = matrixOf(node.parentElement);
  const angle = Math.atan2(matrix.b, matrix.a);
  const sideways = !style.writingMode.startsWith('horizontal');
  return [...range.getClientRects()]
      .filter(rect => rect.width > 0 && rect.height > 0)
      .map(rect => turned(rect, angle, size, sideways));
};

const isText = node => node instanceof SVGTextContentElement;

// The characters of an element of SVG that are not those of an element in it.
const ownCharacters = element => {
  const inner = new Set();
  let from = 0;
  for (const child of [...element.children].filter(isText)) {
    const count = child.getNumberOfChars();
    if (count === 0) continue;
    const first = child.getStartPositionOfChar(0);
    const isFirst = ({x, y}) => x === first.x && y === first.y;
    while (!isFirst(element.getStartPositionOfChar(from))) from++;
    for (let i = 0; i < count; i++) inner.add(from++);
  }
  return [...Array(element.getNumberOfChars()).keys()].filter(i => !inner.has(i));
};

// A box for each run of letters of SVG that follow each other in one direction.
const runsOf = (element, style) => {
  const size = parseFloat(style.fontSize);
  const runs = [];
  let run = null;
  for (const i of ownCharacters(element)) {
    const start = element.getStartPositionOfChar(i);
    const end = element.getEndPositionOfChar(i);
    const rotation = element.getRotationOfChar(i);
    const extent = element.getExtentOfChar(i);
    // A dominant-baseline moves what is drawn, and the extent, but not the positions.
    const shift = rotation === 0 ? extent.y + extent.height * ABOVE - start.y : 0;
    const gap = run ? Math.hypot(start.x - run.end.x, start.y - run.end.y) : Infinity;
    if (run && run.rotation === rotation && gap < 0.3 * size) {
      run.end = end;
    } else {
      run = {start, end, rotation, shift};
      runs.push(run);
    }
  }
  const matrix = element.getScreenCTM();
  return runs
      .filter(({start, end}) => Math.hypot(end.x - start.x, end.y - start.y) > 0)
      .map(({start, end, rotation, shift}) => {
        const angle = rotation * Math.PI / 180;
        const corner = (point, up) => {
          const x = point.x + Math.sin(angle) * up * size;
          const y = point.y - Math.cos(angle) * up * size + shift;
          return new DOMPoint(x, y).matrixTransform(matrix);
        };
        const top = ASCENT - PADDING;
        const bottom = PADDING - DESCENT;
        return [corner(start, top), corner(end, top), corner(end, bottom), corner(start, bottom)];
      });
};

// {text, element, style, size, boxes}: a text node of HTML, or what an element of SVG itself says.
// A box has four corners; its first side is the top of the letters.
const texts = (() => {
  const found = [];
  const seen = new Set();
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest(UNDRAWN)) continue;
    const {style, unseen} = infoOf(element);
    const shown = element.checkVisibility({opacityProperty: true, visibilityProperty: true});
    if (unseen || !shown) continue;
    const svg = isSvg(element);
    if (svg && (seen.has(element) || !isText(element))) continue;
    if (svg && style.fill === 'none' && style.stroke === 'none') continue;
    seen.add(element);
    const size = parseFloat(style.fontSize) * scaleOf(matrixOf(element));
    const boxes = svg ? runsOf(element, style) : linesOf(node, style, size);
    const nodes = svg ? [...element.childNodes].filter(each => each.nodeType === 3) : [node];
    const text = short(nodes.map(each => each.data).join(' '));
    if (boxes.length) found.push({text, element, style, size, boxes});
  }
  return found;
})();

const clips = (element, style) => {
  if (isSvg(element)) return element.tagName === 'svg' && !element.ownerSVGElement;
  const ofWindow = element === document.documentElement || element === document.body;
  return !ofWindow && !['inline', 'contents'].includes(style.display)
      && (style.overflowX !== 'visible' || style.overflowY !== 'visible');
};

// Elements whose overflow may hide something of the element, from the inside outwards.
const clippersOf = element => {
  const found = [];
  let position = 'static'; // of the box whose containing block is looked for
  for (let each = element; each && position !== 'fixed'; each = each.parentElement) {
    const {style} = infoOf(each);
    if (position === 'absolute' && style.position === 'static') continue;
    if (clips(each, style)) found.push(each);
    position = style.position;
  }
  return found;
};

// Where an element that clips shows something, and what it does with the rest.
const windowOf = element => {
  const {style} = infoOf(element);
  const rect = element.getBoundingClientRect();
  const root = element === document.documentElement;
  const x = root ? 'hidden' : style.overflowX;
  const y = root ? 'hidden' : style.overflowY;
  if (isSvg(element)) return {...boundsOf([rect, {x: rect.right, y: rect.bottom}]), x, y};
  const left = rect.left + element.clientLeft;
  const top = rect.top + element.clientTop;
  return {left, top, right: left + element.clientWidth, bottom: top + element.clientHeight, x, y};
};
