import { en } from "../../../i18n/en";
import { t, type Word } from "../../../i18n/i18n";

/** What a kind of file is called. */
export function kindName(kind: string): string {
  const word = `settings.storage.kind.${kind}`;
  return word in en ? t(word as Word) : kind;
}
