/** What the names of persons and of the library's files tell. */

export type Library = Record<string, string[]>;

export interface Attempt {
  file: string;
  event: string;
  /** Epoch seconds. */
  time: number;
  /** Whom it was taken for, null of nobody known. */
  name: string | null;
  score: number;
}

export const TRAIN = "train";
const ATTEMPT = /^(\d+(?:\.\d+)?-[^-]+)-(\d+(?:\.\d+)?)-(.+)-(\d+(?:\.\d+)?)\.\w+$/;

/** The names of all persons, in the order of the alphabet. */
export const personsOf = (library: Library): string[] =>
  Object.keys(library)
    .filter((name) => name !== TRAIN)
    .sort((a, b) => a.localeCompare(b));

/** What the name of an attempt's file tells; null of another file. */
export function attemptOf(file: string): Attempt | null {
  const found = ATTEMPT.exec(file);
  if (!found) return null;
  const [, event, time, name, score] = found as unknown as string[];
  return {
    file,
    event: event as string,
    time: Number(time),
    name: name === "unknown" ? null : (name as string),
    score: Number(score),
  };
}

/** What is wrong with a person's name, as a word's end; "" if nothing. */
export function wrongName(name: string, others: readonly string[]): "" | "reserved" | "signs" | "taken" | "long" {
  if (name === TRAIN || name === "unknown") return "reserved";
  if (/[/\\]/.test(name) || name.startsWith(".")) return "signs";
  if (others.includes(name)) return "taken";
  return name.length > 100 || new TextEncoder().encode(name).length > 150 ? "long" : "";
}
