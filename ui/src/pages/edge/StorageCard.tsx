import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Switch } from "../../components/Field";
import { Skeleton } from "../../components/states";
import { t } from "../../i18n/i18n";
import { isAdmin } from "../../lib/session";
import { toast, toastError } from "../../lib/toasts";
import { percent, size } from "../../lib/units";
import { edge, useEdge } from "./api";

interface Storage {
  enabled: boolean;
  max_percent: number;
  disk_percent: number;
  disk_total_gb: number;
  disk_free_gb: number;
}

interface Cleaned {
  action: "ok" | "cleaned";
  deleted?: number;
  insufficient?: boolean;
}

const GIB = 2 ** 30;

/** How full the disk of the recordings is, and from when on old ones are deleted. */
export function StorageCard() {
  const { data, refresh } = useEdge<Storage>("archive", "storage/status", 60_000);
  const [limit, setLimit] = useState<number | null>(null);
  if (!data) return <Skeleton height={96} />;
  const configure = async (changes: object) => {
    await edge("storage/configure", changes).catch(toastError);
    setLimit(null);
    await refresh();
  };
  const clean = async () => {
    const { action, deleted = 0, insufficient } = await edge<Cleaned>("storage/cleanup", {});
    toast(
      insufficient
        ? t("edge.stillFull")
        : action === "ok"
          ? t("edge.nothingToClean")
          : t("edge.cleaned", { n: deleted }),
    );
    await refresh();
  };
  return (
    <section class="card card-body" aria-labelledby="edge-storage">
      <div class="row apart">
        <h2 id="edge-storage">{t("edge.storage")}</h2>
        <span class="small figures">
          {t("edge.diskUse", {
            share: percent(data.disk_percent / 100),
            free: size(data.disk_free_gb * GIB),
            total: size(data.disk_total_gb * GIB),
          })}
        </span>
      </div>
      <div class="meter" aria-hidden="true">
        <div style={{ width: `${data.disk_percent}%` }} />
      </div>
      {isAdmin.value && (
        <div class="row">
          <Switch label={t("edge.limit")} checked={data.enabled} onChange={(enabled) => void configure({ enabled })} />
          <label class="row small">
            {t("edge.limitAt")}
            <input
              class="input edge-number"
              type="number"
              min={10}
              max={95}
              value={limit ?? data.max_percent}
              onInput={(event) => setLimit(Number(event.currentTarget.value))}
              onChange={(event) => void configure({ max_percent: Number(event.currentTarget.value) })}
            />
            %
          </label>
          <Button onClick={clean}>{t("edge.clean")}</Button>
        </div>
      )}
    </section>
  );
}
