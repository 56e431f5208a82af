/* Which translations and segments the filters leave, in which order, and how many each value of a
   facet would leave if all other filters stayed. */

const FAILS = { document: 1, domain: 2, length: 4, text: 8, score: 16, rating: 32, residual: 64, pairs: 128, system: 256, spans: 512 };

const lowered = [];
/** The texts of segment `i` in lower case: source, references, translations. */
function loweredTexts(i) {
  return (lowered[i] ||= [data.sources[i], ...data.references.map((r) => r.texts[i]), ...data.hypotheses[i]]
    .map((text) => (text || "").toLowerCase()));
}

const band = [];
const lengthBand = (i) => (band[i] ??= LENGTHS.findIndex(([, high]) => Array.from(data.sources[i]).length <= high));

/** What the span filters ask for; with none, every span is asked for. */
function wantedSpans() {
  const category = categories.find((c) => c.value === state.category);
  const severity = data.severities.indexOf(state.severity), rater = annotations.raters.indexOf(state.rater);
  return {
    any: Boolean(category) || severity >= 0,
    category: (k) => !category || category.of[k] === category.is,
    severity: (k) => severity < 0 || spans.severity[k] === severity,
    rater: (k) => rater < 0 || annotations.rater[spans.annotation[k]] === rater,
    annotated: (a) => rater < 0 || annotations.rater[a] === rater,
  };
}
/** Whether the filters ask for span `k` (whoever marked it): by category and severity, or by the
    category that decides the pairs shown. */
function asksFor(k) {
  const wanted = wantedSpans();
  if (!wanted.category(k) || !wanted.severity(k)) return false;
  const view = state.decided && spans.views.find((v) => v.name === state.view);
  return !view || view.of[k] === view.categories.indexOf(state.decided);
}

/** Everything the page shows of the filters' answer. */
function evaluate() {
  const chosen = new Set(state.systems), shown = data.systems.map((s) => chosen.has(s));
  const fails = new Uint16Array(nCells);
  failOfSegments(fails);
  failOfCells(fails, shown);
  failOfSpans(fails);
  const pairs = selectedPairs(shown, fails);
  const found = [];
  let nFound = 0;
  for (let i = 0; i < nSegments; i++) {
    let any = false;
    for (let c = i * nSystems; c < (i + 1) * nSystems; c++) if (fails[c] === 0) { any = true; nFound++; }
    if (any) found.push(i);
  }
  sortFound(found, fails, pairs);
  return { found, fails, pairs, nFound };
}

/** The pairs asked for that the filters leave; translations in no pair asked for fail. */
function selectedPairs(shown, fails) {
  let all = null;
  if (state.decided) all = decidedPairs(state.view, state.decided, chosenMetric());
  else if (state.quadrant && rating && metrics.length) all = quadrantPairs(state.quadrant, chosenMetric());
  if (!all) return null;
  all = all.filter((p) => shown[p.first] && shown[p.second]);
  const inPair = new Uint8Array(nCells);
  for (const p of all) inPair[p.segment * nSystems + p.first] = inPair[p.segment * nSystems + p.second] = 1;
  for (let c = 0; c < nCells; c++) if (!inPair[c]) fails[c] |= FAILS.pairs;
  all = all.filter((p) => leavesPair(fails, p.segment, p.first, p.second));
  const of = new Map();
  for (const p of all) of.has(p.segment) ? of.get(p.segment).push(p) : of.set(p.segment, [p]);
  for (const list of of.values()) list.sort((a, b) => a.outcome - b.outcome);
  return { all, of };
}

function failOfSegments(fails) {
  const place = data.documents.indexOf(state.document), domain = data.domains.indexOf(state.domain);
  const length = state.length === "" ? -1 : Number(state.length), query = state.q.trim().toLowerCase();
  const first = data.references.length + 1;
  for (let i = 0; i < nSegments; i++) {
    let bits = 0;
    if (state.document && data.document_of[i] !== place) bits |= FAILS.document;
    if (state.domain && data.domain_of[i] !== domain) bits |= FAILS.domain;
    if (length >= 0 && lengthBand(i) !== length) bits |= FAILS.length;
    const texts = query ? loweredTexts(i) : null;
    const around = query && ((state.where === "" || state.where === "source") && texts[0].includes(query) ||
      (state.where === "" || state.where === "reference") && texts.slice(1, first).some((t) => t.includes(query)));
    const within = state.where === "" || state.where === "translation";
    for (let s = 0; s < nSystems; s++) {
      const text = query && !around && !(within && texts[first + s].includes(query));
      fails[i * nSystems + s] = text ? bits | FAILS.text : bits;
    }
  }
}

function failOfCells(fails, shown) {
  const metric = chosenMetric(), low = limit(state.low, -Infinity), high = limit(state.high, Infinity);
  const rlow = limit(state.rlow, -Infinity), rhigh = limit(state.rhigh, Infinity), gap = limit(state.gap, 30);
  const scored = metric && (low > -Infinity || high < Infinity), rated = rating && (rlow > -Infinity || rhigh < Infinity);
  const sign = state.residual && metric && rating ? (state.residual === "likes" ? 1 : -1) : 0;
  const outside = (v, a, b) => v === null || v < a || v > b;
  for (let c = 0, s = 0; c < nCells; c++, s = s + 1 === nSystems ? 0 : s + 1) {
    if (!shown[s]) fails[c] |= FAILS.system;
    if (scored && outside(metric.value(c), low, high)) fails[c] |= FAILS.score;
    if (rated && outside(ratingValue(c), rlow, rhigh)) fails[c] |= FAILS.rating;
    if (sign) {
      const r = residual(metric, c);
      if (r === null || sign * r < gap) fails[c] |= FAILS.residual;
    }
  }
}

function failOfSpans(fails) {
  const wanted = wantedSpans();
  if (!wanted.any && !state.rater) return;
  const passes = new Uint8Array(nCells);
  if (wanted.any) {
    cellOfSpan.forEach((c, k) => { if (wanted.category(k) && wanted.severity(k) && wanted.rater(k)) passes[c] = 1; });
  } else {
    annotations.segment.forEach((i, a) => { if (wanted.annotated(a)) passes[i * nSystems + annotations.system[a]] = 1; });
  }
  for (let c = 0; c < nCells; c++) if (!passes[c]) fails[c] |= FAILS.spans;
}

/** Sorts by the mean, or the largest value, over the translations that the filters leave. */
function sortFound(found, fails, pairs) {
  const metric = chosenMetric(), second = otherMetric(), sort = state.sort;
  const mean = (of) => (i) => {
    let sum = 0, n = 0;
    for (let c = i * nSystems; c < (i + 1) * nSystems; c++) {
      const v = fails[c] === 0 ? of(c) : null;
      if (v !== null) { sum += v; n++; }
    }
    return n ? sum / n : NaN;
  };
  const largest = (of) => (i) => {
    let best = NaN;
    for (let c = i * nSystems; c < (i + 1) * nSystems; c++) {
      const v = fails[c] === 0 ? of(c) : null;
      if (v !== null && !(v <= best)) best = v;
    }
    return -best;
  };
  const signed = (sign) => (c) => { const r = residual(metric, c); return r === null ? null : sign * r; };
  const keys = {
    worst: () => mean(ratingValue), best: () => { const m = mean(ratingValue); return (i) => -m(i); },
    low: () => mean(metric.value), high: () => { const m = mean(metric.value); return (i) => -m(i); },
    likes: () => largest(signed(1)), dislikes: () => largest(signed(-1)),
    apart: () => largest((c) => apartOf(metric, second, c)),
  };
  let key = keys[sort] && keys[sort]();
  if (!key && pairs) key = (i) => -pairs.of.get(i).filter((p) => p.outcome === 0).length; // wrong ones first
  if (!key) return;
  const value = new Map(found.map((i) => [i, key(i)]));
  found.sort((a, b) => {
    const x = value.get(a), y = value.get(b);
    return Number.isNaN(x) - Number.isNaN(y) || (Number.isNaN(x) ? 0 : x - y) || a - b;
  });
}

/** For each facet the number of segments that each of its values would leave. */
function facetCounts(fails) {
  const counts = { document: new Int32Array(data.documents.length), domain: new Int32Array(data.domains.length),
    length: new Int32Array(LENGTHS.length), systems: new Int32Array(nSystems) };
  for (let i = 0; i < nSegments; i++) {
    let other = 0; // facets that alone keep the segment out
    for (let s = 0; s < nSystems; s++) {
      const f = fails[i * nSystems + s];
      if ((f & ~FAILS.system) === 0) counts.systems[s]++;
      if (f === 0) other |= FAILS.document | FAILS.domain | FAILS.length;
      else if (f === FAILS.document || f === FAILS.domain || f === FAILS.length) other |= f;
    }
    if (other & FAILS.document) counts.document[data.document_of[i]]++;
    if (other & FAILS.domain) counts.domain[data.domain_of[i]]++;
    if (other & FAILS.length) counts.length[lengthBand(i)]++;
  }
  return { ...counts, ...spanCounts(fails) };
}

function spanCounts(fails) {
  const wanted = wantedSpans(), raters = annotations.raters.length;
  const counter = (n) => ({ counts: new Int32Array(n), last: new Int32Array(n).fill(-1) });
  const add = (to, value, i) => { if (to.last[value] !== i) { to.last[value] = i; to.counts[value]++; } };
  const severity = counter(data.severities.length), rater = counter(raters), codes = counter(spans.codes.length);
  const firsts = [...new Set(spans.first_levels)], firstOf = spans.first_levels.map((f) => firsts.indexOf(f));
  const first = counter(firsts.length), views = spans.views.map((v) => counter(v.categories.length));
  for (const k of spansOfCell.order) { // in the order of segments
    const c = cellOfSpan[k], i = segmentOf(c);
    if (fails[c] & ~FAILS.spans) continue;
    const inCategory = wanted.category(k), inSeverity = wanted.severity(k), fromRater = wanted.rater(k);
    if (inCategory && fromRater) add(severity, spans.severity[k], i);
    if (inCategory && inSeverity && wanted.any) add(rater, annotations.rater[spans.annotation[k]], i);
    if (!inSeverity || !fromRater) continue;
    add(codes, spans.category[k], i);
    add(first, firstOf[spans.category[k]], i);
    spans.views.forEach((v, j) => { if (v.of[k] >= 0) add(views[j], v.of[k], i); });
  }
  if (!wanted.any) {
    for (const a of annotationsOfCell.order) {
      const i = annotations.segment[a];
      if ((fails[i * nSystems + annotations.system[a]] & ~FAILS.spans) === 0) add(rater, annotations.rater[a], i);
    }
  }
  const category = categories.map((c) => {
    const view = spans.views.findIndex((v) => v.of === c.of);
    if (view >= 0) return views[view].counts[c.is];
    return c.of === spans.category ? codes.counts[c.is] : first.counts[firsts.indexOf(c.value)];
  });
  const byRating = state.rlow || state.rhigh || state.residual || state.quadrant; // with another rater, other ratings
  return { severity: severity.counts, rater: byRating ? null : rater.counts, category };
}
