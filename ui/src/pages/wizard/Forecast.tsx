import { useSignal } from "@preact/signals";
import { TriangleAlert } from "lucide";
import { useEffect } from "preact/hooks";
import { Icon } from "../../components/Icon";
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { percent, size } from "../../lib/units";
import { cameraKey, cameraSection, draft, recordedRate } from "./state";

interface Answer {
  cameras: Record<string, { bytes: number; basis: string; warnings: string[] }>;
  needed_bytes: number;
  total_bytes: number;
  free_bytes: number;
  /** By recordings, now. */
  used_bytes: number;
  floor_bytes: number;
  fits: boolean;
}

const WAIT_MS = 120; // while the slider moves

/** What the recordings will take in the end, asked anew whenever a choice changes. */
export function Forecast() {
  const { what, days, record, detectOn } = draft.value;
  const answer = useSignal<Answer | null>(null);
  const failed = useSignal("");
  useEffect(() => {
    const abort = new AbortController();
    const key = cameraKey.peek();
    const rate = recordedRate.peek();
    const ask = async () => {
      try {
        answer.value = await json<Answer>("api/config/forecast", {
          method: "POST",
          body: {
            config: { cameras: { [key]: cameraSection.peek() } },
            rates: rate === null ? {} : { [key]: rate },
          },
          signal: abort.signal,
        });
        failed.value = "";
      } catch (error) {
        if (!abort.signal.aborted) failed.value = error instanceof Error ? error.message : t("common.failed");
      }
    };
    const timer = setTimeout(ask, WAIT_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [what, days, record, detectOn]);
  if (failed.value) return <p class="small wizard-problem">{failed.value}</p>;
  const found = answer.value;
  if (!found) return <p class="small soft wizard-forecast">{t("wizard.forecast.asking")}</p>;
  const own = Object.values(found.cameras).at(-1);
  const usable = Math.max(1, found.free_bytes + found.used_bytes - found.floor_bytes);
  const share = found.needed_bytes / usable;
  return (
    <div class="wizard-forecast" role="status">
      <p>{t("wizard.forecast.takes", { size: size(found.cameras[cameraKey.value]?.bytes ?? own?.bytes ?? 0) })}</p>
      <div class={found.fits ? "meter" : "meter wizard-over"} aria-hidden="true">
        <div style={{ width: `${Math.min(100, 100 * share).toFixed(1)}%` }} />
      </div>
      <p class="small soft figures">
        {t("wizard.forecast.all", {
          needed: size(found.needed_bytes),
          total: size(usable),
          share: percent(share),
        })}
      </p>
      {!found.fits && (
        <p class="small wizard-note">
          <Icon icon={TriangleAlert} size={16} /> {t("wizard.forecast.over")}
        </p>
      )}
      {own?.basis && <p class="small soft">{own.basis}</p>}
    </div>
  );
}
