// Notifications on this device: ask for leave, subscribe with the application's key, tell the server, try, let go.
(() => {
  "use strict";
  const box = document.getElementById("push");
  if (!box) return;
  const trouble = box.querySelector("[data-push-trouble]");
  const sent = box.querySelector("[data-push-sent]");
  const show = (state) => box.querySelectorAll("[data-push]").forEach((one) => (one.hidden = one.dataset.push !== state));

  const failed = (text) => {
    trouble.textContent = text || box.querySelector("template[data-push-failed]").innerHTML;
    trouble.hidden = false;
  };
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=")), (c) => c.charCodeAt(0));

  async function tell(method, told) {
    const { token } = await (await fetch(box.dataset.devices)).json();
    const answer = await fetch(box.dataset.devices, {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(told),
    });
    if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).told ?? "");
  }
  const ready = () => navigator.serviceWorker.ready;

  async function look() {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return show("none");
    if (Notification.permission === "denied") return show("denied");
    const there = Notification.permission === "granted" && (await (await ready()).pushManager.getSubscription());
    show(there ? "on" : "off");
  }

  const acts = {
    async on() {
      const leave = await Notification.requestPermission();
      if (leave === "denied") return show("denied");
      if (leave !== "granted") return;
      const manager = (await ready()).pushManager;
      const subscription = await manager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.key) });
      await tell("POST", { subscription: subscription.toJSON() });
      show("on");
    },
    async test() {
      const subscription = await (await ready()).pushManager.getSubscription();
      await tell("POST", { subscription: subscription.toJSON(), test: true });
      sent.hidden = false;
    },
    async off() {
      const subscription = await (await ready()).pushManager.getSubscription();
      if (subscription) {
        await tell("DELETE", { endpoint: subscription.endpoint });
        await subscription.unsubscribe();
      }
      show("off");
    },
  };
  box.addEventListener("click", async (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    trouble.hidden = sent.hidden = true;
    try {
      await acts[act]();
    } catch (error) {
      failed(error instanceof TypeError || error instanceof DOMException ? "" : error.message);
    }
  });
  look();
})();
