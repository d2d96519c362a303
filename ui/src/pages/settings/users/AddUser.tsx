import { useSignal } from "@preact/signals";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { Field, Select } from "../../../components/Field";
import { Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { nameProblem, passwordProblem } from "./password";
import { roleName, roles } from "./roles";

interface Props {
  taken: readonly string[];
  onClose: () => void;
  onAdded: () => Promise<void>;
}

export function AddUser({ taken, onClose, onAdded }: Props) {
  const name = useSignal("");
  const password = useSignal("");
  const role = useSignal("viewer");
  const failed = useSignal<unknown>(null);
  const [badName, badPassword] = [nameProblem(name.value, taken), passwordProblem(password.value)];
  const add = async () => {
    failed.value = null;
    try {
      const body = { username: name.value, password: password.value, role: role.value };
      await json("api/users", { method: "POST", body });
      await onAdded();
    } catch (error) {
      failed.value = error;
    }
  };
  return (
    <Dialog title={t("settings.users.add")} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!badName && !badPassword) void add();
        }}
      >
        <Field
          label={t("login.user")}
          value={name.value}
          autocapitalize="none"
          autocomplete="off"
          problem={name.value && badName ? t(badName) : undefined}
          onText={(text) => (name.value = text)}
        />
        <Field
          label={t("login.password")}
          type="password"
          autocomplete="new-password"
          value={password.value}
          hint={t("settings.users.least")}
          problem={password.value && badPassword ? t(badPassword) : undefined}
          onText={(text) => (password.value = text)}
        />
        <Select
          label={t("settings.users.role")}
          value={role.value}
          options={roles.value.map((one) => [one, roleName(one)] as const)}
          onChange={(to) => (role.value = to)}
        />
        {failed.value ? <Trouble error={failed.value} /> : null}
        <div class="dialog-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="main" disabled={Boolean(badName || badPassword)} onClick={add}>
            {t("common.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
