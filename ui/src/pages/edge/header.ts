/** The 40 pins of a Raspberry Pi's header, and where a sensor's wires go. */

export type PinKind = "volts5" | "volts3" | "ground" | "gpio";

export interface Pin {
  number: number;
  name: string;
  kind: PinKind;
  gpio?: number;
}

const NAMES = (
  "3V3 5V GPIO2 5V GPIO3 GND GPIO4 GPIO14 GND GPIO15 GPIO17 GPIO18 GPIO27 GND GPIO22 GPIO23 3V3 GPIO24 GPIO10 GND " +
  "GPIO9 GPIO25 GPIO11 GPIO8 GND GPIO7 GPIO0 GPIO1 GPIO5 GND GPIO6 GPIO12 GPIO13 GND GPIO19 GPIO16 GPIO26 GPIO20 GND GPIO21"
).split(" ");
const KINDS: Record<string, PinKind> = { "3V3": "volts3", "5V": "volts5", GND: "ground" };

export const PINS: readonly Pin[] = NAMES.map((name, index) => ({
  number: index + 1,
  name,
  kind: KINDS[name] ?? "gpio",
  ...(name.startsWith("GPIO") ? { gpio: Number(name.slice(4)) } : {}),
}));

/** The pin of a line. */
export const pinOf = (gpio: number): Pin | undefined => PINS.find((pin) => pin.gpio === gpio);

export interface Wire {
  pin: Pin;
  /** What it is called on the sensor. */
  to: string;
}

/** Return the wires of a sensor, whose output is on the line `gpio`. `wiring` is as `GET /sensor/types` tells it. */
export function wiresOf(wiring: readonly { pin: string; connect: string }[], gpio: number | null): Wire[] {
  return wiring.flatMap(({ pin, connect }) => {
    const told = PINS[Number(/\[(\d+)\]/.exec(pin)?.[1]) - 1];
    const found = told?.kind === "gpio" && gpio !== null ? (pinOf(gpio) ?? told) : told;
    return found ? [{ pin: found, to: connect }] : [];
  });
}

export const ROW = 20;
const TOP = 24;
const LEFT = 96;
const RIGHT = 118;
const OUT = 208;

/** Where a pin is in the picture: odd ones left, even ones right, as with the board's edge at the right. */
export const placeOf = ({ number }: Pin): [x: number, y: number] => [
  number % 2 ? LEFT : RIGHT,
  TOP + Math.floor((number - 1) / 2) * ROW,
];

/** The line of a wire from its pin to (`x`, `y`). It runs between the rows, so that it covers no name. */
export function pathOf(pin: Pin, x: number, y: number): string {
  const [px, py] = placeOf(pin);
  const between = py + (pin.number % 2 ? -8 : 8);
  return `M${px} ${py}V${between}H${OUT}C${OUT + 40} ${between} ${x - 50} ${y} ${x} ${y}`;
}

/** The heights of the terminals of a sensor in the middle beside its pins. */
export function terminals(wires: readonly Wire[]): number[] {
  const heights = wires.map(({ pin }) => placeOf(pin)[1]);
  const middle = heights.reduce((sum, one) => sum + one, 0) / Math.max(1, heights.length);
  const gap = 34;
  const first = Math.max(
    TOP + 20,
    Math.min(middle - ((wires.length - 1) * gap) / 2, TOP + 19 * ROW - wires.length * gap),
  );
  return wires.map((_, index) => first + index * gap);
}
