import { useState } from "preact/hooks";
import { Confirm } from "../../../components/Dialog";
import { Switch } from "../../../components/Field";
import { t } from "../../../i18n/i18n";
import { address, json } from "../../../lib/api";
import { cameraName, loadConfig } from "../../../lib/config";
import { useQuery } from "../../../lib/query";
import { toast } from "../../../lib/toasts";
import { size } from "../../../lib/units";
import type { StorageUse } from "../storage/use";
import { forget } from "./drafts";

/** Asks before a camera goes, and says what goes with it. */
export function RemoveCamera({ name, onClose }: { name: string; onClose: () => void }) {
  const [exports, setExports] = useState(false);
  const use = useQuery("settings/storage", () => json<StorageUse>("api/storage"));
  const known = use.data?.cameras[name];
  const remove = async () => {
    const path = address(`api/cameras/${encodeURIComponent(name)}`, { delete_exports: exports ? "true" : "false" });
    const answer = await json<{ message: string }>(path, { method: "DELETE" });
    forget(name);
    await loadConfig();
    toast(answer.message);
  };
  return (
    <Confirm
      title={t("settings.remove.title", { camera: cameraName(name) })}
      action={t("settings.removeCamera")}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t("settings.remove.lost")}</p>
      {known && <p class="soft">{t("settings.remove.bytes", { size: size(known.total_bytes) })}</p>}
      <Switch label={t("settings.remove.exports")} checked={exports} onChange={setExports} />
      <p class="soft small">{t("settings.remove.final")}</p>
    </Confirm>
  );
}
