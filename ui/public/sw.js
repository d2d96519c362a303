// Shows notifications, and opens their address. It keeps nothing, and answers no requests of the page.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? self.registration.scope));
});

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

/** Every push has to show something, or browsers take the permission away. */
async function show(data) {
  const told = read(data);
  await self.registration.showNotification(told.title || "Dogwatch", {
    body: told.message ?? "",
    tag: told.id,
    renotify: told.type === "alert" && Boolean(told.id),
    icon: here("icons/icon-192.png"),
    badge: here("icons/badge-96.png"),
    ...(told.image ? { image: here(told.image) } : {}),
    data: { url: here(told.direct_url ?? "") },
  });
}

function read(data) {
  try {
    const told = data?.json() ?? {};
    return { title: told.notification?.title, message: told.notification?.body, ...told };
  } catch {
    return { message: data?.text() };
  }
}

// Dogwatch may be served below a prefix that it does not know: addresses are relative to where this file lies.
function here(path) {
  return new URL(String(path).replace(/^\/+/, ""), self.registration.scope).href;
}

async function open(url) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const one of windows) {
    if (!one.url.startsWith(self.registration.scope)) continue;
    try {
      await one.focus();
      await one.navigate(url);
      return;
    } catch {
      // A window that cannot be led elsewhere: open another one.
    }
  }
  await self.clients.openWindow(url);
}

async function renew(event) {
  const options = event.oldSubscription?.options ?? { userVisibleOnly: true, applicationServerKey: await key() };
  const sub = event.newSubscription ?? (await self.registration.pushManager.subscribe(options));
  await fetch(here("api/notifications/register"), {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-TOKEN": "1" },
    body: JSON.stringify({ sub: sub.toJSON() }),
  });
}

async function key() {
  return (await fetch(here("api/notifications/pubkey"))).json();
}
