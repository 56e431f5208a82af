/* Texts as code points: invisible characters, overlapping spans, words that differ, cells of files.
   Pure functions, tried in node as well. */

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
const JOINS_AFTER = /[\p{So}\p{Sk}\p{Mn}]/u;
const WORD = /\p{Script=Han}|[\p{L}\p{M}\p{N}]+(?:['\u2019.,-][\p{L}\p{N}]+)*|\S/gu;
const LARGEST_TABLE = 1_000_000; // cells of a comparison of two texts

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

/** The words of `text` (a Chinese character is one, so is a mark), with offsets in code points. */
function wordsOf(text) {
  const words = [];
  let units = 0, points = 0;
  const count = (part) => Array.from(part).length;
  for (const match of text.matchAll(WORD)) {
    points += count(text.slice(units, match.index));
    const end = points + count(match[0]);
    words.push({ word: match[0], start: points, end });
    units = match.index + match[0].length;
    points = end;
  }
  return words;
}

/** What a longest common subsequence of words leaves over on either side: {extra, absent}, words
    of `text` that `reference` lacks and the reverse; null where the texts are too long. */
function differences(reference, text) {
  const a = wordsOf(reference), b = wordsOf(text);
  const width = b.length + 1;
  if (a.length * b.length > LARGEST_TABLE) return null;
  const longest = new Uint16Array((a.length + 1) * width); // of a[i..], b[j..]
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i].word === b[j].word ? longest[(i + 1) * width + j + 1] + 1
        : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const extra = [], absent = [];
  let i = 0, j = 0;
  while (i < a.length && j < b.length) {
    if (a[i].word === b[j].word) { i++; j++; }
    else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) absent.push(a[i++]);
    else extra.push(b[j++]);
  }
  return { extra: [...extra, ...b.slice(j)], absent: [...absent, ...a.slice(i)] };
}

/** `value` with so many decimals and a real minus sign; an en dash where it is missing. */
function formatNumber(value, decimals) {
  if (value === null || value === undefined || Number.isNaN(value)) return "\u2013";
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

/** A whole number with a comma between the thousands. */
function formatCount(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A cell of a CSV file, as write_csv() in Python: text in quotes, with an apostrophe before what a
    spreadsheet would take for a formula; numbers bare; nothing where the value is missing. */
function csvCell(value, safe) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (typeof value === "number") return String(value);
  return '"' + (safe && /^[=+\-@\t\r]/.test(value) ? "'" : "") + value.toWellFormed().replaceAll('"', '""') + '"';
}

String.prototype.toWellFormed ??= function () { return this.replace(/\p{Cs}/gu, "\ufffd"); };

if (typeof module !== "undefined") {
  module.exports = { shownCharacter, visible, splitSpans, wordsOf, differences, formatNumber, formatCount, csvCell };
}
