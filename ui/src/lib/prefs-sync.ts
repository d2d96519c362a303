/** Keeps what a user has chosen with the account. The newest choice wins; nothing is asked while nothing changes. */
import { effect } from "@preact/signals";
import { ApiError, json } from "./api";
import { adoptPrefs, type Prefs, prefs } from "./prefs";

interface Kept {
  settings: Partial<Prefs>;
  version: number;
}

const WAIT_MS = 1000;
let version = 0;
let known = "";
let timer: ReturnType<typeof setTimeout> | undefined;
let keeping = false;

/** Take what the account has, and send what changes from now on. */
export async function keepPrefs(): Promise<void> {
  if (keeping) return; // somebody has logged in again
  try {
    await take();
  } catch {
    return; // the page works without it
  }
  keeping = true;
  effect(() => {
    const text = JSON.stringify(prefs.value);
    clearTimeout(timer);
    timer = text === known ? undefined : setTimeout(() => void give(), WAIT_MS);
  });
  // What was chosen just before the page goes is sent still: the next page would take the older choice.
  addEventListener("pagehide", () => timer !== undefined && void give(true));
}

async function take(): Promise<void> {
  const kept = await json<Kept>("api/profile/ui");
  version = kept.version;
  adoptPrefs(kept.settings);
  known = JSON.stringify(prefs.peek());
}

async function give(keepalive = false): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const settings = prefs.peek();
  known = JSON.stringify(settings);
  try {
    ({ version } = await json<Kept>("api/profile/ui", { method: "PUT", keepalive, body: { settings, version } }));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) return;
    ({ version } = await json<Kept>("api/profile/ui")); // another window was faster: what was chosen last stays
    await json("api/profile/ui", { method: "PUT", body: { settings, version } }).then(
      (kept) => (version = (kept as Kept).version),
      () => {},
    );
  }
}
