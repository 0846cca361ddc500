// Keyboard, search panel, row opening and plain words when a request fails. No framework, no inline code.
(() => {
  "use strict";
  const finder = document.querySelector("[data-finder]");
  const input = finder?.querySelector("input[type=search]");
  const panel = finder?.querySelector("#finder-panel");
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

  // --- the search box: `/` comes here, arrows move among what was found, Enter opens, Escape leaves -------------
  const hits = () => [...(panel?.querySelectorAll("[role=option]") ?? [])];
  const chosen = () => panel?.querySelector("[aria-selected=true]");

  function choose(hit) {
    hits().forEach((other) => other.setAttribute("aria-selected", String(other === hit)));
    if (hit) {
      input.setAttribute("aria-activedescendant", hit.id);
      hit.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function showPanel(isShown) {
    panel.hidden = !isShown;
    input.setAttribute("aria-expanded", String(isShown));
    if (!isShown) choose(null);
  }

  if (input) {
    input.addEventListener("keydown", (event) => {
      const all = hits();
      const at = all.indexOf(chosen());
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!all.length) return;
        event.preventDefault();
        showPanel(true);
        const step = event.key === "ArrowDown" ? 1 : -1;
        choose(all[(at + step + all.length) % all.length]);
      } else if (event.key === "Enter" && chosen()) {
        event.preventDefault();
        chosen().click();
      } else if (event.key === "Escape") {
        if (panel.hidden) input.blur();
        showPanel(false);
        event.preventDefault();
      }
    });
    input.addEventListener("input", () => input.value.trim() || showPanel(false));
    input.addEventListener("focus", () => input.value.trim() && hits().length && showPanel(true));
    document.addEventListener("click", (event) => finder.contains(event.target) || showPanel(false));
    document.body.addEventListener("htmx:afterSwap", (event) => {
      if (event.detail.target !== panel) return;
      showPanel(input.value.trim() !== "" && document.activeElement === input);
      if (hits().length) choose(hits()[0]);
    });
  }

  // --- lists: arrows move among rows, Enter opens, a click anywhere on the row opens it --------------------------
  const rowLinks = () => [...document.querySelectorAll("[data-rows] tr[data-open] a[data-row]")];

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") document.querySelectorAll("details[data-menu][open]").forEach((menu) => (menu.open = false));
    if (isTyping(event.target)) return;
    if (event.key === "/" && input) {
      event.preventDefault();
      input.focus();
      input.select();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const links = rowLinks();
      if (!links.length || event.target.closest("details, [role=listbox]")) return;
      event.preventDefault();
      const at = links.indexOf(document.activeElement);
      const next = at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)));
      links[next].focus();
    }
  });

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
    const row = event.target.closest("tr[data-open]");
    if (row && !event.target.closest("a, button, input, summary") && !String(getSelection())) row.querySelector("a[data-row]")?.click();
  });

  // --- filters send themselves when a choice is made --------------------------------------------------------------
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-now]")) event.target.form.requestSubmit();
  });

  // Empty filters stay out of the address.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.filters")) return;
    event.target.querySelectorAll("input, select").forEach((field) => {
      if (field.value === "") field.disabled = true;
    });
    window.addEventListener("pageshow", () => event.target.querySelectorAll(":disabled").forEach((field) => (field.disabled = false)));
  });

  // --- a request that fails says so ---------------------------------------------------------------------------------
  const notice = document.getElementById("notice");
  const say = (text) => {
    if (!notice) return;
    notice.textContent = text;
    notice.hidden = false;
    setTimeout(() => (notice.hidden = true), 8000);
  };
  document.body.addEventListener("htmx:sendError", () => say(notice.dataset.offline));
  document.body.addEventListener("htmx:responseError", () => say(notice.dataset.refused));
  // A refusal that staff can mend comes back as a page part with status 422: show it where the answer belongs.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
})();
