import { RefreshCw } from "lucide";
import { Button } from "../../../components/Button";
import { Skeleton, Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { patch, useQuery } from "../../../lib/query";
import { ago } from "../../../lib/time";
import { CameraUseTable } from "./CameraUseTable";
import { Days } from "./Days";
import { Deletions } from "./Deletions";
import { Disks } from "./Disks";
import { Kinds } from "./Kinds";
import "./storage.css";
import type { StorageUse } from "./use";

/** Who uses what, when the disk will be full, and what was deleted and why. */
export default function StoragePart() {
  const use = useQuery("settings/storage", (signal) => json<StorageUse>("api/storage", { signal }), { every: 60_000 });
  const count = async () => {
    const fresh = await json<StorageUse>("api/storage?refresh=true");
    patch<StorageUse>("settings/storage", () => fresh);
  };
  if (use.error && !use.data) return <Trouble error={use.error} onRetry={use.refresh} />;
  if (!use.data) return <Skeleton height={320} />;
  return (
    <>
      <div class="row apart">
        <span class="small soft">{t("settings.storage.measured", { ago: ago(use.data.measured_at) })}</span>
        <Button icon={RefreshCw} onClick={count}>
          {t("settings.storage.count")}
        </Button>
      </div>
      <Disks use={use.data} />
      <Kinds kinds={use.data.kinds} />
      <CameraUseTable cameras={use.data.cameras} />
      <Days />
      <Deletions />
    </>
  );
}
