import { useSignal } from "@preact/signals";
import { Button } from "../../../components/Button";
import { Field } from "../../../components/Field";
import { Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { ApiError, json } from "../../../lib/api";
import { invalidate } from "../../../lib/query";
import { toast } from "../../../lib/toasts";
import { passwordProblem } from "./password";

/** Changes the password of who is logged in. */
export function OwnPassword({ name }: { name: string }) {
  const old = useSignal("");
  const fresh = useSignal("");
  const again = useSignal("");
  const failed = useSignal<unknown>(null);
  const problem = fresh.value ? passwordProblem(fresh.value) : null;
  const differs = again.value && passwordProblem(fresh.value, again.value) === "settings.users.different";
  const ready = old.value && passwordProblem(fresh.value, again.value) === null;
  const save = async () => {
    failed.value = null;
    try {
      await json(`api/users/${encodeURIComponent(name)}/password`, {
        method: "PUT",
        body: { password: fresh.value, old_password: old.value },
      });
      old.value = fresh.value = again.value = "";
      invalidate(`settings/sessions/${name}`);
      toast(t("settings.users.passwordSet"));
    } catch (error) {
      const wrong = error instanceof ApiError && error.status === 401;
      failed.value = wrong ? new Error(t("settings.users.wrongPassword")) : error;
    }
  };
  return (
    <form
      class="card card-body"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void save();
      }}
    >
      <h3>{t("settings.users.ownPassword", { name })}</h3>
      <input type="hidden" name="username" autocomplete="username" value={name} />
      <div class="settings-fields">
        <Field
          label={t("settings.users.old")}
          type="password"
          autocomplete="current-password"
          value={old.value}
          onText={(text) => (old.value = text)}
        />
        <Field
          label={t("settings.users.new")}
          type="password"
          autocomplete="new-password"
          value={fresh.value}
          problem={problem ? t(problem) : undefined}
          hint={t("settings.users.least")}
          onText={(text) => (fresh.value = text)}
        />
        <Field
          label={t("settings.users.again")}
          type="password"
          autocomplete="new-password"
          value={again.value}
          problem={differs ? t("settings.users.different") : undefined}
          onText={(text) => (again.value = text)}
        />
      </div>
      {failed.value ? <Trouble error={failed.value} /> : null}
      <p class="small soft">{t("settings.users.endsSessions")}</p>
      <div class="row">
        <Button kind="main" disabled={!ready} onClick={save}>
          {t("settings.users.change")}
        </Button>
      </div>
    </form>
  );
}
