/** Icons of Lucide, drawn in the colour of the text. Import the icon itself, so that only those in use are shipped. */
import type { IconNode } from "lucide";
import { h } from "preact";

interface Props {
  icon: IconNode;
  size?: number;
  /** Turns, for something that goes on. */
  spin?: boolean;
  /** Read to those who do not see it; without it the icon is decoration. */
  label?: string;
}

export function Icon({ icon, size = 20, spin = false, label }: Props) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      class={spin ? "spin" : undefined}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" })}
    >
      {icon.map(([name, attributes], index) => h(name, { key: index, ...attributes }))}
    </svg>
  );
}
