/* What the reader asks for, kept in the page's address: filters (q in the texts of where, document, domain,
   category, severity, rater, length; low, high of a score; rlow, rhigh of a rating; residual of at least gap points;
   systems), pairs (decided by a category of a view, or a quadrant of the table of directions; ties: close scores count
   as equal), what is spoken of (metric, metric2, level of the scatter plot), sort, looks (diff, marks, layer), and the
   segment that is open. */

const defaults = { q: "", where: "", document: "", domain: "", category: "", severity: "", rater: "", length: "",
  metric: "", metric2: "", low: "", high: "", rlow: "", rhigh: "", residual: "", gap: "30", view: "", decided: "",
  quadrant: "", ties: "", level: "", sort: "", diff: "", marks: "", layer: "", segment: "" };
const NUMBERS = ["low", "high", "rlow", "rhigh", "gap"];
/** What clearing the filters leaves: the metrics spoken of, the order, how segments look. */
const KEPT = ["metric", "metric2", "sort", "ties", "level", "diff", "marks", "layer"];
const LENGTHS = [[0, 20], [21, 40], [41, 80], [81, Infinity]]; // source characters
let state, categories, orders;
let section = "segments"; // the part of the page that the address names

function prepareState() {
  categories = categoryFilters();
  orders = [{ value: "", label: "reading order" }];
  if (rating) orders.push({ value: "worst", label: "rating, lowest first" }, { value: "best", label: "rating, highest first" });
  if (metrics.length) orders.push({ value: "low", label: "metric, lowest first" }, { value: "high", label: "metric, highest first" });
  if (metrics.length && rating) orders.push({ value: "likes", label: "metric likes, humans do not" }, { value: "dislikes", label: "humans like, metric does not" });
  if (metrics.length > 1) orders.push({ value: "apart", label: "two metrics, farthest apart" });
  state = { ...defaults, systems: data.systems };
}

/** Values that a key may have; others are ignored. */
function allowed() {
  const names = ["", ...metrics.map((m) => m.name)];
  return { document: data.documents, domain: data.domains, severity: data.severities, rater: annotations.raters,
    category: categories.map((c) => c.value), length: LENGTHS.map((_, j) => String(j)), where: ["source", "reference", "translation"],
    metric: names, metric2: names, residual: ["likes", "dislikes"], sort: orders.map((o) => o.value), segment: data.ids,
    view: data.decided.map((d) => d.view), diff: ["on"], marks: ["raters"], ties: ["on"], level: ["systems"], layer: ["raters", "metrics"],
    quadrant: DIRECTIONS.flatMap((m) => DIRECTIONS.map((h) => `${m}-${h}`)) };
}

/** Reads state and section from an address such as "#confusion?metric=bleu". */
function readAddress() {
  const [name, asked = ""] = location.hash.slice(1).split(/\?(.*)/s), known = allowed();
  const parameters = new URLSearchParams(asked);
  section = name || "segments";
  state = { ...defaults };
  for (const key of Object.keys(defaults)) {
    const value = parameters.get(key);
    if (value === null || (known[key] && !known[key].includes(value))) continue;
    if (NUMBERS.includes(key) && (value.trim() === "" || Number.isNaN(Number(value)))) continue;
    state[key] = value;
  }
  const named = new Set(parameters.getAll("systems"));
  state.systems = parameters.has("systems") ? data.systems.filter((s) => named.has(s)) : data.systems;
  const decided = data.decided.find((d) => d.view === state.view);
  if (!decided || !decided.categories.includes(state.decided)) state.view = state.decided = "";
  if (state.decided) state.quadrant = ""; // pairs are chosen in one way
}

/** The address of a part of the page with the state, or with some of it changed. */
function address(changed = {}, part = section) {
  const asked = { ...state, ...changed }, parameters = new URLSearchParams();
  for (const key of Object.keys(defaults)) if (asked[key] !== defaults[key]) parameters.set(key, asked[key]);
  if (asked.systems.length !== data.systems.length) {
    if (asked.systems.length === 0) parameters.append("systems", "");
    asked.systems.forEach((s) => parameters.append("systems", s));
  }
  return `#${part}${parameters.size ? "?" + parameters : ""}`;
}

/** Values that take every filter away, and leave the rest. */
const withoutFilters = () => ({ ...defaults, ...Object.fromEntries(KEPT.map((key) => [key, state[key]])), systems: data.systems });
/** The metric that the filters, orders and charts speak of. */
const chosenMetric = () => metricNamed(state.metric) || metrics[0];
const otherMetric = () => metricNamed(state.metric2) || metrics.find((m) => m !== chosenMetric());
const limit = (text, otherwise) => (text.trim() === "" || Number.isNaN(Number(text)) ? otherwise : Number(text));
