/* One segment of the list: a head of three lines, and, where it is open, all of it. */

const fromRater = (a) => !state.rater || annotations.raters[annotations.rater[a]] === state.rater;
const shownAnnotations = (c) => annotationsOfCell.of(c).filter(fromRater);
const shownSpans = (c) => spansOfCell.of(c).filter((k) => fromRater(spans.annotation[k])).sort((a, b) => a - b);

/** The head: a button with the segment's name and numbers, the source and a reference, cut. */
function segmentHead(i, answer, open) {
  const cells = data.systems.map((_, s) => i * nSystems + s).filter((c) => answer.fails[c] === 0);
  const facts = [];
  const mean = (values) => { const known = values.filter((v) => v !== null); return known.length ? known.reduce((a, b) => a + b) / known.length : null; };
  if (rating) facts.push(`rating ${formatNumber(mean(cells.map(ratingValue)), 2)}`);
  const metric = chosenMetric(), second = otherMetric();
  if (metric) facts.push(`${visible(metric.label)} ${formatNumber(mean(cells.map(metric.value)), metric.decimals)}`);
  if (state.sort === "apart" && second) {
    const [farthest] = farthestFirst(cells, metric, second), gap = apartOf(metric, second, farthest);
    facts.push(`${visible(second.label)} ${formatNumber(mean(cells.map(second.value)), second.decimals)}`);
    if (gap !== null) facts.unshift(`${Math.round(gap)} points of percentile apart on ${visible(data.systems[systemOf(farthest)])}`);
  }
  if (cells.length < nSystems) facts.push(`${cells.length} of ${nSystems} translations`);
  const pairs = answer.pairs && answer.pairs.of.get(i);
  if (pairs) {
    const wrong = pairs.filter((p) => p.outcome === 0).length;
    facts.unshift(`${wrong} wrong of ${pairs.length} pair${pairs.length === 1 ? "" : "s"}`);
  }
  const clipped = (text, language) => element("span", { class: "clip", lang: language, dir: "auto" }, visible(Array.from(text).slice(0, 300).join("")));
  const reference = data.references.map((r) => r.texts[i]).find((t) => t !== null);
  const head = button("", { class: "head-button", tabindex: "-1", "aria-expanded": String(open) }, () => toggleSegment(i));
  head.append(element("span", { class: "line" }, element("b", {}, "Segment " + visible(data.ids[i])), " ",
      element("span", { class: "facts-line" }, [...facts, visible(data.documents[data.document_of[i]])].join(" \u00b7 "))),
    clipped(data.sources[i], data.source_language), clipped(reference || "", data.target_language));
  return element("h3", {}, head);
}

/** Translations by how far apart two metrics put them, the farthest first. */
function farthestFirst(cells, one, other) {
  const apart = new Map(cells.map((c) => [c, apartOf(one, other, c) ?? -1]));
  return [...cells].sort((c, d) => apart.get(d) - apart.get(c));
}

/** The list of errors under a translation: severity, category, marked text, rater. */
function errorList(c, ids) {
  const i = segmentOf(c), errors = new Map();
  for (const k of ids) {
    const key = spans.annotation[k] + " " + spans.error[k];
    errors.set(key, [...(errors.get(key) || []), k]);
  }
  return [...errors.values()].map((group, place) => {
    const k = group[0], severity = data.severities[spans.severity[k]];
    const quotes = group.filter((j) => spans.start[j] >= 0).map((j) => {
      const inSource = data.sides[spans.side[j]] === "source";
      const text = Array.from((inSource ? data.sources[i] : data.hypotheses[i][systemOf(c)]) || "");
      const quote = text.slice(spans.start[j], spans.end[j]).join("");
      return (quote ? `\u201c${visible(quote)}\u201d` : "(an empty place)") + (inSource ? " in the source" : "");
    });
    const item = element("li", { class: group.some(asksFor) ? null : "dim", tabindex: place ? "-1" : "0" },
      element("span", { class: `severity severity-${severity}` }, severity), " ",
      element("span", { title: visible(spans.labels[spans.label[k]]) }, visible(spans.codes[spans.category[k]])), " ",
      element("span", { class: "quote" }, quotes.join(" \u2026 ") || "(no place marked)"), " ",
      element("span", { class: "rater" }, visible(raterOf(k))));
    item.spans = group;
    return item;
  });
}

const FEW = 6; // so many scores stand open

function numbersOf(c) {
  const item = (v) => {
    const place = v.percentile(c);
    return element("li", { title: visible(v.reason(c)) || null }, visible(v.label) + " ",
      element("b", {}, formatNumber(v.value(c), v.decimals)),
      place === null ? null : element("small", { title: "percentile among all translations of the test set" }, ` P${Math.round(place)}`));
  };
  const list = [], metric = chosenMetric();
  if (rating) {
    const value = ratingValue(c), raters = state.rater ? 1 : data.n_raters[c], place = humans().percentile(c);
    list.push(element("li", { class: "rating", title: value === null ? "not rated" : `${raters} rater${raters === 1 ? "" : "s"}` },
      "rating ", element("b", {}, formatNumber(value, 2)), place === null ? null : element("small", {}, ` P${Math.round(place)}`)));
  }
  if (metrics.length <= FEW) return element("ul", { class: "numbers" }, ...list, ...metrics.map(item));
  const rest = element("ul", { class: "numbers" });
  const more = element("details", { class: "more-numbers", toggle: () => { if (!rest.firstChild) rest.append(...metrics.map(item)); } },
    element("summary", {}, `all ${metrics.length} scores`), rest);
  const open = state.sort === "apart" ? [metric, otherMetric()] : [metric];
  return element("div", { class: "numbers-box" }, element("ul", { class: "numbers" }, ...list, ...open.map(item)), more);
}

function hypothesisBlock(c, showInSource) {
  const i = segmentOf(c), s = systemOf(c), ids = shownSpans(c), text = data.hypotheses[i][s];
  const target = ids.filter((k) => data.sides[spans.side[k]] === "target");
  const inSource = ids.filter((k) => data.sides[spans.side[k]] === "source" && spans.start[k] >= 0);
  const head = element("div", { class: "head" }, element("h4", {}, visible(data.systems[s])));
  if (data.roles[s] !== "system") head.append(element("span", { class: "badge" }, data.roles[s]));
  if (inSource.length) head.append(button(`${inSource.length} in the source`, { class: "source-marks" + (inSource.some(asksFor) ? " asked" : ""), "aria-pressed": "false" },
    (event) => showInSource(s, inSource, event.currentTarget)));
  head.append(numbersOf(c));
  const block = element("div", { class: "hypothesis" }, head);
  if (text === null) block.append(note("This system has no translation of the segment."));
  else block.append(...(state.layer === "metrics" ? [] : translation(c, text, target)), ...metricLines(c, text, target));
  if (ids.length) block.append(element("ol", { class: "errors" }, ...errorList(c, ids)));
  const silent = shownAnnotations(c).filter((a) => !spansOfCell.of(c).some((k) => spans.annotation[k] === a));
  if (silent.length) block.append(note("No error marked by " + silent.map((a) => visible(annotations.raters[annotations.rater[a]])).join(", ") + "."));
  return block;
}

/** The text with its marks: once, or a line a rater; with the words that differ from the reference. */
function translation(c, text, ids) {
  const reference = data.references.find((r) => r.texts[segmentOf(c)] !== null);
  const differing = state.diff && reference ? differences(reference.texts[segmentOf(c)], text) : null;
  const words = differing ? differing.extra : [];
  const who = shownAnnotations(c);
  const lines = state.marks && who.length > 1
    ? who.map((a) => paragraph(data.target_language, [element("span", { class: "rater" }, visible(annotations.raters[annotations.rater[a]]) + " "),
      ...markedText(text, ids.filter((k) => spans.annotation[k] === a), words)]))
    : [paragraph(data.target_language, markedText(text, ids, words))];
  if (differing && differing.absent.length) {
    lines.push(element("p", { class: "none" }, `In ${data.references.length > 1 ? "reference " + visible(reference.name) : "the reference"}, not in it: `, element("span", { lang: data.target_language }, visible(differing.absent.map((w) => w.word).join(" ")))));
  }
  return lines;
}

/** A line for each metric that marks errors: the text with its marks. A mark lights up with what the
    raters marked at the same place. */
function metricLines(c, text, ids) {
  const marked = data.metric_spans, own = metricSpansOfCell.of(c), characters = Array.from(text);
  if (state.layer === "raters") return [];
  return [...new Set(own.map((k) => marked.metric[k]))].map((m) => {
    const mine = own.filter((k) => marked.metric[k] === m);
    const pieces = splitSpans(characters.length, mine.map((k) => ({ id: k, start: marked.start[k], end: marked.end[k] })));
    const nodes = pieces.flatMap((piece) => {
      const shown = textNodes(characters, piece.start, piece.end);
      if (!piece.ids.length) return shown;
      const said = piece.ids.map((k) => [marked.words[marked.severity[k]], marked.words[marked.category[k]]].filter(Boolean).join(", ") || "marked");
      const node = element("mark", { class: "by-metric", tabindex: "0", title: visible([...new Set(said)].join("; ")) },
        ...(piece.start === piece.end ? ["\u2038"] : shown));
      node.spans = [...piece.ids.map((k) => `metric ${k}`),
        ...ids.filter((k) => spans.start[k] < Math.max(piece.end, piece.start + 1) && spans.end[k] > piece.start)];
      return [node];
    });
    const metric = metricNamed(marked.metrics[m]);
    return paragraph(data.target_language, [element("span", { class: "rater" }, visible(metric ? metric.label : marked.metrics[m]) + " marks "), ...nodes], " metric-layer");
  });
}

/** The pairs of the segment that brought the reader here, the metric's outcome on each. */
function pairList(pairs) {
  const metric = chosenMetric();
  return element("ol", { class: "pairs-list" }, ...pairs.map((p) => {
    const [x, y] = [p.first, p.second].map((s) => metric && metric.value(p.segment * nSystems + s));
    const of = [p.first, p.second].map((s) => p.segment * nSystems + s), human = Math.sign(rating ? humans().rank[of[0]] - humans().rank[of[1]] : 0);
    const relation = state.decided || human > 0 ? " better than " : human < 0 ? " worse than " : " as good as ";
    return element("li", { class: `outcome-${p.outcome}` }, element("b", {}, OUTCOMES[p.outcome]), ": ", state.decided ? "" : "humans find ",
      visible(data.systems[p.first]), relation, visible(data.systems[p.second]),
      metric ? `; ${visible(metric.label)} ${formatNumber(x, metric.decimals)} and ${formatNumber(y, metric.decimals)}` : "");
  }));
}

/** The segments before and after it in its document. */
function contextOf(i) {
  const neighbours = [-1, 1].map((step) => i + step).filter((j) => j >= 0 && j < nSegments && data.document_of[j] === data.document_of[i]);
  if (!neighbours.length) return null;
  return element("details", { class: "context" }, element("summary", {}, "before and after in the document"), ...neighbours.flatMap((j) => {
    const reference = data.references.map((r) => r.texts[j]).find((t) => t !== null);
    return [element("p", { class: "text", lang: data.source_language, dir: "auto" }, linkTo(j, (j < i ? "before: " : "after: ") + visible(data.ids[j]), "en"), " ", visible(data.sources[j])),
      reference ? paragraph(data.target_language, [visible(reference)], " none") : null].filter(Boolean);
  }));
}

/** A link to a segment, with the filters in force where they leave it. */
function linkTo(i, text, lang = null) {
  const kept = list.placeOf(i) === undefined ? withoutFilters() : {};
  return element("a", { href: address({ ...kept, segment: data.ids[i] }, "segments"), lang }, text);
}

function segmentBody(i, answer) {
  const source = paragraph(data.source_language, []), caption = element("h4", {}, "Source");
  const body = element("div", { class: "body" });
  const showInSource = (s, ids, pressed) => {
    source.replaceChildren(...markedText(data.sources[i], ids));
    caption.textContent = ids.length ? `Source, marks of ${visible(data.systems[s])}` : "Source";
    for (const b of body.querySelectorAll(".source-marks")) b.setAttribute("aria-pressed", String(b === pressed));
  };
  const left = element("div", { class: "left" }, caption, source);
  for (const r of data.references) {
    left.append(element("h4", {}, "Reference " + visible(r.name)), r.texts[i] === null
      ? note("It lacks this segment.") : paragraph(data.target_language, markedText(r.texts[i], [])));
  }
  left.append(...[contextOf(i), element("p", { class: "none" }, linkTo(i, "a link to this segment"))].filter(Boolean));
  const pairs = answer.pairs && answer.pairs.of.get(i);
  const first = pairs ? [...new Set(pairs.flatMap((p) => [p.first, p.second]))] : [];
  let shown = data.systems.map((_, s) => s).filter((s) => state.systems.includes(data.systems[s]));
  if (state.sort === "apart" && metrics.length > 1) shown = farthestFirst(shown.map((s) => i * nSystems + s), chosenMetric(), otherMetric()).map(systemOf);
  const ordered = [...first, ...shown.filter((s) => !first.includes(s))];
  const right = element("div", { class: "right" }, pairs ? pairList(pairs) : null, ...ordered.map((s) => hypothesisBlock(i * nSystems + s, showInSource)));
  body.append(left, right);
  showInSource(-1, [], null);
  (body.querySelector(".source-marks.asked") || body.querySelector(".source-marks"))?.click();
  const light = (event) => {
    let node = event.target;
    while (node !== body && !node.spans) node = node.parentNode;
    for (const other of body.querySelectorAll("mark, .errors li")) {
      other.classList.toggle("lit", Boolean(node.spans) && other.spans.some((k) => node.spans.includes(k)));
    }
  };
  body.addEventListener("mouseover", light);
  body.addEventListener("focusin", light);
  return body;
}

function segmentArticle(i, answer, open) {
  return element("article", { class: "segment" + (open ? " open" : "") }, segmentHead(i, answer, open), open ? segmentBody(i, answer) : null);
}
