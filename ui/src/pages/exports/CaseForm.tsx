import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { invalidate } from "../../lib/query";
import { setQuery } from "../../lib/router";
import type { Case } from "./data";

/** Asks for the name and description of a new case, or of one that is there. */
export function CaseForm({ one, onClose }: { one?: Case; onClose: () => void }) {
  const [name, setName] = useState(one?.name ?? "");
  const [description, setDescription] = useState(one?.description ?? "");
  const save = async () => {
    const path = one ? `api/cases/${one.id}` : "api/cases";
    const made = await json<Case>(path, { method: one ? "PATCH" : "POST", body: { name: name.trim(), description } });
    invalidate("cases");
    if (!one) setQuery({ case: made.id });
    onClose();
  };
  return (
    <Dialog title={t(one ? "exports.editCase" : "exports.newCase")} onClose={onClose}>
      <Field label={t("common.name")} value={name} maxLength={256} onText={setName} autoFocus />
      <Field label={t("exports.description")} value={description} maxLength={10_000} onText={setDescription} />
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" disabled={!name.trim()} onClick={save}>
          {t("common.save")}
        </Button>
      </div>
    </Dialog>
  );
}
