/** Short messages at the page's edge, with one action at most, such as "Undo". */
import { signal } from "@preact/signals";
import { t } from "../i18n/i18n";

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
  action?: { label: string; run: () => void };
}

const SEEN_MS = 6000;
const MOST = 4;
export const toasts = signal<Toast[]>([]);
let next = 1;

/** Show a message for a while; return what takes it away. */
export function toast(text: string, { bad = false, action }: Partial<Omit<Toast, "id" | "text">> = {}): () => void {
  const made: Toast = { id: next++, text, bad, ...(action ? { action } : {}) };
  toasts.value = [...toasts.value.slice(1 - MOST), made];
  const away = () => (toasts.value = toasts.value.filter((one) => one.id !== made.id));
  setTimeout(away, action || bad ? SEEN_MS * 1.5 : SEEN_MS);
  return away;
}

/** Tell of an error. */
export function toastError(error: unknown): void {
  toast(error instanceof Error && error.message ? error.message : t("common.failed"), { bad: true });
}

/** Do something later unless the user takes it back: the server is only asked once "Undo" is gone.
 *
 * `undo` takes back what the page has shown already.
 */
export function undoable(text: string, act: () => Promise<unknown>, undo: () => void): void {
  let taken = false;
  const settle = () => {
    if (taken) return;
    taken = true;
    clearTimeout(timer);
    removeEventListener("pagehide", settle);
    act().catch((error: unknown) => {
      undo();
      toastError(error);
    });
  };
  const away = toast(text, {
    action: {
      label: t("common.undo"),
      run: () => {
        if (taken) return;
        taken = true;
        clearTimeout(timer);
        removeEventListener("pagehide", settle);
        away();
        undo();
      },
    },
  });
  const timer = setTimeout(settle, SEEN_MS * 1.5);
  addEventListener("pagehide", settle);
}
