/* Charts of their own sections: agreement of pairs, metrics against each other; scatter.js has the
   third. Each number leads to its segments. Made when it comes into view, made again when what it
   shows has changed. */

const charts = [];
const HEAT = [0.5, 0.7, 0.8, 0.9]; // correlations, by colour
const NEAR = "400px 0px"; // so far outside the view a chart is made

/** A number that leads to its segments: `changed` are the values of the state that it stands for. */
const numberLink = (text, changed, attributes = {}) =>
  element("a", { href: address({ segment: "", ...changed }, "segments"), ...attributes }, text);
const captioned = (title, text) => element("caption", {}, element("span", { class: "caption-box" }, element("span", { class: "caption" }, title), " " + text));

/** A chart in its place on the page: `tools` [{ node, update }] stay, what `make` returns is made
    again when `key` changes. `height` keeps the room. */
function mount(name, height, tools, key, make) {
  const place = document.getElementById("chart-" + name);
  if (!place) return;
  const content = element("div", {});
  const chart = { near: false, drawn: null, draw() {
    for (const tool of tools) tool.update();
    if (chart.drawn !== key()) {
      content.replaceChildren(make());
      for (const figure of content.querySelectorAll("figure.grid")) copyable(figure);
      chart.drawn = key();
    }
    content.querySelector("canvas")?.redraw();
  } };
  place.style.minHeight = height + "px";
  if (tools.length) place.append(element("p", { class: "tools" }, ...tools.map((tool) => tool.node)));
  place.append(content);
  new IntersectionObserver((entries) => {
    chart.near = entries[entries.length - 1].isIntersecting;
    if (chart.near) chart.draw();
  }, { rootMargin: NEAR }).observe(place);
  charts.push(chart);
}

const updateCharts = () => { for (const chart of charts) if (chart.near) chart.draw(); };

function mountCharts() {
  if (!metrics.length) return;
  const metric = () => chosenMetric().name;
  if (rating) {
    const level = levelChoice();
    mount("scatter", 560, [metricChoice("against"), level], () => [metric(), state.level, planeWidth(), state.rater].join(), () => scatter(chosenMetric(), state.level || "translations"));
    addEventListener("resize", updateCharts);
    mount("confusion", 340, [metricChoice("confusion"), tieChoice()], () => address({ sort: "", segment: "", quadrant: "", decided: "", view: "" }), () => confusionTable(chosenMetric()));
  }
  if (metrics.length > 1) mount("metrics", 140 + 30 * metrics.length, [], () => address({ sort: "", segment: "" }), metricMatrix);
  addEventListener("beforeprint", () => { for (const chart of charts) chart.draw(); });
}

/** A control of the metric that the filters and charts speak of. */
function metricChoice(part) {
  const choice = element("select", { change: () => change({ metric: metrics[choice.selectedIndex].name }, false, part) },
    ...metrics.map((m) => element("option", {}, visible(m.label))));
  return { node: element("label", {}, "Metric ", choice), update: () => { choice.selectedIndex = metrics.indexOf(chosenMetric()); } };
}

/** Whether small differences of scores are ties, as accuracy with ties calibrates them. */
function tieChoice() {
  const box = element("input", { type: "checkbox", change: () => change({ ties: box.checked ? "on" : "" }, false, "confusion") });
  const text = element("span", {}), label = element("label", { class: "chip" }, box, text);
  return { node: element("span", { class: "ties" }, label), update() {
    const { epsilon, decimals } = chosenMetric();
    label.hidden = epsilon === null;
    box.checked = state.ties === "on";
    box.disabled = epsilon === 0;
    const digits = epsilon > 0 ? Math.max(decimals + 1, 1 - Math.floor(Math.log10(epsilon))) : 0;
    text.textContent = epsilon === 0 ? "\u03b5 of accuracy with ties is 0: only equal scores are tied"
      : `scores up to ${formatNumber(epsilon, digits)} apart count as equal (the \u03b5 of accuracy with ties)`;
  } };
}

/** 3 × 3 counts; the first system of a pair is the one that is rated better overall. */
function confusionTable(metric) {
  const counts = confusion(metric, currentAnswer().fails), total = counts.flat().reduce((a, b) => a + b);
  const asked = filtersInForce(false).map(([text]) => visible(text)).join("; ");
  if (!total) {
    return element("div", {}, note("There is no pair: no two machine translations of a segment have a rating and a score" + (asked ? ` among those that the filters leave (${asked}).` : ".")));
  }
  const words = ["worse", "equal", "better"];
  const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, visible(metric.label) + " finds it"), ...words.map((w) => element("th", { scope: "col", class: "number" }, "humans: " + w))));
  const body = element("tbody", {}, ...words.map((m, r) => element("tr", {}, element("th", { scope: "row" }, m), ...words.map((h, q) =>
    element("td", { class: "number" + (h !== "equal" && m !== "equal" && m !== h ? " wrong" : "") },
      numberLink(formatCount(counts[r][q]), { quadrant: `${m}-${h}`, view: "", decided: "", metric: metric.name }, { "aria-label": `${counts[r][q]} pairs: metric ${m}, humans ${h}` }),
      element("span", { class: "detail" }, total ? `${formatNumber((100 * counts[r][q]) / total, 1)} %` : "\u2013"))))));
  return element("figure", { class: "grid confusion", "data-below": "%" }, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "pairs of translations" },
    element("table", {}, captioned(`Pairs of translations, ${visible(metric.label)} against humans`,
      "Two machine translations of a segment, the first from the system that is rated better overall: is it worse, equal or better? Two of the same text count too. A number leads to its segments." +
        (state.rater ? ` Humans: ${visible(state.rater)} alone.` : "") + (asked ? ` Only what the filters leave: ${asked}.` : "")), head, body)));
}

/** Spearman's correlation of every two metrics over all translations that both scored; once. */
let correlations = null;
function metricCorrelations() {
  if (correlations) return correlations;
  const places = metrics.map((m) => Float64Array.from(m.rank, (r, c) => (r < 0 ? NaN : m.percentile(c) - 50)));
  correlations = metrics.map(() => []);
  metrics.forEach((_, i) => metrics.forEach((__, j) => { if (j > i) correlations[i][j] = correlations[j][i] = correlation(places[i], places[j]); }));
  return correlations;
}

function metricMatrix() {
  const head = element("tr", {}, element("th", { scope: "col" }, "Metric"), ...metrics.map((m) => element("th", { scope: "col", class: "number" }, visible(m.label))));
  const found = metricCorrelations();
  const rows = metrics.map((a, i) => element("tr", {}, element("th", { scope: "row" }, visible(a.label)), ...metrics.map((b, j) => {
    if (i === j) return element("td", { class: "number" }, "");
    const r = found[i][j], step = 1 + HEAT.filter((limit) => Math.abs(r) > limit).length;
    return element("td", { class: `number heat-${r < 0 ? "down" : "up"}-${step}` }, numberLink(formatNumber(r, 2), { sort: "apart", metric: a.name, metric2: b.name, low: "", high: "" }));
  })));
  return element("figure", { class: "grid matrix", "data-below": "note" }, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "metrics against each other" },
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
