import { expect, test } from "vitest";
import { ask, entryOf, hold, invalidate, use } from "./remembered";

/** A source whose answers come when the test says so. */
function source() {
  const open: { answer: (value: unknown) => void; signal: AbortSignal }[] = [];
  const load = (signal: AbortSignal) =>
    new Promise<unknown>((answer, fail) => {
      open.push({ answer, signal });
      signal.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
    });
  return { open, load };
}

const settled = () => new Promise((done) => setTimeout(done));

test("who takes over in the same moment gets an answer", async () => {
  const { open, load } = source();
  const leave = use(entryOf("a", load));
  leave();
  const entry = entryOf("a", load);
  use(entry);
  await settled();
  open.at(-1)?.answer([1]);
  await settled();
  expect(entry.state.value).toEqual({ data: [1], loading: false });
});

test("who comes after a question was ended asks anew", async () => {
  const { open, load } = source();
  use(entryOf("b", load))();
  await settled();
  expect(open[0]?.signal.aborted).toBe(true);
  const entry = entryOf("b", load);
  use(entry);
  open[1]?.answer("new");
  await settled();
  expect(entry.state.value.data).toBe("new");
});

test("an older answer does not replace a newer one", async () => {
  const { open, load } = source();
  const entry = entryOf("c", load);
  use(entry);
  void ask(entry, true);
  open[1]?.answer("newer");
  open[0]?.answer("older");
  await settled();
  expect(entry.state.value.data).toBe("newer");
});

test("what is held back stays so in later answers, each by itself", async () => {
  const { open, load } = source();
  const entry = entryOf("d", load);
  use(entry);
  open[0]?.answer([1, 2, 3]);
  await settled();
  const one = hold<number[]>("d", (all) => all.filter((n) => n !== 1));
  const two = hold<number[]>("d", (all) => all.filter((n) => n !== 2));
  expect(entry.state.value.data).toEqual([3]);
  invalidate("d");
  open[1]?.answer([1, 2, 3, 4]);
  await settled();
  expect(entry.state.value.data).toEqual([3, 4]);
  one.release(); // taken back: the other one stays
  expect(entry.state.value.data).toEqual([1, 3, 4]);
  two.keep();
  expect(entry.state.value.data).toEqual([1, 3, 4]);
  open[2]?.answer([1, 3, 4]);
  await settled();
  expect(entry.state.value.data).toEqual([1, 3, 4]);
});
