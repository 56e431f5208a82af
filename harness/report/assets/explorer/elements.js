/* Elements of the page. Names of elements and attributes come from this script; texts of the data
   become text nodes or attributes' values, never markup. */

/** An element; a function as attribute is a listener, `false` and `null` leave one out. */
function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== false && value !== null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** The characters from `start` to `end` as nodes, invisible ones set apart. */
function textNodes(characters, start, end) {
  const nodes = [];
  let plain = "";
  for (let j = start; j < end; j++) {
    const shown = shownCharacter(characters[j], characters[j - 1]);
    if (shown === characters[j]) { plain += shown; continue; }
    nodes.push(plain, element("span", { class: "control" }, shown));
    plain = "";
  }
  return [...nodes, plain];
}

const raterOf = (k) => annotations.raters[annotations.rater[spans.annotation[k]]];
const describe = (k) => `${data.severities[spans.severity[k]]} ${spans.codes[spans.category[k]]} (${raterOf(k)})`;

/** `text` with the spans `ids` marked by severity, the worst one where several overlap, and the
    `words` that differ from the reference underlined. */
function markedText(text, ids, words = []) {
  const characters = Array.from(text);
  const placed = ids.filter((k) => spans.start[k] >= 0).map((k) => ({ id: k, start: spans.start[k], end: spans.end[k] }));
  const differing = words.map((w) => ({ id: -1, start: w.start, end: w.end }));
  return splitSpans(characters.length, [...placed, ...differing]).flatMap((piece) => {
    const own = piece.ids.filter((k) => k >= 0);
    let nodes = textNodes(characters, piece.start, piece.end);
    if (own.length < piece.ids.length) nodes = [element("span", { class: "differs" }, ...nodes)];
    if (!own.length) return nodes;
    const asked = own.filter(asksFor);
    const worst = Math.min(...(asked.length ? asked : own).map((k) => spans.severity[k]));
    const layers = new Set(own.map((k) => spans.annotation[k] + " " + spans.error[k])).size;
    const mark = element("mark", {
      class: `severity-${data.severities[worst]}` + (layers > 1 ? " several" : "") + (asked.length ? "" : " dim"),
      title: visible([...new Set(own.map(describe))].join("; ")),
    }, ...(piece.start === piece.end ? ["\u2038"] : nodes));
    mark.spans = own;
    return mark;
  });
}

const paragraph = (language, nodes, extra = "") => element("p", { class: `text${extra}`, lang: language, dir: "auto" }, ...nodes);
const note = (text) => element("p", { class: "none" }, text);
const button = (text, attributes, click) => element("button", { type: "button", click, ...attributes }, text);
