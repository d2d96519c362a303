/** A list of things that begin at a time, such as events; it grows as it is scrolled, page by page. */
import { batch, type Signal, signal } from "@preact/signals";

export const PAGE = 60;
/** So many are kept on a page; beyond, the list goes on at a page of its own, so that a million can be walked through. */
export const MOST = 1800;

export interface Row {
  id: string;
  start_time: number;
}

export type Ask<T> = (parameters: Record<string, string>, signal: AbortSignal) => Promise<T[]>;

/** By time, the newest or the oldest first; or by anything else, when each page is asked for from the beginning. */
export type Order = "newest" | "oldest" | "other";

export class PagedList<T extends Row> {
  readonly rows: Signal<T[]> = signal([]);
  readonly loading = signal(true);
  readonly error = signal<Error | null>(null);
  /** Whether there is nothing beyond the last row. */
  readonly complete = signal(false);
  private running: AbortController | null = null;
  private readonly gone = new Set<string>();

  /** `parameters` are those of the interface; `ask` sends them, with `limit` and `before` or `after`. */
  constructor(
    private readonly parameters: Record<string, string>,
    private readonly ask: Ask<T>,
    private readonly order: Order = "newest",
  ) {}

  get byDate(): boolean {
    return this.order !== "other";
  }

  get full(): boolean {
    return this.rows.value.length >= MOST;
  }

  /** Load the first page, or the next one. */
  async more(): Promise<void> {
    if (this.running || this.complete.peek() || this.rows.peek().length >= MOST) return;
    const known = this.rows.peek();
    const found = await this.load(this.byDate ? this.beyond(known.at(-1)) : { limit: String(known.length + PAGE) });
    if (!found) return;
    const wanted = this.byDate ? PAGE : known.length + PAGE;
    batch(() => {
      this.complete.value = found.length < wanted;
      this.rows.value = merged(known, found).filter(({ id }) => !this.gone.has(id));
    });
  }

  /** Ask for the first page again: what is new comes to the top, what has changed is changed. */
  async refresh(): Promise<void> {
    if (this.running || !this.byDate) return;
    const found = await this.load({ limit: String(PAGE) });
    if (!found) return;
    const before = new Set(this.rows.peek().map(({ id }) => id));
    if (this.order === "newest" && found.length === PAGE && !found.some(({ id }) => before.has(id))) {
      // So much has happened, as while a computer slept, that a gap would stay: the list begins anew.
      batch(() => {
        this.complete.value = false;
        this.rows.value = found.filter(({ id }) => !this.gone.has(id));
      });
      return;
    }
    const fresh = new Map(found.map((row) => [row.id, row]));
    const known = this.rows.peek().map((row) => fresh.get(row.id) ?? row);
    const ids = new Set(known.map(({ id }) => id));
    const added = found.filter(({ id }) => !ids.has(id) && !this.gone.has(id));
    this.rows.value = this.order === "oldest" ? known : [...added, ...known];
  }

  /** Take an event away; return what brings it back. */
  remove(id: string): () => void {
    const at = this.rows.peek().findIndex((row) => row.id === id);
    const row = this.rows.peek()[at];
    this.gone.add(id);
    this.rows.value = this.rows.peek().filter((one) => one.id !== id);
    return () => {
      this.gone.delete(id);
      if (row && !this.rows.peek().some((one) => one.id === id)) {
        this.rows.value = [...this.rows.peek().slice(0, at), row, ...this.rows.peek().slice(at)];
      }
    };
  }

  /** Change what is known of an event. */
  change(id: string, changes: Partial<T>): void {
    this.rows.value = this.rows.peek().map((row) => (row.id === id ? { ...row, ...changes } : row));
  }

  /** Ask for nothing any more. */
  end(): void {
    this.running?.abort();
  }

  private beyond(last: T | undefined): Record<string, string> {
    if (!last) return { limit: String(PAGE) };
    const newest = this.order === "newest";
    // Events that begin at the same moment must not be lost between two pages: they are asked for again, and known.
    const edge = String(last.start_time + (newest ? 0.0005 : -0.0005));
    return { limit: String(PAGE), [newest ? "before" : "after"]: edge };
  }

  private async load(more: Record<string, string>): Promise<T[] | null> {
    const running = new AbortController();
    this.running = running;
    this.loading.value = true;
    try {
      const found = await this.ask({ ...this.parameters, ...more }, running.signal);
      this.error.value = null;
      return running.signal.aborted ? null : found;
    } catch (error) {
      if (!running.signal.aborted) this.error.value = error as Error;
      return null;
    } finally {
      this.running = null;
      this.loading.value = false;
    }
  }
}

function merged<T extends Row>(known: T[], found: T[]): T[] {
  const ids = new Set(known.map(({ id }) => id));
  return [...known, ...found.filter(({ id }) => !ids.has(id))];
}
