import { Switch } from "../../../components/Field";
import { t } from "../../../i18n/i18n";
import { choices, choose } from "../choices";

const KINDS = ["boxes", "zones", "masks", "analysis"] as const;

/** What is drawn over the picture. */
export function OverlayPanel() {
  const { overlays } = choices();
  const turn = (kind: string, on: boolean) =>
    choose({
      overlays: on ? [...overlays.filter((one) => one !== kind), kind] : overlays.filter((one) => one !== kind),
    });
  return (
    <div class="stack live-switches">
      {KINDS.map((kind) => (
        <Switch
          key={kind}
          label={t(`live.overlay.${kind}`)}
          checked={overlays.includes(kind)}
          onChange={(on) => turn(kind, on)}
        />
      ))}
      <p class="small soft">{t("live.overlay.hint")}</p>
    </div>
  );
}
