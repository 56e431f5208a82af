/* The explorer put together: controls, the list, the keyboard, the address. */

const root = document.getElementById("browser");
let list, answer;
const status = element("p", { class: "status", role: "status" });
const sentence = element("p", { class: "sentence" });
const active = element("div", { class: "active-filters" });
const currentAnswer = () => answer;

/** Sets values of the state; the address follows. `looks`: only how segments look has changed. */
function change(values, looks = false) {
  state = { ...state, segment: "", ...values };
  history.replaceState(null, "", address());
  render(looks);
}

function render(looks = false) {
  answer = evaluate();
  updateControls(facetCounts(answer.fails));
  status.textContent = `${formatCount(answer.found.length)} of ${formatCount(nSegments)} segments, ${formatCount(answer.nFound)} of ${formatCount(nCells)} translations` +
    (answer.found.length ? "" : "; loosen the filters to see some");
  sentence.textContent = answer.pairs ? pairsSentence(answer.pairs) : "";
  active.replaceChildren(...activeFilters());
  const top = list.box.scrollTop;
  list.show(answer);
  if (looks) list.box.scrollTop = top;
  updateCharts();
}

function toggleSegment(i, on = !list.isOpen(i)) {
  list.setOpen(i, on);
  list.reveal(i, on);
  list.focus(i);
  state = { ...state, segment: on ? data.ids[i] : "" };
  history.replaceState(null, "", address());
}

/** The segment after or before the one that has the focus; it opens if that one was open. */
function step(by) {
  const here = document.activeElement.closest?.(".segment");
  const place = here ? list.placeOf(here.segment) + by : 0;
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

/** Shows what the address asks for, and brings it into view. */
function follow() {
  if (!location.hash.startsWith("#segments?")) return;
  readAddress();
  list.closeAll();
  render();
  const asked = data.ids.indexOf(state.segment);
  const first = state.segment ? asked : state.decided || state.quadrant || state.sort === "apart" ? answer.found[0] : undefined;
  if (first !== undefined && list.placeOf(first) !== undefined) {
    list.setOpen(first, true);
    list.reveal(first, true);
  }
  (state.segment ? list.box : status).scrollIntoView({ block: "start" });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, select, textarea");
  if (field || event.target.closest(".scroll, pre")) {
    if (field && event.key === "Escape") field.blur();
    return;
  }
  const box = root.getBoundingClientRect();
  const inView = box.top < innerHeight && box.bottom > 0, inList = list.box.contains(event.target);
  const by = { j: 1, k: -1, ArrowDown: inList ? 1 : 0, ArrowUp: inList ? -1 : 0 }[event.key];
  if (event.key === "/") {
    event.preventDefault();
    controls.q.focus();
  } else if (inView && by) {
    event.preventDefault();
    step(by);
  } else if (event.key === "Escape" && inList) {
    const here = event.target.closest(".segment");
    if (here && list.isOpen(here.segment)) toggleSegment(here.segment, false);
  }
}

function build() {
  list = segmentList();
  const save = (write, ending, type) => () => download(write(exportedRows(answer)), "segments." + ending, type);
  root.append(...buildControls(), status, sentence, active, element("p", { class: "tools" }, "Export what the filters leave as ",
    button("CSV", { class: "export" }, save(asCsv, "csv", "text/csv")), " ", button("JSONL", { class: "export" }, save(asJsonLines, "jsonl", "application/jsonl"))), list.box);
}

async function start() {
  prepareTables();
  unfoldWhenOpened();
  offerChoices();
  if (typeof DecompressionStream === "undefined") {
    root.append(note("This browser is too old for the explorer: it cannot unpack compressed data."));
  } else {
    prepare(await unpack());
    prepareState();
    build();
    mountCharts();
    if (location.hash.startsWith("#segments?")) follow(); else render();
    document.addEventListener("keydown", onKey);
    addEventListener("hashchange", follow);
  }
  root.setAttribute("aria-busy", "false");
}

start();
