import { expect, test, vi } from "vitest";

vi.mock("../../lib/config", () => ({ cameras: { value: [] } }));
vi.mock("../../lib/router", () => ({}));

const { readAddress } = await import("./state");
const read = (text: string) => readAddress(new URLSearchParams(text), ["front", "back"]);

test("an address with all", () => {
  expect(read("camera=back&time=1796000000.25&from=1795999990&to=1796000100")).toEqual({
    camera: "back",
    at: 1796000000.25,
    range: [1795999990, 1796000100],
  });
});

test("what makes no sense is left out", () => {
  expect(read("camera=side&time=soon&from=5&to=4")).toEqual({ camera: null, at: null, range: null });
  expect(read("time=1e300&from=-1").at).toBeNull();
  expect(read("")).toEqual({ camera: null, at: null, range: null });
});
