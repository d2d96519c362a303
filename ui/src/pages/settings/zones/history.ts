/** What was there before each change, so that it can be undone. Nothing of the page. */

const MOST = 100;

export interface Steps<T> {
  past: readonly T[];
  now: T;
  future: readonly T[];
}

export const begin = <T>(now: T): Steps<T> => ({ past: [], now, future: [] });

/** A change that is one step back. */
export const done = <T>({ past, now }: Steps<T>, next: T): Steps<T> => ({
  past: [...past, now].slice(-MOST),
  now: next,
  future: [],
});

/** A change within the newest step, as while something is dragged. */
export const within = <T>(steps: Steps<T>, next: T): Steps<T> => ({ ...steps, now: next });

export function undone<T>(steps: Steps<T>): Steps<T> {
  const last = steps.past.at(-1);
  if (last === undefined) return steps;
  return { past: steps.past.slice(0, -1), now: last, future: [steps.now, ...steps.future] };
}

export function redone<T>(steps: Steps<T>): Steps<T> {
  const [next, ...future] = steps.future;
  return next === undefined ? steps : { past: [...steps.past, steps.now], now: next, future };
}
