/** What a user has chosen for the page: kept in this browser, and with the account, so that phone and desktop agree. */
import { effect, signal } from "@preact/signals";

export interface SavedFilter {
  name: string;
  page: string;
  query: string;
}

export interface Prefs {
  theme: "auto" | "dark" | "light";
  language: "auto" | string;
  /** Whose time zone times are shown in. */
  zone: "viewer" | "camera";
  clock: "browser" | "12hour" | "24hour";
  /** The order of cameras in the live grid, as the user has dragged them; others follow. */
  order: string[];
  filters: SavedFilter[];
  /** Anything else that a page remembers, by its name. */
  pages: Record<string, unknown>;
}

const KEY = "dogwatch.prefs";
const DEFAULTS: Prefs = {
  theme: "auto",
  language: "auto",
  zone: "viewer",
  clock: "browser",
  order: [],
  filters: [],
  pages: {},
};

export const prefs = signal<Prefs>({ ...DEFAULTS, ...stored() });

/** Change some; what is kept with the account follows by itself. */
export function setPrefs(changes: Partial<Prefs>): void {
  prefs.value = { ...prefs.value, ...changes };
}

/** Take what the account has, without what this version does not know. */
export function adoptPrefs(given: unknown): void {
  if (given && typeof given === "object") prefs.value = { ...DEFAULTS, ...prefs.value, ...(given as Partial<Prefs>) };
}

effect(() => {
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs.value));
  } catch {
    /* private windows may refuse */
  }
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const darkNow = signal(dark.matches);
dark.addEventListener("change", () => (darkNow.value = dark.matches));

effect(() => {
  const { theme } = prefs.value;
  document.documentElement.dataset.theme = theme === "auto" ? (darkNow.value ? "dark" : "light") : theme;
});

function stored(): Partial<Prefs> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Prefs>;
  } catch {
    return {};
  }
}
