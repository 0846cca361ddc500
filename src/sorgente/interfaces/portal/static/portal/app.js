// The area as an app: its service worker, the hint to install it, what is said without a network, a reading that waits.
// Words come from <template> elements of the page, in its language.
(() => {
  "use strict";
  const worker = document.querySelector("link[data-worker]")?.dataset.worker;
  const main = document.getElementById("content");
  const kept = document.body.dataset.kept;
  const outside = document.body.classList.contains("outside");

  const said = (name, values = {}) => {
    const part = document.getElementById(`say-${name}`)?.content.firstElementChild.cloneNode(true);
    for (const slot of part?.querySelectorAll("[data-value]") ?? []) slot.textContent = values[slot.dataset.value] ?? "";
    return part;
  };
  const clock = (iso) =>
    new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" }).format(new Date(iso));

  if (worker && "serviceWorker" in navigator) {
    navigator.serviceWorker.register(worker, { scope: new URL(worker, location.href).pathname.replace(/[^/]*$/, ""), updateViaCache: "none" });
  }
  // Whoever is outside leaves nothing to read: also where the worker never saw them go.
  if (outside) {
    if ("caches" in window && document.querySelector("[data-entrance]")) caches.delete("pages");
    if (document.querySelector("[data-entrance]"))
      Object.keys(localStorage).filter((key) => key.startsWith("reading:")).forEach((key) => localStorage.removeItem(key));
  }

  // ------------------------------------------------------------------ without a network
  // Nothing is loaded again by itself: digits half written would be lost.
  if (kept) {
    const note = said("kept", { when: clock(kept) });
    note.querySelector("a").href = location.href;
    main.prepend(note);
  }
  const noNetwork = () => kept !== undefined || !navigator.onLine;

  // ------------------------------------------------------------------ a reading written without a network
  const form = document.querySelector("form[data-reading]");
  if (form) {
    const key = `reading:${form.dataset.reading}`;
    const digits = form.elements.digits;
    const waiting = JSON.parse(localStorage.getItem(key) ?? "null");
    if (waiting && !noNetwork() && !digits.value) {
      digits.value = waiting.digits;
      form.elements.read_on.value = waiting.readOn;
      const note = said("waiting", { digits: waiting.digits, when: clock(waiting.writtenAt) });
      note.querySelector("button").addEventListener("click", () => {
        localStorage.removeItem(key);
        digits.value = "";
        note.remove();
        digits.focus();
      });
      form.before(note);
    }
    form.addEventListener("submit", (event) => {
      if (!noNetwork()) return;
      event.preventDefault();
      if (!/^\d+$/.test(digits.value.trim())) return digits.focus();
      const written = { digits: digits.value.trim(), readOn: form.elements.read_on.value, writtenAt: new Date().toISOString() };
      localStorage.setItem(key, JSON.stringify(written));
      const note = said("written", written);
      form.replaceWith(note);
      note.focus();
    });
  }
  if (document.querySelector("[data-reading-sent]")) localStorage.removeItem(`reading:${document.querySelector("[data-reading-sent]").dataset.readingSent}`);
  const home = document.querySelector("[data-home]");
  if (home && !kept && localStorage.getItem(`reading:${home.dataset.home}`)) main.prepend(said("resume"));

  // ------------------------------------------------------------------ the hint to install
  const hint = document.getElementById("install");
  if (hint && localStorage.getItem("install") !== "no" && !matchMedia("(display-mode: standalone)").matches && !navigator.standalone) {
    const show = (part) => {
      hint.querySelectorAll("[data-install]").forEach((one) => (one.hidden = one.dataset.install !== part));
      hint.hidden = false;
    };
    let offer = null;
    window.addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      offer = event;
      show("button");
    });
    if (/iPhone|iPad/.test(navigator.userAgent)) show("ios");
    hint.querySelector("button[data-act=install]").addEventListener("click", async () => {
      await offer?.prompt();
      hint.hidden = true;
    });
    hint.querySelector("button[data-act=no]").addEventListener("click", () => {
      localStorage.setItem("install", "no");
      hint.hidden = true;
    });
    window.addEventListener("appinstalled", () => (hint.hidden = true));
  }
})();
