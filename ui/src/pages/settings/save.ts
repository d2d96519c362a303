/** Changes the configuration: keys of the file, applied at once. */
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { loadConfig } from "../../lib/config";
import { toast } from "../../lib/toasts";
import type { Nested } from "./keys";

interface Answer {
  message: string;
  changes?: string[];
}

/** Write keys into the file (null takes one out), apply them, and read the configuration that is in force then.
 *
 * Raises ApiError with all mistakes if the result would be no valid configuration; nothing has changed then.
 */
export async function saveConfig(data: Nested): Promise<void> {
  const answer = await json<Answer>("api/config/set", {
    method: "PUT",
    body: { requires_restart: 0, config_data: data },
  });
  await loadConfig();
  toast(/starts anew/.test(answer.message) ? t("settings.savedRestart") : t("settings.saved"));
}

/** The same for keys of one camera. */
export const saveCamera = (camera: string, data: Nested) => saveConfig({ cameras: { [camera]: data } });
