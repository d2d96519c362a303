import type { Signal } from "@preact/signals";
import { label, t } from "../../../i18n/i18n";
import { KINDS, type Shape } from "./shapes";
import { kindAbout, kindWord } from "./words";

/** All shapes by kind; one of them is chosen. */
export function ShapeList({ shapes, chosen }: { shapes: readonly Shape[]; chosen: Signal<string | null> }) {
  return (
    <div class="stack">
      {KINDS.map((kind) => {
        const of = shapes.filter((one) => one.kind === kind);
        return (
          <section key={kind} class="zones-kind" aria-label={kindWord(kind)}>
            <h3 title={kindAbout(kind)}>{t(`settings.zones.${kind}s`)}</h3>
            {of.length === 0 && <p class="small soft">{kindAbout(kind)}</p>}
            <ul>
              {of.map((shape) => (
                <li key={shape.id}>
                  <button
                    type="button"
                    class={shape.enabled ? "zones-name" : "zones-name off"}
                    aria-pressed={shape.id === chosen.value}
                    onClick={() => (chosen.value = shape.id === chosen.value ? null : shape.id)}
                  >
                    <span
                      class={`zones-colour ${kind}`}
                      style={shape.colour ? { background: shape.colour } : undefined}
                    />
                    <span class="ellipsis">{shape.name || shape.key}</span>
                    {shape.label && <span class="badge">{label(shape.label)}</span>}
                    {!shape.enabled && <span class="badge">{t("common.off")}</span>}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
