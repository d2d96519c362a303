import { Download, Pencil, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Confirm, useOpen } from "../../components/Dialog";
import { Switch } from "../../components/Field";
import { t } from "../../i18n/i18n";
import { address, request } from "../../lib/api";
import { invalidate } from "../../lib/query";
import { setQuery } from "../../lib/router";
import { isAdmin } from "../../lib/session";
import { CaseForm } from "./CaseForm";
import type { Case, ExportRow } from "./data";

/** What a case is about, and what can be done with all of it. */
export function CaseHead({ one, exports }: { one: Case; exports: ExportRow[] }) {
  const [editing, openEditing, closeEditing] = useOpen();
  const [deleting, openDeleting, closeDeleting] = useOpen();
  const [all, setAll] = useState(false);
  const remove = async () => {
    await request(`api/cases/${one.id}?delete_exports=${all ? 1 : 0}`, { method: "DELETE" });
    setQuery({ case: null });
    invalidate("cases");
    invalidate("exports");
  };
  return (
    <div class="row apart">
      <p class="soft">{one.description}</p>
      <div class="row">
        {exports.some(({ in_progress }) => !in_progress) && (
          <Button icon={Download} href={address(`api/cases/${one.id}/download`)} download>
            {t("exports.downloadCase")}
          </Button>
        )}
        {isAdmin.value && (
          <>
            <Button icon={Pencil} onClick={openEditing}>
              {t("common.edit")}
            </Button>
            <Button kind="danger" icon={Trash2} onClick={openDeleting}>
              {t("common.delete")}
            </Button>
          </>
        )}
      </div>
      {editing && <CaseForm one={one} onClose={closeEditing} />}
      {deleting && (
        <Confirm
          title={t("exports.deleteCase", { name: one.name })}
          action={t("common.delete")}
          onConfirm={remove}
          onClose={closeDeleting}
        >
          <Switch label={t("exports.deleteWith", { n: exports.length })} checked={all} onChange={setAll} />
        </Confirm>
      )}
    </div>
  );
}
