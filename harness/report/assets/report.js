/* The segment browser. Data are the JSON in #data (see harness/report/segments.py); every text of
   theirs reaches the page as a text node or an attribute's value, never as markup. */
"use strict";
(() => {
  // ---- Text: code points, invisible characters, overlapping spans -------------------------------

  const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
  const JOINS_AFTER = /[\p{So}\p{Sk}\p{Mn}]/u;

  /** How the code point `c` is shown: itself, or a visible stand-in (as visible() in Python). */
  function shownCharacter(c, previous) {
    if (!INVISIBLE.test(c)) return c;
    if (c === "\t") return "\u2409";
    if (c === "\n") return "\u21b5";
    const code = c.codePointAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x200d && previous && JOINS_AFTER.test(previous)) return c;
    return "[U+" + code.toString(16).toUpperCase().padStart(4, "0") + "]";
  }

  /** `text` with every invisible character written out. */
  function visible(text) {
    const characters = Array.from(text);
    return characters.map((c, i) => shownCharacter(c, characters[i - 1])).join("");
  }

  /** Cuts [0, length) at the ends of all spans {start, end, id}: pieces {start, end, ids} in order,
      each with the ids of the spans that cover it. An empty span gives an empty piece. */
  function splitSpans(length, spans) {
    const clip = (n) => Math.max(0, Math.min(length, n));
    const clipped = spans.map((s) => ({ id: s.id, start: clip(s.start), end: clip(s.end) }));
    const cuts = [...new Set([0, length, ...clipped.flatMap((s) => [s.start, s.end])])];
    cuts.sort((a, b) => a - b);
    const pieces = [];
    cuts.forEach((start, i) => {
      const empty = clipped.filter((s) => s.start === start && s.end <= start).map((s) => s.id);
      if (empty.length) pieces.push({ start, end: start, ids: empty });
      if (i + 1 === cuts.length) return;
      const end = cuts[i + 1];
      const ids = clipped.filter((s) => s.start <= start && s.end >= end).map((s) => s.id);
      pieces.push({ start, end, ids });
    });
    return pieces;
  }

  /** `value` with so many decimals and a real minus sign; an en dash where it is missing. */
  function formatNumber(value, decimals) {
    if (value === null || value === undefined || Number.isNaN(value)) return "\u2013";
    const text = value.toFixed(decimals);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
  }

  if (typeof module !== "undefined") {
    module.exports = { shownCharacter, visible, splitSpans, formatNumber };
    return;
  }

  // ---- Data -------------------------------------------------------------------------------------

  const data = JSON.parse(document.getElementById("data").textContent);
  const { spans, annotations } = data;
  const annotationsOf = data.systems.map(() => data.ids.map(() => []));
  annotations.system.forEach((s, a) => annotationsOf[s][annotations.segment[a]].push(a));
  const spansOf = annotations.system.map(() => []);
  spans.annotation.forEach((a, k) => spansOf[a].push(k));
  const missing = new Map();
  for (let i = 0; i < data.missing.length; i += 4) {
    missing.set(data.missing.slice(i, i + 3).join(), data.reasons[data.missing[i + 3]]);
  }
  const mean = (values) => {
    const known = values.filter((v) => v !== null);
    return known.length ? known.reduce((a, b) => a + b) / known.length : NaN;
  };

  /** Category filters: the value in the address, the text of the option, which spans match. */
  const categories = [];
  const codeIs = (test) => (k) => test(spans.category[k]);
  for (const first of [...new Set(spans.first_levels)].sort()) {
    const codes = data.spans.codes.filter((c, j) => spans.first_levels[j] === first && c !== first);
    categories.push({ group: "Labels of the raters", value: first, label: codes.length ? `${first} (all)` : first,
      matches: codeIs((j) => spans.first_levels[j] === first) });
    for (const code of codes.sort()) {
      categories.push({ group: "Labels of the raters", value: code, label: code,
        matches: codeIs((j) => spans.codes[j] === code) });
    }
  }
  for (const view of spans.views) {
    view.categories.forEach((name, j) => categories.push({ group: `View ${view.name}`,
      value: `${view.name}:${name}`, label: name, matches: (k) => view.of[k] === j }));
  }

  /** Orders: a value for each segment (the mean over the systems shown), ascending or descending. */
  const orders = [{ value: "order", label: "Reading order" }];
  const addOrders = (name, values) => {
    orders.push({ value: `lowest ${name}`, label: `${name}, lowest first`, values, sign: 1 });
    orders.push({ value: `highest ${name}`, label: `${name}, highest first`, values, sign: -1 });
  };
  if (data.ratings) addOrders("rating", (i, s) => ratingOf(i, s).value);
  for (const metric of data.metrics) addOrders(metric.label, (i, s) => metric.scores[s][i]);

  // ---- State, kept in the address ---------------------------------------------------------------

  const defaults = { document: "", category: "", severity: "", rater: "", q: "", sort: "order", page: 1, segment: "" };
  const firstSystems = data.systems.slice(0, data.systems_shown);
  let state = { ...defaults, systems: firstSystems };

  function readAddress() {
    const parameters = new URLSearchParams(location.hash.slice("#segments?".length));
    const known = { document: data.documents, severity: data.severities, rater: annotations.raters,
      category: categories.map((c) => c.value), sort: orders.map((o) => o.value), segment: data.ids };
    state = { ...defaults };
    for (const key of Object.keys(defaults)) {
      const value = parameters.get(key);
      if (value !== null && (!known[key] || known[key].includes(value))) state[key] = value;
    }
    state.page = Math.max(1, parseInt(state.page, 10) || 1);
    state.systems = data.systems.filter((s) => parameters.getAll("systems").includes(s));
    if (!parameters.has("systems")) state.systems = firstSystems;
  }

  function writeAddress() {
    const parameters = new URLSearchParams();
    for (const key of Object.keys(defaults)) {
      if (state[key] !== defaults[key]) parameters.set(key, state[key]);
    }
    if (state.systems.join("\n") !== firstSystems.join("\n")) {
      if (state.systems.length === 0) parameters.append("systems", "");
      state.systems.forEach((s) => parameters.append("systems", s));
    }
    history.replaceState(null, "", "#segments?" + parameters);
  }

  const shownSystems = () => state.systems.map((name) => data.systems.indexOf(name));
  const fromRater = (a) => !state.rater || annotations.raters[annotations.rater[a]] === state.rater;
  const shownSpans = (i, s) => annotationsOf[s][i].filter(fromRater).flatMap((a) => spansOf[a]);

  /** Whether the filters ask for span `k`; with no filter of errors, every span is asked for. */
  function wanted(k) {
    const category = categories.find((c) => c.value === state.category);
    return (!category || category.matches(k)) && (!state.severity || data.severities[spans.severity[k]] === state.severity);
  }

  /** The rating of segment `i` by system `s`: the mean, or that of the rater chosen. */
  function ratingOf(i, s) {
    if (!state.rater) return { value: data.ratings[s][i], raters: data.n_raters[s][i] };
    const a = annotationsOf[s][i].find(fromRater);
    return { value: a === undefined ? null : annotations.rating[a], raters: 1 };
  }

  const lowered = data.ids.map(() => null);
  function contains(i, systems, query) {
    lowered[i] ||= [data.sources[i], ...data.references.map((r) => r.texts[i]), ...data.hypotheses.map((h) => h[i])]
      .map((t) => (t || "").toLowerCase());
    const texts = data.references.length + 1;
    return lowered[i].some((t, j) => (j < texts || systems.includes(j - texts)) && t.includes(query));
  }

  function matchingSegments() {
    const systems = shownSystems(), query = state.q.trim().toLowerCase();
    const found = data.ids.map((_, i) => i).filter((i) =>
      (!state.document || data.documents[data.document_of[i]] === state.document) &&
      (!state.rater || systems.some((s) => annotationsOf[s][i].some(fromRater))) &&
      (!(state.category || state.severity) || systems.some((s) => shownSpans(i, s).some(wanted))) &&
      (!query || contains(i, systems, query)));
    const order = orders.find((o) => o.value === state.sort);
    if (order.values) {
      const value = new Map(found.map((i) => [i, mean(systems.map((s) => order.values(i, s)))]));
      found.sort((a, b) => {
        const x = value.get(a), y = value.get(b);
        return Number.isNaN(x) - Number.isNaN(y) || (Number.isNaN(x) ? 0 : order.sign * (x - y)) || a - b;
      });
    }
    return found;
  }

  // ---- Page elements ----------------------------------------------------------------------------

  /** An element; attributes' names come from this script, texts of the data are children. */
  function element(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value !== false && value !== null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children);
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

  /** `text` with the spans `ids` marked by severity; the worst one decides where several overlap. */
  function markedText(text, ids) {
    const characters = Array.from(text);
    const placed = ids.filter((k) => spans.start[k] >= 0)
      .map((k) => ({ id: k, start: spans.start[k], end: spans.end[k] }));
    return splitSpans(characters.length, placed).flatMap((piece) => {
      const nodes = textNodes(characters, piece.start, piece.end);
      if (!piece.ids.length) return nodes;
      const asked = piece.ids.filter(wanted);
      const worst = Math.min(...(asked.length ? asked : piece.ids).map((k) => spans.severity[k]));
      const layers = new Set(piece.ids.map((k) => spans.annotation[k] + " " + spans.error[k])).size;
      const mark = element("mark", {
        class: `severity-${data.severities[worst]}` + (layers > 1 ? " several" : "") + (asked.length ? "" : " dim"),
        title: visible([...new Set(piece.ids.map(describe))].join("; ")),
      }, ...(piece.start === piece.end ? ["\u2038"] : nodes));
      mark.spans = piece.ids;
      return mark;
    });
  }

  const raterOf = (k) => annotations.raters[annotations.rater[spans.annotation[k]]];
  const describe = (k) => `${data.severities[spans.severity[k]]} ${spans.codes[spans.category[k]]} (${raterOf(k)})`;

  /** The list of errors under a hypothesis: severity, category, marked text, rater. */
  function errorList(i, s, ids) {
    const errors = new Map();
    for (const k of ids) {
      const key = spans.annotation[k] + " " + spans.error[k];
      errors.set(key, [...(errors.get(key) || []), k]);
    }
    return [...errors.values()].map((group) => {
      const k = group[0], severity = data.severities[spans.severity[k]];
      const quotes = group.filter((j) => spans.start[j] >= 0).map((j) => {
        const inSource = data.sides[spans.side[j]] === "source";
        const text = Array.from((inSource ? data.sources[i] : data.hypotheses[s][i]) || "");
        const quote = text.slice(spans.start[j], spans.end[j]).join("");
        return (quote ? `\u201c${visible(quote)}\u201d` : "(an empty place)") + (inSource ? " in the source" : "");
      });
      const item = element("li", { class: group.some(wanted) ? null : "dim" },
        element("span", { class: `severity severity-${severity}` }, severity), " ",
        element("span", { title: visible(spans.labels[spans.label[k]]) }, visible(spans.codes[spans.category[k]])), " ",
        element("span", { class: "quote" }, quotes.join(" \u2026 ") || "(no place marked)"), " ",
        element("span", { class: "rater" }, visible(raterOf(k))));
      item.spans = group;
      return item;
    });
  }

  function numbersOf(i, s) {
    const list = data.metrics.map((m, j) => element("li",
      { title: visible(missing.get([j, s, i].join()) || (m.scores[s][i] === null ? "this run has no score here" : "")) || null },
      visible(m.label) + " ", element("b", {}, formatNumber(m.scores[s][i], m.decimals))));
    if (data.ratings) {
      const { value, raters } = ratingOf(i, s);
      const title = value === null ? "not rated" : `${raters} rater${raters === 1 ? "" : "s"}`;
      list.unshift(element("li", { class: "rating", title }, "rating ", element("b", {}, formatNumber(value, 2))));
    }
    return element("ul", { class: "numbers" }, ...list);
  }

  function hypothesisBlock(i, s, showInSource) {
    const ids = shownSpans(i, s), text = data.hypotheses[s][i];
    const target = ids.filter((k) => data.sides[spans.side[k]] === "target");
    const inSource = ids.filter((k) => data.sides[spans.side[k]] === "source" && spans.start[k] >= 0);
    const head = element("div", { class: "head" }, element("h4", {}, visible(data.systems[s])));
    if (data.roles[s] !== "system") head.append(element("span", { class: "badge" }, data.roles[s]));
    if (inSource.length) head.append(element("button", { type: "button", class: "source-marks" + (inSource.some(wanted) ? " asked" : ""), "aria-pressed": "false",
      click: (event) => showInSource(s, inSource, event.currentTarget) }, `${inSource.length} in the source`));
    head.append(numbersOf(i, s));
    const block = element("div", { class: "hypothesis" }, head, text === null
      ? element("p", { class: "none" }, "This system has no translation of the segment.")
      : element("p", { class: "text", lang: data.target_language, dir: "auto" }, ...markedText(text, target)));
    if (ids.length) block.append(element("ol", { class: "errors" }, ...errorList(i, s, ids)));
    const who = annotationsOf[s][i].filter(fromRater);
    const silent = who.filter((a) => !spansOf[a].length).map((a) => visible(annotations.raters[annotations.rater[a]]));
    if (silent.length) block.append(element("p", { class: "none" }, "No error marked by " + silent.join(", ") + "."));
    return block;
  }

  function segmentBlock(i) {
    const source = element("p", { class: "text", lang: data.source_language, dir: "auto" });
    const article = element("article", { class: "segment", tabindex: "-1" });
    const showInSource = (s, ids, button) => {
      source.replaceChildren(...markedText(data.sources[i], ids));
      caption.textContent = ids.length ? `Source, marks of ${visible(data.systems[s])}` : "Source";
      for (const b of article.querySelectorAll(".source-marks")) b.setAttribute("aria-pressed", String(b === button));
    };
    const caption = element("h4", {}, "Source");
    const left = element("div", { class: "left" }, caption, source);
    for (const r of data.references) {
      left.append(element("h4", {}, "Reference " + visible(r.name)), r.texts[i] === null
        ? element("p", { class: "none" }, "It lacks this segment.")
        : element("p", { class: "text", lang: data.target_language, dir: "auto" }, ...markedText(r.texts[i], [])));
    }
    const right = element("div", { class: "right" }, ...shownSystems().map((s) => hypothesisBlock(i, s, showInSource)));
    const address = "#segments?" + new URLSearchParams({ segment: data.ids[i] });
    article.append(element("header", {}, element("h3", {}, element("a", { href: address, title: "a link to this segment" },
      "Segment " + visible(data.ids[i]))), " ", element("span", { class: "document" }, visible(data.documents[data.document_of[i]]))), left, right);
    showInSource(-1, [], null);
    (article.querySelector(".source-marks.asked") || article.querySelector(".source-marks"))?.click();
    article.addEventListener("mouseover", (event) => {
      let node = event.target;
      while (node !== article && !node.spans) node = node.parentNode;
      for (const other of article.querySelectorAll("mark, .errors li")) {
        other.classList.toggle("lit", Boolean(node.spans) && other.spans.some((k) => node.spans.includes(k)));
      }
    });
    return article;
  }

  // ---- Controls ---------------------------------------------------------------------------------

  const root = document.getElementById("browser");
  const list = element("div", { class: "list" });
  const status = element("p", { class: "status", role: "status" });
  const pagers = [pager(), pager()];
  const controls = {};

  function change(values) {
    state = { ...state, page: 1, segment: "", ...values };
    writeAddress();
    render();
  }

  function turn(by) {
    change({ page: state.page + by });
    root.querySelector(".status").scrollIntoView({ block: "start" });
  }

  function pager() {
    const previous = element("button", { type: "button", click: () => turn(-1), title: "previous page: k or \u2190" }, "\u2190 Previous");
    const next = element("button", { type: "button", click: () => turn(1), title: "next page: j or \u2192" }, "Next \u2192");
    const place = element("span", {});
    return { node: element("div", { class: "pager" }, previous, place, next), previous, next, place };
  }

  function select(key, label, options) {
    const node = element("select", { change: () => change({ [key]: node.value }) });
    const groups = new Map();
    for (const { value, label: text, group } of options) {
      if (group && !groups.has(group)) {
        groups.set(group, element("optgroup", { label: visible(group) }));
        node.append(groups.get(group));
      }
      (groups.get(group) || node).append(element("option", { value }, visible(text)));
    }
    controls[key] = node;
    return element("label", {}, label, node);
  }

  function chips(legend, type, names, key, isOn, toggle, extra) {
    const inputs = names.map(([value, text]) => {
      const input = element("input", { type, name: key, change: () => toggle(value, input.checked) });
      input.isOn = () => isOn(value);
      return element("label", { class: "chip" }, input, element("span", {}, visible(text)));
    });
    return element("fieldset", { class: "chips" }, element("legend", {}, legend), ...inputs, ...(extra || []));
  }

  function build() {
    const plain = (values) => values.map((v) => ({ value: v, label: v }));
    const any = (text) => ({ value: "", label: text });
    const search = element("input", { type: "search", placeholder: "press / to search", autocomplete: "off" });
    let timer;
    search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => change({ q: search.value }), 150); });
    controls.q = search;
    const selects = element("div", { class: "filters" },
      element("label", { class: "search" }, "Text in source, reference or translation", search),
      select("document", "Document", [any("every document"), ...plain(data.documents)]));
    if (spans.annotation.length) selects.append(
      select("category", "Error category", [any("every category"), ...categories]),
      select("severity", "Severity", [any("every severity"), ...plain(data.severities)]));
    selects.append(select("sort", "Order", orders));
    const toggleSystem = (name, on) => change({ systems: data.systems.filter((s) => (s === name ? on : state.systems.includes(s))) });
    const button = (text, systems) => element("button", { type: "button", class: "plain", click: () => change({ systems }) }, text);
    root.append(selects, chips("Systems", "checkbox", data.systems.map((s) => [s, s]), "systems",
      (name) => state.systems.includes(name), toggleSystem, [button("all", data.systems), button("none", [])]));
    if (annotations.raters.length) root.append(chips("Marks of", "radio", [["", "all raters"], ...annotations.raters.map((r) => [r, r])],
      "rater", (name) => state.rater === name, (name) => change({ rater: name })));
    if (spans.annotation.length) root.append(element("p", { class: "legend" }, "Severity: ", ...data.severities.flatMap((s) =>
      [element("mark", { class: `severity-${s}` }, s), " "]), element("mark", { class: "severity-minor several" }, "deeper"), " where errors overlap."));
    root.append(status, pagers[0].node, list, pagers[1].node);
  }

  function render() {
    const found = matchingSegments(), size = data.page_size;
    const pages = Math.max(1, Math.ceil(found.length / size));
    if (state.segment) {
      const place = found.indexOf(data.ids.indexOf(state.segment));
      if (place >= 0) state.page = Math.floor(place / size) + 1;
    }
    state.page = Math.min(Math.max(1, state.page), pages);
    for (const [key, node] of Object.entries(controls)) {
      if (key !== "q" || node !== document.activeElement) node.value = state[key]; // do not edit under the typist
    }
    for (const input of root.querySelectorAll(".chip input")) input.checked = input.isOn();
    const visibleOnes = found.slice((state.page - 1) * size, state.page * size);
    list.replaceChildren(...visibleOnes.map(segmentBlock));
    const filtered = state.category || state.severity || state.rater || state.q.trim();
    const among = filtered ? `, looking at ${state.systems.length} of ${data.systems.length} systems` : "";
    status.textContent = `${found.length} of ${data.ids.length} segments${among}` +
      (found.length ? `, ${(state.page - 1) * size + 1} to ${(state.page - 1) * size + visibleOnes.length} shown` : "; loosen the filters to see some");
    for (const p of pagers) {
      p.place.textContent = `page ${state.page} of ${pages}`;
      p.previous.disabled = state.page === 1;
      p.next.disabled = state.page === pages;
    }
    return visibleOnes;
  }

  /** Shows what the address asks for, and brings it into view. */
  function follow() {
    if (!location.hash.startsWith("#segments?")) return;
    readAddress();
    const place = render().indexOf(data.ids.indexOf(state.segment));
    (list.children[place] || document.getElementById("segments")).scrollIntoView();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, .scroll, pre")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const box = root.getBoundingClientRect();
    const inView = box.top < innerHeight && box.bottom > 0;
    if (event.key === "/") {
      event.preventDefault();
      controls.q.focus();
    } else if (inView && (event.key === "j" || event.key === "ArrowRight") && !pagers[0].next.disabled) turn(1);
    else if (inView && (event.key === "k" || event.key === "ArrowLeft") && !pagers[0].previous.disabled) turn(-1);
  });
  addEventListener("hashchange", follow);
  build();
  render();
  follow();
})();
