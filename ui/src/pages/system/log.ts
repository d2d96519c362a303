/** The lines of the log, as the interface sends them. */

export const LEVELS = ["debug", "info", "warning", "error"] as const;
export type Level = (typeof LEVELS)[number];

export interface LogLine {
  id: number;
  text: string;
  /** "2026-11-28 19:16:37", or "" for a line that goes on with the one before. */
  time: string;
  part: string;
  level: Level;
  message: string;
}

const SHAPE = /^\S+ \S+\s+\[([^\]]+)\]\s+(\S+)\s+([A-Z]+)\s*:\s?(.*)$/;

/** Take lines apart; those of another form belong to the line before, and have its level. */
export function parseLines(texts: string[], firstId: number, before: Level = "info"): LogLine[] {
  let level = before;
  return texts.map((text, n) => {
    const found = SHAPE.exec(text);
    if (!found) return { id: firstId + n, text, time: "", part: "", level, message: text };
    const [, time = "", part = "", word = "", message = ""] = found;
    const lower = word.toLowerCase() === "critical" ? "error" : word.toLowerCase();
    level = LEVELS.includes(lower as Level) ? (lower as Level) : "info";
    return { id: firstId + n, text, time, part, level, message };
  });
}

/** Tell whether a line is wanted: at least this level, and all words in it. */
export function wanted(line: LogLine, least: Level, words: string): boolean {
  if (LEVELS.indexOf(line.level) < LEVELS.indexOf(least)) return false;
  const text = line.text.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
