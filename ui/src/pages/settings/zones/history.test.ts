import { expect, test } from "vitest";
import { begin, done, redone, undone, within } from "./history";

test("undoes and redoes", () => {
  let steps = done(done(begin("a"), "b"), "c");
  steps = undone(steps);
  expect(steps.now).toBe("b");
  expect(redone(steps).now).toBe("c");
  steps = done(steps, "d");
  expect(redone(steps).now).toBe("d");
  expect(undone(undone(undone(steps))).now).toBe("a");
});

test("a drag is one step", () => {
  const steps = within(within(done(begin(0), 1), 2), 3);
  expect(steps.now).toBe(3);
  expect(undone(steps).now).toBe(0);
});

test("remembers a hundred steps", () => {
  let steps = begin(0);
  for (let n = 1; n <= 150; n += 1) steps = done(steps, n);
  expect(steps.past).toHaveLength(100);
  expect(steps.past[0]).toBe(50);
});
