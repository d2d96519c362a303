/** Data from the server, remembered by key: what is there is shown at once, and asked for anew behind it. */
import { useEffect, useMemo } from "preact/hooks";
import { type Answer, ask, entryOf, hold, use } from "./remembered";
import { undoable } from "./toasts";

export { hold, invalidate, patch } from "./remembered";

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
    const leave = use(entry);
    const timer = every ? setInterval(() => document.hidden || void ask(entry), every) : undefined;
    return () => {
      clearInterval(timer);
      leave();
    };
  }, [entry, every]);
  const state = (entry?.state.value ?? { loading: false }) as Answer<T>;
  return { ...state, refresh: () => (entry ? ask(entry, true) : Promise.resolve()) };
}

/** Show a change of what is remembered under `key` at once, and do it once "Undo" is gone. */
export function undoableIn<T>(key: string, change: (data: T) => T, text: string, act: () => Promise<unknown>): void {
  const { release, keep } = hold(key, change);
  undoable(text, () => act().then(keep), release);
}
