import { expect, test } from "vitest";
import { Mover } from "./mover";

test("a movement is begun once, however long a key is held, and stopped once", () => {
  const given: string[] = [];
  const mover = new Mover((command) => given.push(command));
  mover.begin("MOVE_UP");
  mover.begin("MOVE_UP");
  mover.end("MOVE_UP");
  mover.end("MOVE_UP");
  mover.end();
  expect(given).toEqual(["MOVE_UP", "STOP"]);
});

test("a second key takes over, and the first one's release does not stop it", () => {
  const given: string[] = [];
  const mover = new Mover((command) => given.push(command));
  mover.begin("MOVE_UP");
  mover.begin("MOVE_LEFT");
  mover.end("MOVE_UP");
  expect(given).toEqual(["MOVE_UP", "MOVE_LEFT"]);
  mover.end();
  expect(given.at(-1)).toBe("STOP");
});
