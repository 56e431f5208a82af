/* The translations that the filters leave, as CSV or JSON lines. */

const EXACT = ["segment_id", "system"]; // never get an apostrophe, as in the run's tables

function exportedRows(answer) {
  const rows = [];
  for (const i of answer.found) {
    for (let s = 0; s < nSystems; s++) {
      const c = i * nSystems + s;
      if (answer.fails[c] !== 0) continue;
      const errors = shownSpans(c).map((k) => ({ rater: raterOf(k), error: spans.error[k],
        category: spans.codes[spans.category[k]], severity: data.severities[spans.severity[k]], label: spans.labels[spans.label[k]],
        side: data.sides[spans.side[k]], start: spans.start[k] < 0 ? null : spans.start[k], end: spans.end[k] < 0 ? null : spans.end[k] }));
      rows.push({ segment_id: data.ids[i], document: data.documents[data.document_of[i]], domain: data.domains[data.domain_of[i]],
        system: data.systems[s], role: data.roles[s], source: data.sources[i],
        references: data.references.map((r) => [r.name, r.texts[i]]), hypothesis: data.hypotheses[i][s],
        rating: rating && ratingValue(c), rated_by: rating && ratingValue(c) !== null ? (data.rated_by_marks && state.rater) || "mean" : null, scores: metrics.map((m) => [m.name, m.value(c)]), errors });
    }
  }
  return rows;
}

function asCsv(rows) {
  const cells = (row) => [...["segment_id", "document", "domain", "system", "role", "source"].map((name) => [name, row[name]]),
    ...row.references.map(([name, text]) => ["reference:" + name, text]), ["hypothesis", row.hypothesis], ["rating", row.rating], ["rated_by", row.rated_by], ...row.scores,
    ["errors", row.errors.map((e) => `${e.severity} ${e.category} (${e.rater})`).join("; ")]];
  if (!rows.length) return "";
  const lines = [cells(rows[0]).map(([name]) => csvCell(name, true)).join(",")];
  for (const row of rows) lines.push(cells(row).map(([name, value]) => csvCell(value, !EXACT.includes(name))).join(","));
  return lines.join("\n") + "\n";
}

const asJsonLines = (rows) => rows.map((row) => JSON.stringify({ ...row,
  references: Object.fromEntries(row.references), scores: Object.fromEntries(row.scores) }) + "\n").join("");

function download(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
