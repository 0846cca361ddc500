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

const watch = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    if (entry.target === end) atEnd = unseen.size === 0;
    else unseen.delete(entry.target);
  }
  if (unseen.size === 0) {
    const edge = end.getBoundingClientRect();
    atEnd = atEnd || edge.top <= window.innerHeight;
  }
  settle();
});

// A page counts when its picture is there: before, all of them would fit on one screen.
for (const page of pages) {
  const picture = page.querySelector("img");
  if (picture.complete && picture.naturalWidth > 0) watch.observe(page);
  else picture.addEventListener("load", () => watch.observe(page), { once: true });
}
watch.observe(end);
