/* The filters, each value with the number of segments that it would leave, where that is known. */

const controls = {}; // by key of the state
const counted = []; // updates of counts

const humanised = (name) => name.replaceAll("_", " ");

function select(key, label, options, facet) {
  const node = element("select", { change: () => change({ [key]: node.value }) });
  const groups = new Map(), listed = [];
  for (const { value, label: text, group } of options) {
    if (group && !groups.has(group)) {
      groups.set(group, element("optgroup", { label: visible(group) }));
      node.append(groups.get(group));
    }
    const option = element("option", { value }, visible(text));
    (groups.get(group) || node).append(option);
    listed.push(option);
  }
  controls[key] = node;
  if (facet) {
    const plain = listed.map((option) => option.textContent);
    counted.push((counts) => listed.slice(1).forEach((option, j) => {
      const text = counts[facet] ? `${plain[j + 1]} (${formatCount(counts[facet][j])})` : plain[j + 1];
      if (option.textContent !== text) option.textContent = text;
    }));
  }
  return element("label", {}, label, node);
}

function input(key, label, type, attributes = {}) {
  const node = element("input", { type, autocomplete: "off", ...attributes });
  let timer;
  node.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => change({ [key]: node.value }), 150); });
  controls[key] = node;
  return element("label", {}, label, node);
}

function toggle(key, value, label) {
  const node = element("input", { type: "checkbox", change: () => change({ [key]: node.checked ? value : "" }, true) });
  controls[key] = { set value(v) { node.checked = v === value; } };
  return element("label", { class: "chip" }, node, element("span", {}, label));
}

function systemChips() {
  const labels = data.systems.map((name) => element("span", {}, visible(name)));
  const inputs = data.systems.map((name) => element("input", { type: "checkbox", name: "systems",
    change: (event) => change({ systems: data.systems.filter((s) => (s === name ? event.target.checked : state.systems.includes(s))) }) }));
  counted.push((counts) => data.systems.forEach((name, s) => {
    inputs[s].checked = state.systems.includes(name);
    labels[s].textContent = `${visible(name)} (${formatCount(counts.systems[s])})`;
  }));
  return element("fieldset", { class: "chips" }, element("legend", {}, "Systems"),
    ...inputs.map((node, s) => element("label", { class: "chip" }, node, labels[s])),
    button("all", { class: "plain" }, () => change({ systems: data.systems })), button("none", { class: "plain" }, () => change({ systems: [] })));
}

function buildControls() {
  const any = (text) => ({ value: "", label: text }), plain = (values) => values.map((v) => ({ value: v, label: v }));
  const search = input("q", "Text", "search", { placeholder: "press / to search" });
  search.classList.add("search");
  const main = element("div", { class: "filters" }, search,
    select("where", "Search in", [any("every text"), ...["source", "reference", "translation"].map((v) => ({ value: v, label: v }))]),
    select("document", "Document", [any("every document"), ...plain(data.documents)], "document"));
  if (data.domains.length > 1) main.append(select("domain", "Domain", [any("every domain"), ...plain(data.domains)], "domain"));
  if (spans.annotation.length) main.append(select("category", "Error category", [any("every category"), ...categories], "category"),
    select("severity", "Severity", [any("every severity"), ...plain(data.severities)], "severity"));
  if (annotations.raters.length) main.append(select("rater", "Rater", [any("every rater"), ...plain(annotations.raters)], "rater"));
  main.append(select("length", "Source length", [any("every length"), ...LENGTHS.map(([low, high], j) => ({ value: String(j),
    label: high === Infinity ? `over ${low - 1} characters` : `${low === 0 ? "up to" : low + " to"} ${high} characters` }))], "length"),
  select("sort", "Order", orders));
  if (metrics.length) main.append(select("metric", "Metric", metrics.map((m, j) => ({ value: j ? m.name : "", label: m.label }))));
  if (metrics.length > 1) main.append(select("metric2", "Second metric", [any("the first other"), ...metrics.map((m) => ({ value: m.name, label: m.label }))]));
  const numbers = element("div", { class: "filters" });
  const number = { step: "any", inputmode: "decimal" };
  if (metrics.length) numbers.append(input("low", "Metric from", "number", number), input("high", "Metric to", "number", number));
  if (rating) numbers.append(input("rlow", "Rating from", "number", number), input("rhigh", "Rating to", "number", number));
  if (rating && metrics.length) numbers.append(
    select("residual", "Metric against humans", [any("any difference"), { value: "likes", label: "metric likes, humans do not" }, { value: "dislikes", label: "humans like, metric does not" }]),
    input("gap", "by so many percentile points", "number", { min: 0, max: 100, step: 1 }));
  const parts = [main];
  if (numbers.firstChild) parts.push(element("details", { class: "number-filters" }, element("summary", {}, "Scores and ratings"), numbers));
  parts.push(systemChips());
  const looks = element("fieldset", { class: "chips" }, element("legend", {}, "Show"));
  if (data.references.length) looks.append(toggle("diff", "on", "words that differ from the reference"));
  if (annotations.raters.length > 1) looks.append(toggle("marks", "raters", "a line for each rater"));
  parts.push(looks);
  if (data.metric_spans.metric.length) main.append(select("layer", "Marks of", [any("raters and metrics"), { value: "raters", label: "raters" }, { value: "metrics", label: "metrics" }]));
  if (spans.annotation.length) parts.push(element("p", { class: "legend" }, "Severity: ", ...data.severities.flatMap((s) =>
    [element("mark", { class: `severity-${s}` }, s), " "]), element("mark", { class: "severity-minor several" }, "deeper"), " where errors overlap. P45: percentile among all translations."));
  return parts;
}

function updateControls(counts) {
  for (const [key, node] of Object.entries(controls)) {
    if (node !== document.activeElement || node.tagName === "SELECT") node.value = state[key]; // do not edit under the typist
  }
  if (controls.metric && state.metric === (metrics[0] || {}).name) controls.metric.value = "";
  controls.sort.options[0].textContent = state.decided || state.quadrant ? "most wrong pairs first" : "reading order";
  for (const update of counted) update(counts);
}

/** The filters in force, those of pairs last: [what it says, the values that take it away]. */
function filtersInForce(pairs = true) {
  const metric = chosenMetric() ? visible(chosenMetric().label) : "metric";
  const names = { q: "text", where: "in", document: "document", domain: "domain", category: "category", severity: "severity", rater: "rater",
    length: "length", low: `${metric} from`, high: `${metric} to`, rlow: "rating from", rhigh: "rating to" };
  const shown = (key) => {
    if (key === "length") return controls.length.selectedOptions[0].textContent;
    return key === "category" ? humanised(state[key]) : state[key];
  };
  const chips = Object.keys(names).filter((key) => state[key] !== "").map((key) => [names[key] + ": " + shown(key), { [key]: "" }]);
  if (state.residual) chips.push([`${state.residual === "likes" ? `${metric} likes, humans do not` : `humans like, ${metric} does not`}, by ${limit(state.gap, 30)} points of percentile`, { residual: "" }]);
  if (state.systems.length < nSystems) chips.push([`${state.systems.length} of ${nSystems} systems`, { systems: data.systems }]);
  if (!pairs) return chips;
  if (state.decided) chips.push([`pairs decided by ${humanised(state.decided)} (view ${state.view}, all raters)`, { view: "", decided: "" }]);
  if (state.quadrant) {
    const [m, h] = state.quadrant.split("-");
    chips.push([`pairs that ${metric} finds ${m} and humans ${h}${state.ties ? ", close scores as equal" : ""}`, { quadrant: "" }]);
  }
  return chips;
}

/** A button for each filter in force that takes it away. */
function activeFilters() {
  const nodes = filtersInForce().map(([text, values]) => {
    const node = button(visible(text), { class: "active", "aria-label": "remove filter " + visible(text) }, () => change(values));
    node.append(element("span", { class: "cross" }, " \u00d7"));
    return node;
  });
  if (nodes.length > 1) nodes.push(button("clear all", { class: "plain" }, () => change(withoutFilters())));
  return nodes;
}

/** What the pairs say of the metric, in a sentence. */
function pairsSentence(pairs) {
  const metric = chosenMetric(), n = [0, 0, 0, 0];
  for (const p of pairs.all) n[p.outcome]++;
  const of = `${formatCount(pairs.all.length)} pairs of translations in ${formatCount(pairs.of.size)} segments`;
  if (!metric) return of + ".";
  return `${of}: ${visible(metric.label)} is right on ${formatCount(n[2])}, sees no difference on ${formatCount(n[1])}, is wrong on ${formatCount(n[0])}` +
    (n[3] ? `, has no score on ${formatCount(n[3])}` : "") + "; segments with most wrong pairs first.";
}
