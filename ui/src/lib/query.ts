/** Data from the server, remembered by key: what is there is shown at once, and asked for anew behind it. */
import { type Signal, signal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

export interface Answer<T> {
  data?: T;
  error?: Error;
  loading: boolean;
}

interface Entry {
  state: Signal<Answer<unknown>>;
  load: (signal: AbortSignal) => Promise<unknown>;
  asked: number;
  users: number;
  running?: AbortController;
}

const MOST = 200;
const FRESH_MS = 2000; // what was asked for within this time is not asked for again
const entries = new Map<string, Entry>();

export interface QueryOptions {
  /** Ask again so often while the page is seen, in milliseconds. */
  every?: number;
}

/** Return what `load` gives, and load it: at first, each `every`, and whenever `key` changes. Null asks for nothing.
 *
 * `key` names all that the answer depends on. While another key's answer comes, `data` is undefined.
 */
export function useQuery<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  { every }: QueryOptions = {},
): Answer<T> & { refresh: () => Promise<void> } {
  const entry = useMemo(() => (key === null ? null : entryOf(key, load)), [key]);
  if (entry) entry.load = load;
  useEffect(() => {
    if (!entry) return undefined;
    entry.users += 1;
    if (Date.now() - entry.asked > FRESH_MS) void ask(entry);
    const timer = every ? setInterval(() => document.hidden || void ask(entry), every) : undefined;
    return () => {
      entry.users -= 1;
      clearInterval(timer);
      if (!entry.users) entry.running?.abort();
    };
  }, [entry, every]);
  const state = (entry?.state.value ?? { loading: false }) as Answer<T>;
  return { ...state, refresh: () => (entry ? ask(entry, true) : Promise.resolve()) };
}

/** Ask again for all keys that begin with `prefix` and are in use; forget the others. */
export function invalidate(prefix: string): void {
  for (const [key, entry] of entries) {
    if (!key.startsWith(prefix)) continue;
    if (entry.users) void ask(entry, true);
    else entries.delete(key);
  }
}

/** Change what is remembered under `key`, as far as it is there: for what the user sees at once. */
export function patch<T>(key: string, change: (data: T) => T): void {
  const entry = entries.get(key);
  if (entry?.state.peek().data !== undefined) {
    entry.state.value = { ...entry.state.peek(), data: change(entry.state.peek().data as T) };
  }
}

/** The same for all keys that begin with `prefix`. */
export function patchAll<T>(prefix: string, change: (data: T) => T): void {
  for (const key of entries.keys()) if (key.startsWith(prefix)) patch(key, change);
}

/** Forget everything: another user has logged in. */
export function forgetAll(): void {
  for (const entry of entries.values()) {
    entry.state.value = { loading: true };
    if (entry.users) void ask(entry, true);
  }
}

/** Run `effect` whenever signals that it reads change. */
export const useEffectOfSignals = useSignalEffect;

function entryOf(key: string, load: Entry["load"]): Entry {
  let entry = entries.get(key);
  if (entry) {
    entries.delete(key); // so that the map is ordered by use
  } else {
    entry = { state: signal({ loading: true }), load, asked: 0, users: 0 };
    for (const [old, { users }] of entries) {
      if (entries.size < MOST) break;
      if (!users) entries.delete(old);
    }
  }
  entries.set(key, entry);
  return entry;
}

async function ask(entry: Entry, again = false): Promise<void> {
  if (entry.running && !again) return;
  entry.running?.abort();
  const running = new AbortController();
  entry.running = running;
  entry.asked = Date.now();
  if (!entry.state.peek().loading) entry.state.value = { ...entry.state.peek(), loading: true };
  try {
    const data = await entry.load(running.signal);
    if (entry.running === running) entry.state.value = { data, loading: false };
  } catch (error) {
    if (running.signal.aborted) {
      if (entry.running === running) entry.asked = 0;
    } else {
      entry.state.value = { ...entry.state.peek(), error: error as Error, loading: false };
    }
  } finally {
    if (entry.running === running) delete entry.running;
  }
}
