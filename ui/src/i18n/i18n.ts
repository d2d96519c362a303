/** The page's words. A language is one file, of which only the chosen one is loaded. */
import { computed, effect, signal } from "@preact/signals";
import { prefs } from "../lib/prefs";
import type { en } from "./en";

export type Word = keyof typeof en;
type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Words = Record<Word, string | Plural>;

/** Languages, each called as its speakers call it. To add one, add a file and a line here. */
export const LANGUAGES: Record<string, { name: string; load: () => Promise<Words> }> = {
  en: { name: "English", load: () => import("./en").then((file) => file.en) },
  de: { name: "Deutsch", load: () => import("./de").then((file) => file.de) },
};

/** The language that is shown, or will be once it is loaded. */
export const language = computed(() => {
  const chosen = prefs.value.language;
  const wanted = chosen === "auto" ? navigator.languages : [chosen];
  return wanted.map((one) => one.split("-")[0] as string).find((one) => one in LANGUAGES) ?? "en";
});

const words = signal<Partial<Words>>({});

/** Ends when the first words are there: nothing is to be shown before. */
export const wordsLoaded = new Promise<void>((done) => {
  effect(() => {
    const wanted = language.value;
    document.documentElement.lang = wanted;
    LANGUAGES[wanted]
      ?.load()
      .then((loaded) => {
        if (language.peek() === wanted) words.value = loaded;
      }, console.warn)
      .finally(done);
  });
});

/** Tell whether there is a text for what the server calls so. */
export const isWord = (name: string): name is Word => name in words.value;

/** Return the text of `word` with its {places} filled; `n` chooses between the forms of a plural. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  const found = words.value[word] ?? word;
  const form = typeof found === "string" ? found : (found[plural(Number(values.n))] ?? found.other);
  return form.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    return value === undefined ? place : typeof value === "number" ? value.toLocaleString(language.value) : value;
  });
}

/** The word for an object's label, such as "person"; labels without one are shown as they are. */
export function label(name: string): string {
  const word = `label.${name}`;
  const form = isWord(word) ? t(word) : name.replaceAll("_", " ");
  return form.replace(/^\p{L}/u, (first) => first.toUpperCase());
}

function plural(n: number): Intl.LDMLPluralRule {
  return new Intl.PluralRules(language.value).select(n);
}
