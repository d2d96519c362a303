/** The text that is being edited. It outlives a change of the page; it is in memory alone, as it holds secrets. */
import { signal } from "@preact/signals";

export interface Mistake {
  line: number | null;
  column: number | null;
  path: string;
  message: string;
  hint: string | null;
}

/** The answer of `POST /api/config/check`. */
export interface Checked {
  valid: boolean;
  errors: Mistake[];
  notices: { line: number | null; path: string; message: string }[];
  changes: string[];
  /** Keys that a running core cannot apply. */
  restart: string[];
}

/** The text of the file as it was read, and as it is now. */
export const draft = signal<{ base: string; text: string } | null>(null);

/** What the server says of the present text; null until it was asked. */
export const checked = signal<Checked | null>(null);

export const changed = () => draft.value !== null && draft.value.base !== draft.value.text;

addEventListener("beforeunload", (event) => {
  if (draft.value && draft.value.base !== draft.value.text) event.preventDefault();
});
