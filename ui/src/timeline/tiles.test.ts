import { expect, test, vi } from "vitest";
import { LEVELS, levelOf, TileCache, tilesOf } from "./tiles";

const NOW = 1_796_000_000;
const settled = () => new Promise((done) => setTimeout(done, 5));

test("the farther one looks, the coarser; a month takes few tiles", () => {
  expect([3600, 8 * 3600, 86_400, 30 * 86_400].map((length) => levelOf([NOW - length, NOW]))).toEqual([0, 1, 2, 3]);
  for (const length of [1, 7200, 50_000, 4 * 86_400, 31 * 86_400]) {
    const view = [NOW - length, NOW] as const;
    expect(tilesOf(view, levelOf(view), NOW).length).toBeLessThanOrEqual(5);
  }
});

test("tiles cover the view, and none begins in the future", () => {
  const tiles = tilesOf([NOW - 5000, NOW + 9000], 0, NOW);
  expect(tiles[0]).toBeLessThanOrEqual(NOW - 5000);
  expect(tiles.every((start) => start % LEVELS[0]!.tile === 0 && start <= NOW)).toBe(true);
});

test("a tile is asked for once, and again when it is old; the old one is shown meanwhile", async () => {
  const changed = vi.fn();
  const cache = new TileCache(changed);
  let answer = 1;
  const load = vi.fn(async () => answer++);
  expect(cache.get("a", 1000, load)).toBeUndefined();
  expect(cache.get("a", 1000, load)).toBeUndefined();
  await settled();
  expect(cache.get("a", 1000, load)).toBe(1);
  expect(load).toHaveBeenCalledTimes(1);
  expect(changed).toHaveBeenCalledTimes(1);
  await settled();
  expect(cache.get("a", 0, load)).toBe(1);
  await settled();
  expect(cache.get("a", 1000, load)).toBe(2);
});

test("what waits is skipped when the view moves on, and few are asked for at a time", async () => {
  const cache = new TileCache(() => {}, 400, 2);
  const asked: string[] = [];
  const free: (() => void)[] = [];
  const load = (key: string) => () => {
    asked.push(key);
    return new Promise<number>((done) => free.push(() => done(1)));
  };
  for (const key of ["a", "b", "c", "d"]) cache.get(key, 1000, load(key));
  expect(asked).toEqual(["a", "b"]);
  cache.skipWaiting();
  cache.get("d", 1000, load("d"));
  for (const one of free) one();
  await settled();
  expect(asked).toEqual(["a", "b", "d"]);
});

test("what failed is asked for again soon, however long an answer would be kept", async () => {
  const cache = new TileCache(() => {});
  const load = vi.fn(async () => {
    throw new Error("no");
  });
  const clock = vi.spyOn(Date, "now").mockReturnValue(NOW * 1000);
  cache.get("a", 600_000, load);
  await settled();
  clock.mockReturnValue(NOW * 1000 + 5000);
  cache.get("a", 600_000, load);
  expect(load).toHaveBeenCalledTimes(2);
  clock.mockRestore();
});

test("a failed question is repeated later, and the cache stays small", async () => {
  const cache = new TileCache(() => {}, 3);
  const load = vi.fn(async () => {
    throw new Error("no");
  });
  cache.get("a", 1000, load);
  await settled();
  cache.get("a", 1000, load);
  await settled();
  expect(load).toHaveBeenCalledTimes(1);
  await settled();
  cache.get("a", 0, load);
  expect(load).toHaveBeenCalledTimes(2);
  for (const key of ["b", "c", "d", "e"]) {
    cache.get(key, 1000, async () => 1);
    await settled();
  }
  const again = vi.fn(async () => 2);
  cache.get("a", 1000, again);
  expect(again).toHaveBeenCalled();
});
