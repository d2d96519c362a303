import { useSignal } from "@preact/signals";
import { Plus, Trash2 } from "lucide";
import { Button } from "../../../components/Button";
import { Chips } from "../../../components/Chips";
import { Confirm, Dialog, useOpen } from "../../../components/Dialog";
import { Field } from "../../../components/Field";
import { Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { cameraName, config } from "../../../lib/config";
import { saveConfig } from "../save";
import { limited } from "./roles";
import type { User } from "./UserList";

/** Limited roles: which cameras who has one may see. */
export function Roles({ users }: { users: readonly User[] }) {
  const [adding, add, stop] = useOpen();
  const own = Object.entries(limited.value).filter(([name]) => name !== "admin" && name !== "viewer");
  return (
    <section class="settings-section">
      <div class="row apart">
        <h3>{t("settings.users.roles")}</h3>
        <Button icon={Plus} onClick={add}>
          {t("settings.users.addRole")}
        </Button>
      </div>
      <p class="small soft">{t("settings.users.roles.about")}</p>
      {own.length > 0 && (
        <ul class="card settings-list">
          {own.map(([name, cameras]) => (
            <Role key={name} name={name} cameras={cameras} users={users.filter(({ role }) => role === name)} />
          ))}
        </ul>
      )}
      {adding && <AddRole onClose={stop} />}
    </section>
  );
}

function Role({ name, cameras, users }: { name: string; cameras: string[]; users: User[] }) {
  const [deleting, ask, keep] = useOpen();
  const failed = useSignal<unknown>(null);
  const set = (to: string[]) => {
    failed.value = null;
    saveConfig({ auth: { roles: { [name]: to } } }).catch((error) => (failed.value = error));
  };
  return (
    <li>
      <div class="grow">
        <strong>{name}</strong>
        <span class="small soft">
          {users.length ? users.map(({ username }) => username).join(", ") : t("settings.users.nobody")}
        </span>
      </div>
      <CameraChips chosen={cameras} onChange={(to) => to.length && set(to)} />
      <Button
        kind="quiet"
        icon={Trash2}
        label={t("settings.users.deleteRole")}
        onClick={ask}
        disabled={users.length > 0}
      />
      {failed.value ? <Trouble error={failed.value} /> : null}
      {deleting && (
        <Confirm
          title={t("settings.users.deleteRole.title", { name })}
          action={t("common.delete")}
          onConfirm={() => saveConfig({ auth: { roles: { [name]: null } } })}
          onClose={keep}
        />
      )}
    </li>
  );
}

function AddRole({ onClose }: { onClose: () => void }) {
  const name = useSignal("");
  const chosen = useSignal<string[]>([]);
  const failed = useSignal<unknown>(null);
  const good = /^[A-Za-z0-9_-]+$/.test(name.value) && !(name.value in limited.value);
  const save = async () => {
    try {
      await saveConfig({ auth: { roles: { [name.value]: chosen.value } } });
      onClose();
    } catch (error) {
      failed.value = error;
    }
  };
  return (
    <Dialog title={t("settings.users.addRole")} onClose={onClose}>
      <Field
        label={t("common.name")}
        value={name.value}
        autocapitalize="none"
        problem={name.value && !good ? t("settings.users.badRole") : undefined}
        onText={(text) => (name.value = text.trim())}
      />
      <div class="field">
        <span class="label">{t("settings.users.sees")}</span>
        <CameraChips chosen={chosen.value} onChange={(to) => (chosen.value = to)} />
      </div>
      {failed.value ? <Trouble error={failed.value} /> : null}
      <div class="dialog-foot">
        <Button kind="main" disabled={!good || !chosen.value.length} onClick={save}>
          {t("common.save")}
        </Button>
      </div>
    </Dialog>
  );
}

function CameraChips({ chosen, onChange }: { chosen: string[]; onChange: (to: string[]) => void }) {
  const all = Object.keys(config.value?.cameras ?? {}).map((name) => [name, cameraName(name)] as const);
  return <Chips label={t("settings.users.sees")} options={all} chosen={chosen} onChange={onChange} />;
}
