// The service worker of the web area. APP, put in front by the server, says what to keep and where things are.
//
// Files of the shell come from the telephone; pages come from the network, and three of them (home, bills, water) are
// kept for when there is none, for one login at a time. Nothing that is sent, no paper and no error page is ever kept.
"use strict";

const SHELL = `shell-${APP.version}`;
const PAGES = "pages";
const WHO = `${APP.area}__who`;
let forgotten = 0; // how often the pages were thrown away: what began before that is not kept after it
const NEVER = /\/(pdf|zip|json|identita)\//;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const shell = await caches.open(SHELL);
      const wanted = [...APP.files, ...Object.values(APP.offline)];
      await shell.addAll(wanted.map((address) => new Request(address, { cache: "no-cache", credentials: "omit" })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== SHELL);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.method !== "GET") {
    if (address.pathname === APP.exit) event.waitUntil(forget());
    return;
  }
  if (APP.files.includes(address.pathname)) {
    event.respondWith(caches.match(address.pathname).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === "navigate" && !NEVER.test(address.pathname)) {
    event.respondWith(page(event, address));
  }
});

async function page(event, address) {
  const before = forgotten;
  let answer;
  try {
    answer = await fetch(event.request);
  } catch {
    return (await kept(address)) ?? (await caches.match(APP.offline[await language()]));
  }
  event.waitUntil(look(address, answer.clone(), before));
  return answer;
}

/** Keep a page the server lets us keep; forget all of them when the way leads to the entrance, or somebody else came. */
async function look(address, answer, before) {
  if (address.pathname === APP.entrance) return forget();
  const who = answer.headers.get(APP.keptFor);
  if (!who || !answer.ok || answer.redirected) return;
  const known = await caches.match(WHO, { cacheName: PAGES });
  if (known && (await known.text()) !== who) await caches.delete(PAGES);
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", new Date().toISOString());
  const body = await answer.text();
  const pages = await caches.open(PAGES);
  await pages.put(WHO, new Response(who, { headers: { "Content-Language": headers.get("Content-Language") ?? "it" } }));
  await pages.put(address.pathname, new Response(body, { headers }));
  // The app starts at the area's own address, which leads to the account looked at the latest.
  if (/\/conti\/[^/]+\/$/.test(address.pathname)) await pages.put(APP.area, new Response(body, { headers }));
  if (before !== forgotten) await caches.delete(PAGES);
}

function forget() {
  forgotten += 1;
  return caches.delete(PAGES);
}

/** Return a kept page that says since when, by an attribute of its body that app.js reads; undefined where none is. */
async function kept(address) {
  const found = await caches.match(address.pathname, { cacheName: PAGES });
  if (!found) return undefined;
  const text = (await found.text()).replace("<body ", `<body data-kept="${found.headers.get("X-Kept-At")}" `);
  return new Response(text, { headers: found.headers });
}

async function language() {
  const who = await caches.match(WHO, { cacheName: PAGES });
  const told = (who?.headers.get("Content-Language") ?? self.navigator.language ?? "it").slice(0, 2);
  return told in APP.offline ? told : "it";
}

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // Not ours: a browser still wants something shown for each push.
  }
  event.waitUntil(
    self.registration.showNotification(told.title || "Sorgente", {
      body: told.body ?? "",
      tag: told.tag || undefined,
      icon: APP.icon,
      badge: APP.badge,
      data: { url: told.url || APP.area },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url ?? APP.area, self.location.origin);
  const address = wanted.origin === self.location.origin ? wanted.href : new URL(APP.area, self.location.origin).href;
  event.waitUntil(
    (async () => {
      const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const there = open.find((one) => one.url === address) ?? open.find((one) => "navigate" in one);
      if (!there) return self.clients.openWindow(address);
      await there.focus();
      return there.url === address ? there : there.navigate(address);
    })(),
  );
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(
    (async () => {
      const told = await (await fetch(APP.devices, { credentials: "same-origin" })).json();
      const fresh =
        event.newSubscription ??
        (await self.registration.pushManager.subscribe({
          userVisibleOnly: true,
          applicationServerKey: told.key,
        }));
      await fetch(APP.devices, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": told.token },
        body: JSON.stringify({ subscription: fresh.toJSON(), before: event.oldSubscription?.endpoint ?? "" }),
      });
    })(),
  );
});
