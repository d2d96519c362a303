/** Where in a YAML text something stands, by its indentation: also in a text that is not complete yet. */

export interface Place {
  kind: "key" | "value";
  /** Keys that lead to it; "[]" is any item of a list. For a value, its own key is the last. */
  path: string[];
  /** What is typed of it so far, and the column where that begins. */
  typed: string;
  from: number;
  /** The column at which the key begins. */
  indent: number;
}

const DASHES = /^(\s*)((?:- +)*)/;
const KEY = /^["']?([^\s"'#{}[\],:][^"'#:]*?)["']?\s*:(?:\s|$)/;

/** What stands, or would stand, at a row and column (both from 0); null within comments, texts and flow maps. */
export function placeAt(lines: readonly string[], row: number, column: number): Place | null {
  const before = (lines[row] ?? "").slice(0, column);
  const key = /^(\s*(?:- +)*)([\w.-]*)$/.exec(before);
  if (key) {
    const indent = (key[1] as string).length;
    return { kind: "key", path: parentOf(lines, row, indent), typed: key[2] as string, from: indent, indent };
  }
  const value = /^(\s*(?:- +)*)(["']?)([^"'#{}[\],:]+)\2\s*:\s+([^\s#{}[\]"']*)$/.exec(before);
  if (!value) return null;
  const indent = (value[1] as string).length;
  const path = [...parentOf(lines, row, indent), (value[3] as string).trim()];
  return { kind: "value", path, typed: value[4] as string, from: column - (value[4] as string).length, indent };
}

/** The path of the key on a row, and the columns that it takes; null if there is none. */
export function keyAt(lines: readonly string[], row: number): { path: string[]; from: number; to: number } | null {
  const line = lines[row] ?? "";
  const [lead] = DASHES.exec(line) as unknown as [string];
  const found = KEY.exec(line.slice(lead.length));
  if (!found) return null;
  const name = found[1] as string;
  const path = [...parentOf(lines, row, lead.length), name];
  return { path, from: lead.length, to: lead.length + name.length };
}

/** The keys of the map in which a key of this indentation stands at a row, but for the one on that row. */
export function siblings(lines: readonly string[], row: number, indent: number): Set<string> {
  const found = new Set<string>();
  const walk = (step: 1 | -1) => {
    for (let at = row + step; at >= 0 && at < lines.length; at += step) {
      const line = lines[at] as string;
      if (blank(line)) continue;
      const [lead, space] = DASHES.exec(line) as unknown as [string, string];
      const item = lead.length > space.length;
      if (item && step > 0 && space.length < indent) break; // the next item of the list
      if (lead.length === indent) {
        const key = KEY.exec(line.slice(indent));
        if (key) found.add(key[1] as string);
      }
      if (lead.length < indent || (item && space.length < indent)) break;
    }
  };
  walk(-1);
  walk(1);
  return found;
}

/** The path of the map in which a key of this indentation stands at a row. */
function parentOf(lines: readonly string[], row: number, indent: number): string[] {
  const path: string[] = [];
  let limit = indent;
  let inList = false;
  const enter = (line: string) => {
    // From the innermost dash outwards: each is an item of a list whose key may have the same indentation.
    const [lead, space] = DASHES.exec(line) as unknown as [string, string];
    const dashes = [...lead.slice(space.length).matchAll(/-/g)].map(({ index }) => space.length + (index as number));
    for (const at of dashes.reverse()) {
      if (at >= limit) continue;
      path.unshift("[]");
      limit = at;
      inList = true;
    }
  };
  enter(lines[row] ?? "");
  for (let at = row - 1; at >= 0 && (limit > 0 || inList); at -= 1) {
    const line = lines[at] as string;
    if (blank(line)) continue;
    const [lead] = DASHES.exec(line) as unknown as [string];
    const item = /^\s*- /.test(line);
    const key = KEY.exec(line.slice(lead.length));
    if (key && (lead.length < limit || (inList && lead.length === limit && !item))) {
      path.unshift(key[1] as string);
      limit = lead.length;
      inList = false;
    }
    enter(line);
  }
  return path;
}

const blank = (line: string) => /^\s*(#|$)/.test(line);
