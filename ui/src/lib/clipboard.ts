import { t } from "../i18n/i18n";

/** Copy a text. Raises Error if the browser does not let us. */
export async function copy(text: string): Promise<void> {
  // The clipboard is only there on safe connections; elsewhere a selected text can be copied.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const focused = document.activeElement as HTMLElement | null;
  const line = document.createElement("textarea");
  line.value = text;
  // Behind an open window nothing can be selected.
  ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(line);
  line.select();
  const done = document.execCommand("copy");
  line.remove();
  focused?.focus();
  if (!done) throw new Error(t("common.failed"));
}
