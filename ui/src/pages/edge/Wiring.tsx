import { t } from "../../i18n/i18n";
import type { SensorType } from "./api";
import { PINS, type Pin, pathOf, placeOf, terminals, wiresOf } from "./header";

const WIDTH = 430;
const HEIGHT = 430;
const BOX = 300;

/** How a sensor is connected to the header of a Raspberry Pi. */
export function Wiring({ type, gpio }: { type: SensorType; gpio: number | null }) {
  const wires = wiresOf(type.wiring, gpio);
  if (!wires.length) return null;
  const used = new Map(wires.map(({ pin }) => [pin.number, pin]));
  const ends = terminals(wires);
  const top = Math.min(...ends) - 34;
  const words = wires.map(({ pin, to }) => t("edge.wire", { pin: `${pin.name} (${pin.number})`, to }));
  return (
    <figure class="edge-wiring">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${type.name}: ${words.join("; ")}`}>
        <rect class="edge-board" x="84" y="8" width="46" height="412" rx="6" />
        {PINS.map((pin) => (
          <PinMark key={pin.number} pin={pin} used={used.has(pin.number)} />
        ))}
        <rect class="edge-module" x={BOX} y={top} width={WIDTH - BOX - 8} height={ends.length * 34 + 22} rx="8" />
        <text class="edge-module-name" x={BOX + (WIDTH - BOX - 8) / 2} y={top + 15} text-anchor="middle">
          {type.module === "none" ? type.name : type.module}
        </text>
        {wires.map(({ pin, to }, index) => (
          <g key={pin.number} class={`edge-wire ${pin.kind}`}>
            <path d={pathOf(pin, BOX, ends[index] as number)} />
            <circle cx={BOX} cy={ends[index]} r="4" />
            <text x={BOX + 12} y={(ends[index] as number) + 4}>
              {to}
            </text>
          </g>
        ))}
      </svg>
      <figcaption>
        <ul>
          {words.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        {type.wiring_note && <p class="soft small">{type.wiring_note}</p>}
      </figcaption>
    </figure>
  );
}

function PinMark({ pin, used }: { pin: Pin; used: boolean }) {
  const [x, y] = placeOf(pin);
  const left = pin.number % 2 === 1;
  return (
    <g class={`edge-pin ${pin.kind}${used ? " used" : ""}`}>
      {pin.number === 1 ? (
        <rect x={x - 6} y={y - 6} width="12" height="12" />
      ) : (
        <circle cx={x} cy={y} r={used ? 7 : 5} />
      )}
      <text x={left ? x - 18 : x + 18} y={y + 4} text-anchor={left ? "end" : "start"}>
        {left ? `${pin.name}  ${pin.number}` : `${pin.number}  ${pin.name}`}
      </text>
    </g>
  );
}
