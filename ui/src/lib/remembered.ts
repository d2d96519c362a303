/** Answers of the server, remembered by key; what asks for them is in `query.ts`. */
import { type Signal, signal } from "@preact/signals";

export interface Answer<T> {
  data?: T;
  error?: Error;
  loading: boolean;
}

export interface Entry {
  key: string;
  state: Signal<Answer<unknown>>;
  load: (signal: AbortSignal) => Promise<unknown>;
  asked: number;
  users: number;
  running?: AbortController;
  /** The newest answer, without what is held back. */
  given?: unknown;
}

type Change = (data: unknown) => unknown;

const MOST = 200;
const FRESH_MS = 2000; // what was asked for within this time is not asked for again
const entries = new Map<string, Entry>();
let holds: { key: string; change: Change }[] = [];

/** Return the entry of a key; made if there is none. */
export function entryOf(key: string, load: Entry["load"]): Entry {
  let entry = entries.get(key);
  if (entry) {
    entries.delete(key); // so that the map is ordered by use
  } else {
    entry = { key, state: signal({ loading: true }), load, asked: 0, users: 0 };
    for (const [old, { users }] of entries) {
      if (entries.size < MOST) break;
      if (!users) entries.delete(old);
    }
  }
  entries.set(key, entry);
  return entry;
}

/** Somebody shows the entry: ask if nothing fresh is there. Return what ends the use. */
export function use(entry: Entry): () => void {
  entry.users += 1;
  // A question that was ended has no answer: who showed this before has gone in the same moment.
  if (entry.running?.signal.aborted || Date.now() - entry.asked > FRESH_MS) void ask(entry);
  return () => {
    entry.users -= 1;
    if (!entry.users) entry.running?.abort();
  };
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
  if (entry?.given === undefined) return;
  entry.given = change(entry.given as T);
  show(key);
}

/** Show a change under `key` until it is let go, also in answers that come meanwhile; `keep` says that the server has it. */
export function hold<T>(key: string, change: (data: T) => T): { release: () => void; keep: () => void } {
  const held = { key, change: change as Change };
  holds = [...holds, held];
  show(key);
  const release = () => {
    holds = holds.filter((one) => one !== held);
    show(key);
  };
  const keep = () => {
    patch(key, change);
    release();
    invalidate(key); // an answer under way may be of before
  };
  return { release, keep };
}

export async function ask(entry: Entry, again = false): Promise<void> {
  if (entry.running && !entry.running.signal.aborted && !again) return;
  entry.running?.abort();
  const running = new AbortController();
  entry.running = running;
  entry.asked = Date.now();
  if (!entry.state.peek().loading) entry.state.value = { ...entry.state.peek(), loading: true };
  try {
    const given = await entry.load(running.signal);
    if (entry.running !== running) return;
    entry.given = given;
    entry.state.value = { data: held(entry), loading: false };
  } catch (error) {
    if (entry.running !== running) return;
    if (running.signal.aborted) entry.asked = 0;
    else entry.state.value = { ...entry.state.peek(), error: error as Error, loading: false };
  } finally {
    if (entry.running === running) delete entry.running;
  }
}

function show(key: string): void {
  const entry = entries.get(key);
  if (entry?.given !== undefined) entry.state.value = { ...entry.state.peek(), data: held(entry) };
}

const held = ({ key, given }: Entry): unknown =>
  holds.reduce((data, one) => (one.key === key ? one.change(data) : data), given);
