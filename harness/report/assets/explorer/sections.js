/* Sections are laid out when they come near the screen, so that the page is there at once (report.css); after
   that the others are, one at a time. Then the page is as long as it is, and places in it stay where they are.
   See also head.js. */

const waitingSections = () => document.querySelectorAll("main > section:not(.laid-out)");
const whenIdle = globalThis.requestIdleCallback || ((act) => setTimeout(act, 50));

function layOutWhenIdle() {
  const [next] = waitingSections();
  if (!next) return;
  whenIdle(() => {
    next.classList.add("laid-out");
    layOutWhenIdle();
  });
}

/** For those who need to know where something is. */
function layOutNow() {
  for (const section of waitingSections()) section.classList.add("laid-out");
}
