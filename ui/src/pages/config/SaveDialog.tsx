import { useSignal } from "@preact/signals";
import { Save } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { loadConfig } from "../../lib/config";
import { toast } from "../../lib/toasts";
import { check } from "./check";
import { checked, draft } from "./state";

/** What the changes are and do, before they are written. */
export function SaveDialog({ onClose }: { onClose: () => void }) {
  const host = useRef<HTMLDivElement>(null);
  const failed = useSignal<unknown>(null);
  const elsewhere = useSignal(false);
  const text = draft.value?.text ?? "";
  useEffect(() => {
    let view: { destroy: () => void } | null = null;
    let gone = false;
    void check(text);
    Promise.all([import("./editor"), json<string>("api/config/raw")]).then(
      ([editor, now]) => {
        if (gone || !host.current) return;
        // Somebody else, or a form, may have changed the file meanwhile.
        elsewhere.value = now !== draft.peek()?.base;
        view = editor.showChanges(host.current, now, text, t("config.changes"));
      },
      (error) => {
        failed.value = error;
      },
    );
    return () => {
      gone = true;
      view?.destroy();
    };
  }, []);
  const save = async () => {
    failed.value = null;
    try {
      await json("api/config/save?save_option=saveonly", {
        method: "POST",
        headers: { "Content-Type": "text/plain" },
        body: text,
      });
      draft.value = { base: text, text };
      const answer = await json<{ restart: string[] }>("api/config/apply", { method: "POST" });
      await loadConfig();
      toast(t(answer.restart.length ? "settings.savedRestart" : "settings.saved"));
      onClose();
    } catch (error) {
      failed.value = error;
    }
  };
  const found = checked.value;
  return (
    <Dialog title={t("config.review")} onClose={onClose} wide>
      {elsewhere.value && <p class="config-note">{t("config.elsewhere")}</p>}
      <div ref={host} class="config-diff" />
      {found && found.errors.length > 0 && (
        <Trouble error={new Error(t("config.invalid", { n: found.errors.length }))} />
      )}
      {found?.valid && (
        <div class="stack">
          <h3>{t("config.does")}</h3>
          {found.changes.length ? (
            <ul class="config-lines small">
              {found.changes.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          ) : (
            <p class="small soft">{t("config.same")}</p>
          )}
          {found.restart.length > 0 && (
            <p class="config-note">{t("config.restart", { keys: found.restart.join(", ") })}</p>
          )}
        </div>
      )}
      {failed.value ? <Trouble error={failed.value} /> : null}
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" icon={Save} disabled={!found?.valid} onClick={save}>
          {t("config.save")}
        </Button>
      </div>
    </Dialog>
  );
}
