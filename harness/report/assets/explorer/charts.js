/* Metric against ratings (scatter, agreement of pairs) and metrics against each other. Each point,
   field and cell leads to its segments. Built when the reader opens them. */

const numberLink = (text, parameters, attributes = {}) =>
  element("a", { href: "#segments?" + new URLSearchParams(parameters), ...attributes }, text);

function buildCharts() {
  if (!metrics.length || !rating) return null;
  const content = element("div", { class: "charts-content" });
  const box = element("details", { class: "charts", toggle: () => { if (box.open) draw(); } },
    element("summary", {}, "Scores against ratings, pair by pair, metric by metric"), content);
  let drawn = "";
  function draw() {
    const metric = chosenMetric();
    if (drawn !== metric.name + state.ties) {
      content.replaceChildren(confusionTable(metric), tieChoice(metric), scatter(metric), ...(metrics.length > 1 ? [metricMatrix()] : []));
      drawn = metric.name + state.ties;
    }
    content.querySelector("canvas").redraw();
  }
  box.update = () => { if (box.open) draw(); };
  return box;
}

const captioned = (title, text) => element("caption", {}, element("span", { class: "caption-box" }, element("span", { class: "caption" }, title), " " + text));

/** 3 × 3 counts; the first system of a pair is the one that is rated better overall. */
function confusionTable(metric) {
  const counts = confusion(metric), total = counts.flat().reduce((a, b) => a + b);
  const words = ["worse", "equal", "better"];
  const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, visible(metric.label) + " finds it"), ...words.map((w) => element("th", { scope: "col", class: "number" }, "humans: " + w))));
  const body = element("tbody", {}, ...words.map((m, r) => element("tr", {}, element("th", { scope: "row" }, m), ...words.map((h, q) =>
    element("td", { class: "number" + (h !== "equal" && m !== "equal" && m !== h ? " wrong" : "") },
      numberLink(formatCount(counts[r][q]), { quadrant: `${m}-${h}`, metric: metric.name, ...(state.ties ? { ties: "on" } : {}) }, { "aria-label": `${counts[r][q]} pairs: metric ${m}, humans ${h}` }),
      element("span", { class: "detail" }, total ? `${formatNumber((100 * counts[r][q]) / total, 1)} %` : "\u2013"))))));
  return element("figure", { class: "grid confusion" }, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "pairs of translations" },
    element("table", {}, captioned(`Pairs of translations, ${visible(metric.label)} against humans`,
      "Two machine translations of a segment, the first from the system that is rated better overall: is it worse, equal or better? A number leads to its segments."), head, body)));
}

/** Whether small differences of scores are ties, as accuracy with ties calibrates them. */
function tieChoice(metric) {
  if (metric.epsilon === null) return "";
  const text = `scores up to ${formatNumber(metric.epsilon, metric.decimals + 1)} apart count as equal (the \u03b5 of accuracy with ties)`;
  const box = element("input", { type: "checkbox", change: () => change({ ties: box.checked ? "on" : "" }) });
  box.checked = state.ties === "on";
  return element("p", { class: "ties" }, element("label", { class: "chip" }, box, element("span", {}, text)));
}

/** Correlation of percentiles of every two metrics over all translations that both scored. */
function metricMatrix() {
  const head = element("tr", {}, element("td", {}), ...metrics.map((m) => element("th", { scope: "col", class: "number" }, visible(m.label))));
  const places = metrics.map((m) => Float64Array.from(m.rank, (r, c) => (r < 0 ? NaN : m.percentile(c) - 50)));
  const correlations = metrics.map(() => []);
  metrics.forEach((_, i) => metrics.forEach((__, j) => { if (j > i) correlations[i][j] = correlations[j][i] = correlation(places[i], places[j]); }));
  const rows = metrics.map((a, i) => element("tr", {}, element("th", { scope: "row" }, visible(a.label)), ...metrics.map((b, j) => {
    if (i === j) return element("td", { class: "number" }, "");
    const r = correlations[i][j], step = Math.min(5, Math.max(0, Math.ceil(Math.abs(r) * 5)));
    return element("td", { class: `number heat-${r < 0 ? "down" : "up"}-${step || 1}` }, numberLink(formatNumber(r, 2), { sort: "apart", metric: a.name, metric2: b.name }));
  })));
  return element("figure", { class: "grid matrix" }, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "metrics against each other" },
    element("table", {}, captioned("Metrics against each other", "Spearman correlation of segment scores over all translations; a number leads to the segments on which the two are farthest apart."),
      element("thead", {}, head), element("tbody", {}, ...rows))));
}

/** Pearson's correlation of two columns where neither is NaN. */
function correlation(a, b) {
  let n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (let c = 0; c < a.length; c++) {
    const p = a[c], q = b[c];
    if (Number.isNaN(p) || Number.isNaN(q)) continue;
    n++; x += p; y += q; xx += p * p; yy += q * q; xy += p * q;
  }
  return n ? (xy - (x * y) / n) / Math.sqrt((xx - (x * x) / n) * (yy - (y * y) / n)) : NaN;
}

/** Every translation by its rating and score; dragging a rectangle sets the number filters. */
function scatter(metric) {
  const width = 640, height = 360, margin = { left: 56, bottom: 40, top: 10, right: 10 };
  const canvas = element("canvas", { width, height, role: "img", "aria-label": `${visible(metric.label)} by human rating; the filters of scores and ratings choose the same by keyboard` });
  const extent = (v) => (v.values.length ? [v.values[0], v.values[v.values.length - 1]] : [0, 1]);
  const [[x0, x1], [y0, y1]] = [extent(rating), extent(metric)];
  const wide = width - margin.left - margin.right, tall = height - margin.top - margin.bottom;
  const px = (v) => margin.left + ((v - x0) / (x1 - x0 || 1)) * wide, py = (v) => height - margin.bottom - ((v - y0) / (y1 - y0 || 1)) * tall;
  const vx = (p) => x0 + ((p - margin.left) / wide) * (x1 - x0), vy = (p) => y0 + ((height - margin.bottom - p) / tall) * (y1 - y0);
  const cut = (n) => String(Math.round(n * 1000) / 1000);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let start = null, picture = null;
  canvas.redraw = () => {
    const colours = getComputedStyle(document.documentElement), colour = (name) => colours.getPropertyValue(name).trim();
    pen.clearRect(0, 0, width, height);
    const out = FAILS.score | FAILS.rating, answer = currentAnswer();
    for (const chosen of [false, true]) { // those that the filters leave stand above the others
      pen.fillStyle = colour(chosen ? "--link" : "--soft");
      pen.globalAlpha = chosen ? 0.5 : 0.12;
      for (let c = 0; c < nCells; c++) {
        if (rating.rank[c] < 0 || metric.rank[c] < 0 || answer.fails[c] & ~out || (answer.fails[c] === 0) !== chosen) continue;
        pen.fillRect(px(rating.value(c)) - 1.5, py(metric.value(c)) - 1.5, 3, 3);
      }
    }
    pen.globalAlpha = 1;
    pen.fillStyle = pen.strokeStyle = colour("--ink");
    pen.font = "13px sans-serif";
    pen.strokeRect(margin.left, margin.top, wide, tall);
    pen.textAlign = "left"; pen.fillText(formatNumber(x0, 1), margin.left, height - 24);
    pen.textAlign = "right"; pen.fillText(formatNumber(x1, 1), width - margin.right, height - 24);
    pen.fillText(formatNumber(y0, metric.decimals), margin.left - 4, height - margin.bottom);
    pen.fillText(formatNumber(y1, metric.decimals), margin.left - 4, margin.top + 10);
    if (metric.epsilon !== null) { // how far apart two scores may be and count as tied
      const tall = py(y0) - py(Math.min(y0 + metric.epsilon, y1)), x = margin.left + 10, y = margin.top + 14;
      pen.fillRect(x, y, 6, Math.max(tall, 1));
      pen.textAlign = "left"; pen.fillText("\u03b5 " + formatNumber(metric.epsilon, metric.decimals + 1) + ": scores this close are tied", x + 12, y + 10);
    }
    pen.textAlign = "center"; pen.fillText("human rating", margin.left + wide / 2, height - 8);
    picture = pen.getImageData(0, 0, width, height);
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * height) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => { start = at(event); canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!start) return;
    const [x, y] = at(event);
    pen.putImageData(picture, 0, 0);
    pen.strokeRect(start[0], start[1], x - start[0], y - start[1]);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!start) return;
    const [x, y] = at(event), [a, b] = start;
    start = null;
    if (Math.abs(x - a) < 4 && Math.abs(y - b) < 4) return canvas.redraw();
    change({ metric: metric.name, rlow: cut(vx(Math.min(a, x))), rhigh: cut(vx(Math.max(a, x))), low: cut(vy(Math.max(b, y))), high: cut(vy(Math.min(b, y))) });
  });
  return element("figure", { class: "plot scatter" }, element("h3", {}, `${visible(metric.label)} against human ratings`), canvas,
    element("figcaption", {}, "A point a translation; those that the filters leave are darker. Drag a rectangle to see its segments; from the keyboard, use the filters of scores and ratings."));
}
