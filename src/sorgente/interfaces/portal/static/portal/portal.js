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
  (document.querySelector("[data-focus]") ?? document.querySelector("[aria-invalid=true]"))?.focus();
})();
