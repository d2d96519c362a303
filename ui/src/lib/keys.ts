/** Keys: a page names what its keys do, and "?" lists them. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export interface Key {
  /** As `KeyboardEvent.key`, with "Shift+" before it if needed: "ArrowLeft", "Shift+ArrowLeft", " ". */
  key: string;
  does: string;
  run: (event: KeyboardEvent) => void;
}

/** The keys of what is shown now, the innermost last. */
export const keySets = signal<Key[][]>([]);

/** Let keys work while the component is shown; they must not change their order of meaning between renders. */
export function useKeys(keys: Key[], active = true): void {
  useEffect(() => {
    if (!active) return undefined;
    keySets.value = [...keySets.value, keys];
    return () => {
      keySets.value = keySets.value.filter((one) => one !== keys);
    };
  });
}

addEventListener("keydown", (event) => {
  const target = (event.composedPath()[0] ?? event.target) as HTMLElement; // also within a shadow root
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
  if (event.key === " " && /^(BUTTON|A|SUMMARY)$/.test(target.tagName)) return;
  if (document.querySelector("dialog[open]") && !target.closest("dialog")) return;
  const name = (event.shiftKey && event.key.length > 1 ? "Shift+" : "") + event.key;
  for (const set of [...keySets.peek()].reverse()) {
    const found = set.find(({ key }) => key === name);
    if (!found) continue;
    event.preventDefault();
    found.run(event);
    return;
  }
});
