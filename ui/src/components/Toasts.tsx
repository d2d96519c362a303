import { X } from "lucide";
import { t } from "../i18n/i18n";
import { toasts } from "../lib/toasts";
import { Button } from "./Button";

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((one) => (
        <div key={one.id} class={one.bad ? "toast bad" : "toast"}>
          <span>{one.text}</span>
          {one.action ? (
            <Button kind="quiet" onClick={one.action.run}>
              {one.action.label}
            </Button>
          ) : (
            <Button
              kind="quiet"
              icon={X}
              label={t("common.close")}
              onClick={() => (toasts.value = toasts.value.filter((other) => other.id !== one.id))}
            />
          )}
        </div>
      ))}
    </div>
  );
}
