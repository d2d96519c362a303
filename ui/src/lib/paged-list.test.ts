import { describe, expect, it } from "vitest";
import { PAGE, PagedList, type Row } from "./paged-list";

const row = (n: number): Row => ({ id: `e${n}`, start_time: n });

/** Answers as the server does for events 1 to `count`, newest first. */
function server(count: () => number) {
  return async (asked: Record<string, string>) => {
    const all = Array.from({ length: count() }, (_, n) => row(count() - n));
    const before = Number(asked.before ?? Number.POSITIVE_INFINITY);
    return all.filter(({ start_time }) => start_time < before).slice(0, Number(asked.limit));
  };
}

describe("PagedList", () => {
  it("walks through all pages without losing or doubling one", async () => {
    const list = new PagedList(
      {},
      server(() => PAGE * 2 + 7),
    );
    while (!list.complete.value) await list.more();
    expect(list.rows.value.map(({ start_time }) => start_time)).toEqual(
      Array.from({ length: PAGE * 2 + 7 }, (_, n) => PAGE * 2 + 7 - n),
    );
  });

  it("puts what is new on top and keeps what was taken away", async () => {
    let count = 5;
    const list = new PagedList(
      {},
      server(() => count),
    );
    await list.more();
    const back = list.remove("e3");
    count = 7;
    await list.refresh();
    expect(list.rows.value.map(({ id }) => id)).toEqual(["e7", "e6", "e5", "e4", "e2", "e1"]);
    back();
    expect(list.rows.value.map(({ id }) => id)).toContain("e3");
  });

  it("begins anew if more has come than one answer holds, so that no gap stays", async () => {
    let count = 5;
    const list = new PagedList(
      {},
      server(() => count),
    );
    await list.more();
    count = 5 + PAGE * 2;
    await list.refresh();
    while (!list.complete.value) await list.more();
    expect(list.rows.value.map(({ start_time }) => start_time)).toEqual(
      Array.from({ length: count }, (_, n) => count - n),
    );
  });

  it("tells what went wrong, and can be asked again", async () => {
    let fails = true;
    const list = new PagedList({}, async () => {
      if (fails) throw new Error("no");
      return [row(1)];
    });
    await list.more();
    expect(list.error.value?.message).toBe("no");
    fails = false;
    await list.more();
    expect([list.error.value, list.rows.value.length, list.complete.value]).toEqual([null, 1, true]);
  });
});
