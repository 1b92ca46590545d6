// Makes charts nicer where there is a script; without it, their tables have links.
// Dragging over a chart zooms. Arrow keys read its values, Enter zooms to a bucket.
const live = document.getElementById("live");

function plotOf(element) {
  const [width, left, right] = element.dataset.place.split(" ").map(Number);
  const edges = element.dataset.edges.split(" ").map(Number);
  const buckets = edges.length - 1;
  const svg = element.querySelector("svg");
  return {
    buckets,
    svg,
    bands: svg.querySelectorAll(".band"),
    // The bucket at a place of the screen.
    at(x) {
      const box = svg.getBoundingClientRect();
      const part = (((x - box.left) / box.width) * width - left) / (right - left);
      return Math.max(0, Math.min(buckets - 1, Math.floor(part * buckets)));
    },
    zoom(first, last) {
      const text = (seconds) => encodeURIComponent(new Date(seconds * 1000).toISOString());
      const href = element.dataset.zoom.replace("FROM", text(edges[first])).replace("TO", text(edges[last + 1]));
      window.location.assign(href);
    },
    mark(first, last) {
      const [from, until] = first <= last ? [first, last] : [last, first];
      this.bands.forEach((band, at) => band.classList.toggle("marked", at >= from && at <= until));
    },
    clear() {
      this.bands.forEach((band) => band.classList.remove("marked"));
    },
  };
}

function enhance(element) {
  if (element.dataset.ready || !element.dataset.edges) return;
  element.dataset.ready = "yes";
  const plot = plotOf(element);
  if (plot.buckets < 1) return;
  let start = null;
  let cursor = plot.buckets - 1;
  element.tabIndex = 0;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = plot.at(event.clientX);
    plot.mark(start, start);
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (start !== null) plot.mark(start, plot.at(event.clientX));
  });
  element.addEventListener("pointercancel", () => {
    start = null;
    plot.clear();
  });
  element.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const end = plot.at(event.clientX);
    const first = Math.min(start, end);
    const last = Math.max(start, end);
    start = null;
    // A click alone is no wish to zoom.
    if (last > first) plot.zoom(first, last);
    else plot.clear();
  });
  element.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (event.key === "Enter") {
      plot.zoom(cursor, cursor);
    } else if (event.key in steps) {
      cursor = Math.max(0, Math.min(plot.buckets - 1, cursor + steps[event.key]));
      plot.mark(cursor, cursor);
      const title = plot.bands[cursor] && plot.bands[cursor].querySelector("title");
      if (live && title) live.textContent = title.textContent;
    } else {
      return;
    }
    event.preventDefault();
  });
}

// A text that is often copied gets a button, where the browser may copy.
function copyable(element) {
  if (element.dataset.ready || !navigator.clipboard) return;
  element.dataset.ready = "yes";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = element.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(element.textContent);
    if (live) live.textContent = element.dataset.copied;
  });
  element.before(button);
}

// A line of a chart is hidden, and shown again, by its name below the chart.
function hideable(element) {
  const plot = element.closest("section").querySelector(".plot");
  if (element.dataset.ready || !plot) return;
  element.dataset.ready = "yes";
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", "true");
  button.append(...element.childNodes);
  button.addEventListener("click", () => {
    const isHidden = plot.classList.toggle(`without-${element.dataset.line}`);
    button.setAttribute("aria-pressed", String(!isHidden));
  });
  element.append(button);
}

function enhanceAll() {
  document.querySelectorAll("[data-edges]").forEach(enhance);
  document.querySelectorAll("[data-copy]").forEach(copyable);
  document.querySelectorAll("[data-line]").forEach(hideable);
}

enhanceAll();
document.addEventListener("htmx:after:swap", enhanceAll);

// Printing needs a script; without one, the browser's own menu does it.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
