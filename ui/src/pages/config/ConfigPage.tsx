import type { EditorView } from "@codemirror/view";
import { useSignal } from "@preact/signals";
import { FileDiff, RotateCcw, Save } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../components/Button";
import { Confirm, useOpen } from "../../components/Dialog";
import { Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { Problems } from "./Problems";
import { SaveDialog } from "./SaveDialog";
import type { Schema } from "./schema";
import { changed, checked, draft } from "./state";
import "./config.css";

const code = () => import("./editor");

/** The configuration file: with help from the schema, mistakes at their lines, and a look at the changes before saving. */
export default function ConfigPage() {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const ready = useSignal(false);
  const failed = useSignal<unknown>(null);
  const [saving, save, stop] = useOpen();
  const [undoing, undo, keep] = useOpen();

  const begin = async () => {
    failed.value = null;
    try {
      const [editor, text, schema] = await Promise.all([
        code(),
        json<string>("api/config/raw"),
        json<Schema>("api/config/schema.json"),
      ]);
      if (!host.current || view.current) return;
      if (!changed()) draft.value = { base: text, text };
      view.current = editor.makeEditor(host.current, draft.value?.text ?? text, schema, t("config.text"), {
        onText: (now) => {
          draft.value = { base: draft.value?.base ?? text, text: now };
        },
        onSave: () => changed() && save(),
      });
      ready.value = true;
    } catch (error) {
      failed.value = error;
    }
  };
  useEffect(() => {
    void begin();
    return () => {
      view.current?.destroy();
      view.current = null;
    };
  }, []);
  const reset = () => {
    const base = draft.value?.base ?? "";
    view.current?.dispatch({ changes: { from: 0, to: view.current.state.doc.length, insert: base } });
  };
  const jump = async (line: number, column: number | null) => {
    if (view.current) (await code()).goTo(view.current, line, column ?? 1);
  };
  const dirty = changed();

  return (
    <main class="page config" id="content">
      <div class="page-head">
        <h1>{t("nav.config")}</h1>
        {dirty && <span class="badge detection">{t("config.unsaved")}</span>}
        <Button icon={RotateCcw} label={t("settings.discard")} disabled={!dirty} onClick={undo} />
        <Button kind="main" icon={dirty ? FileDiff : Save} disabled={!dirty} onClick={save}>
          {t("config.review")}
        </Button>
      </div>
      {failed.value ? <Trouble error={failed.value} onRetry={begin} /> : null}
      <div class="config-parts">
        <div class="config-editor card">
          {!ready.value && !failed.value && <Skeleton height={400} />}
          <div ref={host} class="config-host" />
        </div>
        <Problems checked={checked.value} onJump={jump} />
      </div>
      {saving && <SaveDialog onClose={stop} />}
      {undoing && (
        <Confirm title={t("config.discard")} action={t("settings.discard")} onConfirm={reset} onClose={keep} />
      )}
    </main>
  );
}
