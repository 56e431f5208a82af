/* Tables of the page: rows sorted by a column, the whole copied as text. Works on what is shown. */

/** The number at the start of a shown cell; NaN where there is none. */
function shownNumber(text) {
  const match = text.replaceAll(",", "").replace("\u2212", "-").match(/^\s*<?\s*(-?\d+(\.\d+)?)/);
  return match ? Number(match[1]) : NaN;
}

/** The text of a cell without its details, badges and footnote marks. */
function cellText(cell) {
  const copy = cell.cloneNode(true);
  for (const part of copy.querySelectorAll(".detail, .badge, .mark")) part.remove();
  return copy.textContent.trim();
}

/** The head cell of each column: the lowest one that covers it alone. */
function headsOf(table) {
  const heads = [], rows = [...table.tHead.rows], taken = rows.map(() => []);
  rows.forEach((row, r) => {
    let column = 0;
    for (const cell of row.cells) {
      while (taken[r][column]) column++;
      for (let down = 0; down < cell.rowSpan; down++) {
        for (let over = 0; over < cell.colSpan; over++) if (taken[r + down]) taken[r + down][column + over] = true;
      }
      if (cell.colSpan === 1) heads[column] = cell;
      column += cell.colSpan;
    }
  });
  return heads;
}

function sortable(table) {
  const body = table.tBodies[0];
  if (!table.tHead || !body || body.rows.length < 2) return;
  if ([...body.rows].some((row) => [...row.cells].some((c) => c.colSpan > 1 || c.rowSpan > 1))) return;
  const original = [...body.rows], heads = headsOf(table);
  heads.forEach((head, column) => {
    if (head.classList.contains("axis")) return; // a drawing, not values
    const sort = element("button", { type: "button", class: "sort", title: "sort" });
    sort.append(...head.childNodes);
    head.append(sort);
    sort.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const next = now === null ? "descending" : now === "descending" ? "ascending" : null;
      for (const other of heads) if (other) other.removeAttribute("aria-sort");
      if (next) head.setAttribute("aria-sort", next);
      body.append(...(next ? sortedRows(original, column, next === "descending" ? -1 : 1) : original));
    });
  });
}

/** Rows by a column; missing values last, and rows for comparison (a ceiling, chance) below all. */
function sortedRows(rows, column, sign) {
  const keyed = rows.map((row, place) => {
    const text = row.cells[column] ? cellText(row.cells[column]) : "";
    return { row, place, text, number: shownNumber(text), missing: text === "" || text === "\u2013", fixed: row.classList.contains("reference") };
  });
  const numeric = keyed.every((k) => k.missing || k.fixed || !Number.isNaN(k.number));
  keyed.sort((a, b) => a.fixed - b.fixed || (a.fixed ? a.place - b.place : 0) || a.missing - b.missing ||
    (a.missing ? 0 : sign * (numeric ? a.number - b.number : a.text.localeCompare(b.text))) || a.place - b.place);
  return keyed.map((k) => k.row);
}

// ---- Copies -----------------------------------------------------------------------------------

const LATEX = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "\u2212": "$-$", "\u2013": "--", "\u00b7": "$\\cdot$" };
const latexText = (text) => text.replace(/[\\~^\u2212\u2013\u00b7&%$#_{}]/g, (c) => LATEX[c] || "\\" + c);
const markdownText = (text) => text.replace(/[\\`*_{}[\]|#~$!<>&]/g, (c) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[c] || "\\" + c);

/** The table as rows of {text, detail, badge, strong, number, reason}: the head, then the body as it is
    sorted; a cell of several rows stands in each of them. */
function cellsOfTable(table) {
  const flat = (text) => text.trim().replace(/\s+/g, " "), part = (cell, name) => flat(cell.querySelector(name)?.textContent || "");
  const read = (cell) => ({ text: flat(cellText(cell)), detail: part(cell, ".detail"), badge: part(cell, ".badge"),
    strong: cell.querySelector("b") !== null, number: cell.classList.contains("number"),
    reason: cell.tagName === "TH" && cell.parentNode.classList.contains("grey") });
  const cells = (row) => row.filter((cell) => !cell.classList.contains("axis")).map(read);
  const longer = []; // cells of earlier rows that reach down, by column
  const body = [...table.tBodies[0].rows].map((row) => {
    const own = [...row.cells], whole = [];
    while (own.length || longer[whole.length]?.rows > 0) {
      const above = longer[whole.length];
      if (above?.rows > 0) { above.rows--; whole.push(above.cell); continue; }
      const cell = own.shift();
      if (cell.rowSpan > 1) longer[whole.length] = { cell, rows: cell.rowSpan - 1 };
      whole.push(cell);
    }
    return cells(whole);
  });
  return [cells(headsOf(table)), ...body];
}

const INTERVAL = /^\[(\S+), (\S+)\]$/;
/** A shown number as a program reads it; other texts as they are. */
const plainNumber = (text) => (text === "\u2013" ? "" : /^\u2212?[\d,]*\.?\d+( %|\u00b0)?$/.test(text)
  ? text.replace(/,| %|\u00b0/g, "").replace("\u2212", "-") : text);

/** Rows for a CSV file: what stands below a value has columns of its own, named by `what`, an interval two;
    so has a badge: the rank of a number, the kind of a name. */
function dataOf([head, ...rows], what) {
  const below = head.map((_, j) => rows.map((row) => (row[j] ? row[j].detail : "")).filter(Boolean));
  const kinds = below.map((details) => (!details.length ? "" : details.every((d) => INTERVAL.test(d)) ? "interval" : "text"));
  /** Where a head's second line has a name for each line of the cells, the value's and that of what is below. */
  const lines = (j) => (kinds[j] === "text" && head[j].number ? head[j].detail.split(", ") : [head[j].detail]);
  const names = head.map((cell, j) => [cell.text, lines(j)[0]].filter(Boolean).join(", "));
  const badges = head.map((_, j) => rows.some((row) => row[j] && row[j].badge));
  const columns = names.flatMap((name, j) => [name, ...(badges[j] ? [`${name}, ${rows[0][j].number ? "rank" : "kind"}`] : []), ...(kinds[j] === "interval" ? [name + ", low", name + ", high"] : kinds[j] ? [head[j].text + ", " + (lines(j)[1] || what)] : [])]);
  return [columns, ...rows.map((row) => head.flatMap((_, j) => {
    const { text, detail, badge } = row[j] || { text: "", detail: "", badge: "" }, ends = detail.match(INTERVAL);
    return [plainNumber(text), ...(badges[j] ? [badge] : []), ...(kinds[j] === "interval" ? (ends ? [ends[1], ends[2]].map(plainNumber) : ["", ""]) : kinds[j] ? [plainNumber(detail)] : [])];
  }))];
}

/** Rows for a text: what stands below a value follows it, what is bold stays so; the reasons of hatched rows
    are left out. */
function textsOf([head, ...rows], escaped, bold) {
  const one = ({ text, detail, badge, strong, reason }) => [strong ? bold(escaped(text)) : escaped(text),
    badge && escaped(`(${badge})`), reason ? "" : escaped(detail)].filter(Boolean).join(" ");
  return [head.map((cell) => escaped([cell.text, cell.detail].filter(Boolean).join(", "))), ...rows.map((row) => row.map(one))];
}

const FORMATS = {
  CSV: (cells, what) => dataOf(cells, what).map((row) => row.map((t) => csvCell(t, !/^-?[\d.]+$/.test(t))).join(",")).join("\n") + "\n",
  Markdown: (cells) => {
    const [head, ...rows] = textsOf(cells, markdownText, (t) => `**${t}**`);
    return [head, head.map((_, j) => (j ? "---:" : "---")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n") + "\n";
  },
  LaTeX: (cells) => {
    const [head, ...rows] = textsOf(cells, latexText, (t) => `\\textbf{${t}}`);
    return `\\begin{tabular}{l${"r".repeat(head.length - 1)}}\n\\toprule\n` +
      [head, ...rows].map((row, r) => row.join(" & ") + " \\\\" + (r === 0 ? "\n\\midrule" : "")).join("\n") + "\n\\bottomrule\n\\end{tabular}\n";
  },
};

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no permission, or an old browser
    const area = element("textarea", { class: "hidden" });
    document.body.append(area);
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

function copyable(figure) {
  const table = figure.querySelector("table"), said = element("span", { role: "status" });
  const buttons = Object.keys(FORMATS).map((name) => button(name, { "aria-label": `copy the table as ${name}` }, async () => {
    await copyText(FORMATS[name](cellsOfTable(table), figure.dataset.below));
    said.textContent = `copied as ${name}`;
    setTimeout(() => { said.textContent = ""; }, 3000);
  }));
  const tools = element("p", { class: "tools" }, "Copy as ", ...buttons.flatMap((b) => [b, " "]), said);
  if (figure.matches(".accuracy:not(.first)")) {
    tools.prepend(button("compact", { "aria-pressed": "false" }, (event) => {
      event.currentTarget.setAttribute("aria-pressed", String(figure.classList.toggle("compact")));
    }), " ");
  }
  figure.querySelector(".scroll").after(tools);
}

const FIRST_ROWS = 12; // see .short in report.css

/** Shows the first rows of a chart, and all at the reader's wish. */
function shortened(figure) {
  const n = figure.querySelector("tbody").rows.length;
  if (!figure.classList.contains("verdict") || n < FIRST_ROWS + 4) return;
  figure.classList.add("short");
  const all = button(`all ${n} rows`, { "aria-pressed": "false" }, () => {
    all.setAttribute("aria-pressed", String(!figure.classList.toggle("short")));
  });
  figure.querySelector(".tools").prepend(all, " ");
}

function prepareTables(within = document) {
  for (const figure of within.querySelectorAll("figure.grid")) {
    sortable(figure.querySelector("table"));
    copyable(figure);
    shortened(figure);
  }
}
