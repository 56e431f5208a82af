"use strict"; /* In the head: before the page is there. */
/* Who asks for a place in the page, or comes back to one, gets the whole page laid out at once; then the browser
   finds the place (explorer/sections.js). */
if (location.hash || performance.getEntriesByType("navigation")[0]?.type !== "navigate") {
  document.documentElement.classList.add("whole");
}
