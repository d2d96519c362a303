/** Tracked devices, from what two answers tell of them. */

export interface States {
  bt: Record<string, boolean>;
  wifi: Record<string, boolean>;
}

interface Named {
  address: string;
  name?: string | null;
}

export interface Names {
  TARGET_BT_ADDRESSES: Named[];
  TARGET_AP_MAC_ADDRESSES: Named[];
}

export interface Device {
  kind: "bt" | "wifi";
  address: string;
  name: string;
  online: boolean;
}

/** Return the devices, those that are here first, then by name. */
export function devicesOf(states: States, names?: Names): Device[] {
  const named = new Map(
    [...(names?.TARGET_BT_ADDRESSES ?? []), ...(names?.TARGET_AP_MAC_ADDRESSES ?? [])].map((one) => [
      one.address.toUpperCase(),
      one.name,
    ]),
  );
  const of = (kind: Device["kind"]) =>
    Object.entries(states[kind]).map(([address, online]) => ({
      kind,
      address,
      online,
      name: named.get(address.toUpperCase()) || address,
    }));
  return [...of("bt"), ...of("wifi")].sort(
    (a, b) => Number(b.online) - Number(a.online) || a.name.localeCompare(b.name),
  );
}

/** Whether a text is the address of a device. */
export const isAddress = (text: string) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text.trim());
