// One key decides: in the list on the row that has the focus, on a ticket on the page. Without it all is links and buttons.
(() => {
  "use strict";
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");
  const links = () => [...document.querySelectorAll("[data-inbox] tr[data-open] a[data-row]")];
  const row = () => document.activeElement?.closest("tr[data-open]");
  const isList = Boolean(document.querySelector("[data-inbox]"));

  function step(by) {
    const all = links();
    if (!all.length) return;
    const now = row()?.querySelector("a[data-row]");
    const at = all.indexOf(now);
    const next = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by));
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  }

  function open(details) {
    details.open = !details.open;
    if (!details.open) return details.querySelector("summary").focus();
    details.scrollIntoView({ block: "nearest" });
    (details.querySelector("[data-pick], input:not([type=hidden]), select") ?? details.querySelector("summary")).focus();
  }

  const writeReply = () => document.getElementById("reply-text")?.focus();

  const within = (selector) => {
    const place = isList ? row() : document;
    return place?.querySelector(selector) ?? null;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.target.closest("[role=listbox]")) return;
    if (isList && (event.key === "j" || event.key === "k")) {
      event.preventDefault();
      return step(event.key === "j" ? 1 : -1);
    }
    if (event.key === "?") {
      event.preventDefault();
      return open(document.querySelector('.keys[data-key-open="?"]'));
    }
    if (event.key >= "1" && event.key <= "3") {
      const pick = within(`details[open] [data-pick="${event.key}"]`);
      if (pick) {
        event.preventDefault();
        pick.click();
      }
      return;
    }
    if (!/^[a-z]$/.test(event.key)) return;
    const details = within(`details[data-key-open="${event.key}"]`);
    const button = within(`[data-key="${event.key}"]`);
    if (details) {
      event.preventDefault();
      open(details);
    } else if (button && !button.disabled) {
      event.preventDefault();
      button.click();
      if (button.getAttribute("href") === "#reply") setTimeout(writeReply, 0);
    }
  });

  // A row that was decided comes back new: the focus stays with it.
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt?.matches?.("tr[data-open]")) event.detail.elt.querySelector("a[data-row]")?.focus();
  });

  // Going to a part of the page takes the focus away: it is set once the browser is there.
  if (location.hash === "#reply") addEventListener("load", () => setTimeout(writeReply, 0));
  if (location.hash === "#close") {
    const close = document.getElementById("close");
    if (close) open(close);
  }
  if (location.hash === "#category") {
    const labels = document.querySelector("#category details.correct");
    if (labels) labels.open = true;
  }
})();
