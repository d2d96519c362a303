import { RotateCcw } from "lucide";
import { Button } from "../../components/Button";
import { Confirm, useOpen } from "../../components/Dialog";
import { t } from "../../i18n/i18n";
import { request } from "../../lib/api";
import { toast } from "../../lib/toasts";

/** Starts the core again; recording goes on meanwhile. */
export function Restart() {
  const [open, show, hide] = useOpen();
  const restart = async () => {
    await request("api/restart", { method: "POST" });
    toast(t("system.restarting"));
  };
  return (
    <>
      <Button icon={RotateCcw} onClick={show}>
        {t("system.restart")}
      </Button>
      {open && (
        <Confirm
          title={t("system.restartAsk")}
          action={t("system.restart")}
          danger={false}
          onConfirm={restart}
          onClose={hide}
        >
          <p>{t("system.restartMeans")}</p>
        </Confirm>
      )}
    </>
  );
}
