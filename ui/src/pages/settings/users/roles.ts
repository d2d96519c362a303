/** The roles that accounts can have. */
import { computed } from "@preact/signals";
import { t } from "../../../i18n/i18n";
import { config } from "../../../lib/config";

/** Limited roles: name to cameras. */
export const limited = computed<Record<string, string[]>>(
  () => (config.value?.auth as { roles?: Record<string, string[]> } | undefined)?.roles ?? {},
);

export const roles = computed(() => [...new Set(["admin", "viewer", ...Object.keys(limited.value)])]);

export function roleName(role: string): string {
  if (role === "admin") return t("settings.users.admin");
  return role === "viewer" ? t("settings.users.viewer") : role;
}
