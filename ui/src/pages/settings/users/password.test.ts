import { expect, test } from "vitest";
import { nameProblem, passwordProblem } from "./password";

test("passwords have twelve characters, and are typed twice alike", () => {
  expect(passwordProblem("short")).toBe("settings.users.short");
  expect(passwordProblem("long enough!", "long enough?")).toBe("settings.users.different");
  expect(passwordProblem("long enough!", "long enough!")).toBeNull();
});

test("names have letters, digits, points and underscores", () => {
  expect(nameProblem("frida.k_2", [])).toBeNull();
  expect(nameProblem("frida k", [])).toBe("settings.users.badName");
  expect(nameProblem("", [])).toBe("settings.users.badName");
  expect(nameProblem("frida", ["frida"])).toBe("settings.users.taken");
});
