import { t } from "../../../i18n/i18n";
import { percent, size } from "../../../lib/units";
import { percentCss } from "./Disks";
import { type StorageUse, shares } from "./use";
import { kindName } from "./words";

/** One bar of all that Dogwatch has stored, by kind. */
export function Kinds({ kinds }: { kinds: StorageUse["kinds"] }) {
  const all = shares(Object.fromEntries(Object.entries(kinds).map(([kind, { bytes }]) => [kind, bytes])), 0.005);
  const whole = all.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <section class="card card-body">
      <div class="row apart">
        <h3>{t("settings.storage.kinds")}</h3>
        <span class="small figures">{size(whole)}</span>
      </div>
      <div class="storage-bar" aria-hidden="true">
        {all.map(({ name, share }) => (
          <div key={name} class={`storage-part ${name}`} style={{ width: percentCss(share) }} />
        ))}
      </div>
      <ul class="storage-legend">
        {all.map(({ name, bytes, share }) => (
          <li key={name} class="small figures">
            <span class={`storage-part ${name}`} aria-hidden="true" />
            {kindName(name)}
            <span class="soft">
              {size(bytes)} · {percent(share, share < 0.1 ? 1 : 0)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
