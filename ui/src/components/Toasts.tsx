import { X } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/i18n";
import { toasts } from "../lib/toasts";
import { Button } from "./Button";

export function Toasts() {
  const box = useRef<HTMLDivElement>(null);
  const newest = toasts.value.at(-1)?.id;
  useEffect(() => {
    // Over the windows that are open: what goes wrong in one of them is told behind it otherwise.
    const element = box.current;
    if (!element?.showPopover) return;
    if (element.matches(":popover-open")) element.hidePopover();
    if (newest !== undefined) element.showPopover();
  }, [newest]);
  return (
    <div ref={box} popover="manual" class="toasts" role="status" aria-live="polite">
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
