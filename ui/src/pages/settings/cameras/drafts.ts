/** What was changed in forms and is not saved yet, by camera. It outlives a change of the page, not its reload. */
import { signal } from "@preact/signals";
import type { Nested } from "../keys";

export const drafts = signal<Record<string, Nested>>({});

/** Note the value of a key; the value that is in force takes the note away. */
export function note(camera: string, path: string, value: unknown, inForce: unknown): void {
  const { [path]: _, ...others } = drafts.value[camera] ?? {};
  const unchanged = JSON.stringify(value ?? null) === JSON.stringify(inForce ?? null);
  drafts.value = { ...drafts.value, [camera]: unchanged ? others : { ...others, [path]: value } };
}

export function forget(camera: string): void {
  const { [camera]: _, ...others } = drafts.value;
  drafts.value = others;
}

/** Forget what was saved; what was typed meanwhile stays. */
export function forgetSaved(camera: string, saved: Nested): void {
  const left = Object.entries(drafts.value[camera] ?? {}).filter(([path, value]) => value !== saved[path]);
  if (left.length) drafts.value = { ...drafts.value, [camera]: Object.fromEntries(left) };
  else forget(camera);
}

// Closing the window would lose them.
addEventListener("beforeunload", (event) => {
  if (Object.values(drafts.value).some((one) => Object.keys(one).length)) event.preventDefault();
});
