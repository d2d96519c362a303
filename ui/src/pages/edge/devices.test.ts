import { expect, test } from "vitest";
import { devicesOf, isAddress } from "./devices";

test("devices have their names, whatever the case of the address; who is here comes first", () => {
  const states = {
    bt: { "AA:BB:CC:DD:EE:01": false, "AA:BB:CC:DD:EE:02": false },
    wifi: { "aa:bb:cc:dd:ee:03": true },
  };
  const names = {
    TARGET_BT_ADDRESSES: [{ address: "aa:bb:cc:dd:ee:02", name: "Ann" }],
    TARGET_AP_MAC_ADDRESSES: [{ address: "AA:BB:CC:DD:EE:03", name: null }],
  };
  expect(devicesOf(states, names).map(({ kind, name, online }) => [kind, name, online])).toEqual([
    ["wifi", "aa:bb:cc:dd:ee:03", true],
    ["bt", "AA:BB:CC:DD:EE:01", false],
    ["bt", "Ann", false],
  ]);
  expect(devicesOf({ bt: {}, wifi: {} })).toEqual([]);
});

test("addresses are told from other texts", () => {
  expect(isAddress(" aa:BB:cc:dd:ee:0f ")).toBe(true);
  expect(isAddress("aa:bb:cc:dd:ee")).toBe(false);
  expect(isAddress("gg:bb:cc:dd:ee:ff")).toBe(false);
});
