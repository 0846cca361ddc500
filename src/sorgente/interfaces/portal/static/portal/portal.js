// Copying the number of a notice, closing menus, and the focus on what went wrong. No framework, no inline code.
(() => {
  "use strict";
  document.addEventListener("click", async (event) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.done;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll("details[data-menu][open]").forEach((menu) => (menu.open = false));
  });
  // An impatient second tap sends nothing twice: a request would start two legal clocks.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  (document.querySelector("[data-focus]") ?? document.querySelector("[aria-invalid=true]"))?.focus();
})();
