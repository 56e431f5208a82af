/* The explorer put together: controls, the list, the keyboard, the address. */

const root = document.getElementById("browser");
let list, answer;
const status = element("p", { class: "status", role: "status", tabindex: "-1" });
const sentence = element("p", { class: "sentence" });
const active = element("div", { class: "active-filters" });
const currentAnswer = () => answer;

/** Sets values of the state; the address follows, for the part of the page that asks. `looks`: only how
    segments look has changed. Limits of a score are those of the metric that they were set for. */
function change(values, looks = false, part = "segments") {
  const before = chosenMetric();
  section = part;
  state = { ...state, segment: "", ...values };
  if (chosenMetric() !== before && !("low" in values)) state.low = state.high = "";
  history.replaceState(null, "", address());
  render(looks);
}

function render(looks = false) {
  answer = evaluate();
  updateControls(facetCounts(answer.fails));
  status.textContent = `${formatCount(answer.found.length)} of ${formatCount(nSegments)} segments, ${formatCount(answer.nFound)} of ${formatCount(nCells)} translations` +
    (answer.found.length ? "" : "; loosen the filters to see some") +
    (state.segment && !answer.found.includes(data.ids.indexOf(state.segment)) ? `; segment ${visible(state.segment)} is not among them` : "");
  sentence.textContent = answer.pairs ? pairsSentence(answer.pairs) : "";
  const removed = [...active.children].indexOf(document.activeElement);
  active.replaceChildren(...activeFilters());
  if (removed >= 0) (active.children[Math.min(removed, active.children.length - 1)] || status).focus();
  const top = list.box.scrollTop;
  list.show(answer);
  if (looks) list.box.scrollTop = top;
  updateCharts();
}

function toggleSegment(i, on = !list.isOpen(i)) {
  section = "segments";
  list.setOpen(i, on);
  list.reveal(i, on);
  list.focus(i);
  state = { ...state, segment: on ? data.ids[i] : "" };
  history.replaceState(null, "", address());
}

/** The segment after or before the one that has the focus, or the first in view; it opens if the one left
    was open. */
function step(by) {
  const here = document.activeElement.closest?.(".segment");
  const place = here ? list.placeOf(here.segment) + by : list.placeInView();
  if (place < 0 || place >= answer.found.length) return;
  const next = answer.found[place];
  if (here && list.isOpen(here.segment)) {
    list.setOpen(here.segment, false);
    toggleSegment(next, true);
  } else {
    list.reveal(next, false);
    list.focus(next);
  }
}

/** Shows what the address asks for, and brings its part of the page into view; an address that asks for
    nothing is the browser's matter, which knows where the reader was. */
function follow() {
  readAddress();
  list.closeAll();
  const part = document.getElementById(section), asks = location.hash.includes("?");
  if (part && location.hash) unfoldTo(part);
  render();
  if (part && location.hash && !asks) part.scrollIntoView(); // it was folded when the browser looked for it
  if (!asks) return;
  if (section !== "segments") {
    part?.scrollIntoView();
    return;
  }
  const asked = data.ids.indexOf(state.segment);
  const first = state.segment ? asked : state.decided || state.quadrant || state.sort === "apart" ? answer.found[0] : undefined;
  if (first !== undefined && list.placeOf(first) !== undefined) {
    list.setOpen(first, true);
    list.reveal(first, true);
  }
  (state.segment ? list.box : status).scrollIntoView({ block: "start" });
  if (first !== undefined && list.placeOf(first) !== undefined) list.focus(first);
  else status.focus({ preventScroll: true });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (field || event.target.closest(".scroll, pre")) {
    if (field && event.key === "Escape") {
      field.blur();
      if (field === controls.q && field.value) change({ q: "" });
    }
    return;
  }
  const box = root.getBoundingClientRect();
  const inView = box.top < innerHeight && box.bottom > 0, inList = list.box.contains(event.target);
  const closed = event.target.matches(".head-button[aria-expanded='false']"); // arrows scroll through an open one
  const by = { j: 1, k: -1, ArrowDown: closed ? 1 : 0, ArrowUp: closed ? -1 : 0 }[event.key];
  if (event.key === "/") {
    event.preventDefault();
    controls.q.focus();
  } else if (inView && by) {
    event.preventDefault();
    step(by);
  } else if (event.key === "Escape" && inList) {
    const here = event.target.closest(".segment");
    if (here && list.isOpen(here.segment)) toggleSegment(here.segment, false);
  } else if (["ArrowLeft", "ArrowRight"].includes(event.key) && event.target.matches(".errors li")) {
    const next = event.target[event.key === "ArrowLeft" ? "previousElementSibling" : "nextElementSibling"];
    if (next) { event.preventDefault(); next.focus(); }
  }
}

function build() {
  list = segmentList();
  const save = (write, ending, type) => () => download(write(exportedRows(answer)), "segments." + ending, type);
  root.append(...buildControls(), status, sentence, active, element("p", { class: "tools" }, "Export what the filters leave as ",
    button("CSV", { class: "export" }, save(asCsv, "csv", "text/csv")), " ", button("JSONL", { class: "export" }, save(asJsonLines, "jsonl", "application/jsonl")),
    " (scores rounded as the page has them; in full: tables/scores.csv)"), printed, list.box);
}

async function start() {
  prepareTables();
  unfoldWhenOpened();
  offerChoices();
  if (typeof DecompressionStream === "undefined") {
    root.append(note("This browser is too old for the explorer: it cannot unpack compressed data."));
  } else {
    prepare(await unpack("data"));
    prepareState();
    build();
    addEventListener("beforeprint", prepareForPrint); // before the charts': they need their room
    mountCharts();
    follow();
    document.addEventListener("keydown", onKey);
    document.addEventListener("click", onLink);
    addEventListener("hashchange", follow);
    addEventListener("afterprint", returnFromPrint);
  }
  root.setAttribute("aria-busy", "false");
}

start();
