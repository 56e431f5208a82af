/* What a printer gets: the first segments of the list, tables as wide as the paper. */

const printed = element("p", { class: "printed" });
const PRINTED = 100; // segments
const PAPER = 700, PRINTED_SIZE = 0.72, SMALLEST = 0.35; // pixels of A4's width, of print to screen, of a table to its own size

const IN_PRINT = "details.in-print:not([open])";
const opened = []; // folds that are open for the printer alone

/** A printed page has the first of the segments that the filters leave, and says so; wide tables are made
    smaller, as far as they can be read; provenance stands in full. */
function prepareForPrint() {
  opened.push(...document.querySelectorAll(IN_PRINT));
  for (const fold of opened) fold.open = true;
  for (const table of document.querySelectorAll(".scroll > table")) {
    const ratio = PAPER / (table.offsetWidth * PRINTED_SIZE);
    if (ratio < 1) table.style.zoom = Math.max(SMALLEST, ratio);
  }
  const n = list.showForPrint(PRINTED);
  printed.textContent = n < answer.found.length ? `The first ${n} of these segments are printed; an export has all.` : "";
}

function returnFromPrint() {
  for (const table of document.querySelectorAll(".scroll > table")) table.removeAttribute("style");
  for (const fold of opened.splice(0)) fold.open = false;
  list.showForScreen();
}
