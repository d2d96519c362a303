/** Web push on this device: its subscription, and what the server knows of it. */
import { json } from "./api";
import { base } from "./router";
import { profile } from "./session";

const KEPT = "dogwatch.push";

/** Why this browser cannot get notifications, if it cannot. */
export type Obstacle = "insecure" | "home-screen" | "unsupported" | "denied";

interface Kept {
  /** The device's id at the server. */
  id: string;
  /** Who has opted in. */
  user?: string | undefined;
}

/** What is kept of this user's opt-in on this device; null if there is none. Another user's is no opt-in of theirs. */
export function kept(): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "null") as Kept | null;
    return found?.user === undefined || found.user === profile.peek()?.username ? found : null;
  } catch {
    return null;
  }
}

export function obstacle(): Obstacle | null {
  if (!isSecureContext) return "insecure";
  const apple =
    /iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.maxTouchPoints > 1 && /Mac/.test(navigator.platform));
  if (!("Notification" in globalThis) || !manager()) return apple ? "home-screen" : "unsupported";
  return Notification.permission === "denied" ? "denied" : null;
}

const manager = () => "PushManager" in globalThis && ("serviceWorker" in navigator || "pushManager" in globalThis);

/** Ask for permission, subscribe, and register this device. Call it from a click.
 *
 * Raises DOMException "NotAllowedError" if the user refuses, "AbortError" if the browser's push service cannot be reached, and
 * ApiError if the server refuses.
 */
export async function turnOn(): Promise<void> {
  const answer = await Notification.requestPermission();
  if (answer !== "granted") throw new DOMException(answer, "NotAllowedError");
  await register(await subscription());
}

/** Take the subscription back, and let the server forget the device. */
export async function turnOff(): Promise<void> {
  const known = kept();
  localStorage.removeItem(KEPT);
  const sub = await (await pushManager()).getSubscription();
  await sub?.unsubscribe();
  if (known)
    await json(`api/notifications/devices/${encodeURIComponent(known.id)}`, { method: "DELETE" }).catch(() => {});
}

/** Register anew: browsers let subscriptions end without a word, those of Apple above all. Called at every start. */
export async function renew(): Promise<void> {
  if (!kept() || obstacle() || Notification.permission !== "granted") return;
  await register(await subscription());
}

async function register(sub: PushSubscription): Promise<void> {
  const { id } = await json<Kept>("api/notifications/register", { method: "POST", body: { sub: sub.toJSON() } });
  localStorage.setItem(KEPT, JSON.stringify({ id, user: profile.peek()?.username } satisfies Kept));
}

/** The subscription with the server's present key; made if there is none, made anew if the key is another. */
async function subscription(): Promise<PushSubscription> {
  const push = await pushManager();
  const key = await json<string>("api/notifications/pubkey");
  const old = await push.getSubscription();
  if (old && sameKey(old.options.applicationServerKey, key)) return old;
  await old?.unsubscribe();
  return push.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function pushManager(): Promise<PushManager> {
  if (!("serviceWorker" in navigator)) return (globalThis as unknown as { pushManager: PushManager }).pushManager;
  const worker = await navigator.serviceWorker.register(new URL("sw.js", base), { scope: base.pathname });
  await navigator.serviceWorker.ready;
  return worker.pushManager;
}

function sameKey(bytes: ArrayBuffer | null, key: string): boolean {
  if (!bytes) return false;
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") === key;
}
