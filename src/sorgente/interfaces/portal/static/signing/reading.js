// Reading to the end: every page has been on the screen, and the end of the latest one was reached.
const pages = [...document.querySelectorAll("[data-page]")];
const unseen = new Set(pages);
const end = document.getElementById("end");
const button = document.getElementById("go-on");
const told = document.getElementById("how-far");
let atEnd = false;

function settle() {
  if (!atEnd || unseen.size > 0 || !button.disabled) return;
  button.disabled = false;
  told.textContent = told.dataset.done;
}

// A page that only flew past was not read: it must stay on the screen for a moment.
const DWELL_MS = 500;
const waits = new Map();

function seen(page) {
  waits.delete(page);
  unseen.delete(page);
  watch.unobserve(page);
  settle();
}

const watch = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (target === end) atEnd = atEnd || isIntersecting;
    else if (isIntersecting && !waits.has(target)) waits.set(target, setTimeout(seen, DWELL_MS, target));
    else if (!isIntersecting && waits.has(target)) {
      clearTimeout(waits.get(target));
      waits.delete(target);
    }
  }
  settle();
});

// A page counts when its picture is there: before, all of them would fit on one screen.
for (const page of pages) {
  const picture = page.querySelector("img");
  if (picture.complete && picture.naturalWidth > 0) watch.observe(page);
  else picture.addEventListener("load", () => watch.observe(page), { once: true });
}
// The end counts once the pictures have pushed it to where it belongs.
window.addEventListener("load", () => watch.observe(end), { once: true });
