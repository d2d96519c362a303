import { isWord, t } from "../../../i18n/i18n";

/** What a kind of file is called. */
export function kindName(kind: string): string {
  const word = `settings.storage.kind.${kind}`;
  return isWord(word) ? t(word) : kind;
}
