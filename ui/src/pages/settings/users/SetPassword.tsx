import { useSignal } from "@preact/signals";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { Field } from "../../../components/Field";
import { Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { toast } from "../../../lib/toasts";
import { passwordProblem } from "./password";

/** Gives another account a new password. */
export function SetPassword({ name, onClose }: { name: string; onClose: () => void }) {
  const password = useSignal("");
  const failed = useSignal<unknown>(null);
  const problem = passwordProblem(password.value);
  const save = async () => {
    failed.value = null;
    try {
      const path = `api/users/${encodeURIComponent(name)}/password`;
      await json(path, { method: "PUT", body: { password: password.value } });
      toast(t("settings.users.passwordSet"));
      onClose();
    } catch (error) {
      failed.value = error;
    }
  };
  return (
    <Dialog title={t("settings.users.setPassword.title", { name })} onClose={onClose}>
      <Field
        label={t("settings.users.new")}
        type="password"
        autocomplete="new-password"
        value={password.value}
        hint={t("settings.users.least")}
        problem={password.value && problem ? t(problem) : undefined}
        onText={(text) => (password.value = text)}
      />
      <p class="small soft">{t("settings.users.endsSessions")}</p>
      {failed.value ? <Trouble error={failed.value} /> : null}
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" disabled={problem !== null} onClick={save}>
          {t("common.save")}
        </Button>
      </div>
    </Dialog>
  );
}
