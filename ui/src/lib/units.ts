/** Figures for people. */
import { language } from "../i18n/i18n";

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** "1.4 GB" of `bytes`. */
export function size(bytes: number): string {
  let power = 0;
  let left = Math.abs(bytes);
  while (left >= 1000 && power < SIZES.length - 1) {
    left /= 1000;
    power += 1;
  }
  const style = { style: "unit", unit: SIZES[power] as string, unitDisplay: "short" } as const;
  return number(Math.sign(bytes) * left, left >= 100 || !power ? 0 : 1, style);
}

/** "12.5 %" of a share between 0 and 1. */
export const percent = (share: number, digits = 0) => number(share, digits, { style: "percent" });

/** A figure with so many digits behind the point at most. */
export function number(value: number, digits = 0, more: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(language.value, { maximumFractionDigits: digits, ...more }).format(value);
}
