import { useState } from "preact/hooks";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { Field, Select } from "../../../components/Field";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { href, navigate } from "../../../lib/router";
import { duration } from "../../../lib/time";
import { toast, toastError } from "../../../lib/toasts";

interface Created {
  event_id: string;
}

const LENGTHS = ["10", "30", "60", "300"];
const OPEN = "open";

/** Asks what happens, and begins an event of it. */
export function ManualEvent({ camera, onClose }: { camera: string; onClose: () => void }) {
  const [what, setWhat] = useState("");
  const [more, setMore] = useState("");
  const [length, setLength] = useState("30");
  const [busy, setBusy] = useState(false);
  const create = async () => {
    const label = what.trim() || "manual";
    const body = {
      duration: length === OPEN ? null : Number(length),
      ...(more.trim() ? { sub_label: more.trim() } : {}),
    };
    const path = `api/events/${encodeURIComponent(camera)}/${encodeURIComponent(label)}/create`;
    const { event_id } = await json<Created>(path, { method: "POST", body });
    onClose();
    if (length === OPEN) {
      const end = () => json(`api/events/${event_id}/end`, { method: "PUT", body: {} });
      toast(t("live.event.goes"), { action: { label: t("live.event.end"), run: () => void end().catch(toastError) } });
    } else {
      const show = () => navigate(href("explore", { event: event_id }));
      toast(t("live.event.made"), { action: { label: t("common.open"), run: show } });
    }
  };
  return (
    <Dialog title={t("live.event")} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (busy) return;
          setBusy(true);
          void create().catch((error: unknown) => {
            setBusy(false);
            toastError(error);
          });
        }}
      >
        <Field
          label={t("live.event.what")}
          placeholder="manual"
          maxLength={100}
          value={what}
          onText={setWhat}
          autofocus
        />
        <Field label={t("live.event.more")} maxLength={100} value={more} onText={setMore} />
        <Select
          label={t("live.event.length")}
          value={length}
          options={[...LENGTHS.map((one) => [one, duration(Number(one))] as const), [OPEN, t("live.event.open")]]}
          onChange={setLength}
        />
        <div class="dialog-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="main" type="submit" disabled={busy}>
            {t("live.event.create")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
