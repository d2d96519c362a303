import { KeyRound, MonitorSmartphone, Trash2 } from "lucide";
import { Confirm, useOpen } from "../../../components/Dialog";
import { Select } from "../../../components/Field";
import { Menu } from "../../../components/Menu";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { profile } from "../../../lib/session";
import { toast, toastError } from "../../../lib/toasts";
import { roleName, roles } from "./roles";
import { Sessions } from "./Sessions";
import { SetPassword } from "./SetPassword";
import type { User } from "./UserList";

interface Props {
  user: User;
  /** Whether its sessions are shown. */
  open: boolean;
  onOpen: () => void;
  onChanged: () => Promise<void>;
}

export function UserRow({ user: { username, role, login }, open, onOpen, onChanged }: Props) {
  const [deleting, ask, keep] = useOpen();
  const [setting, set, stop] = useOpen();
  const path = `api/users/${encodeURIComponent(username)}`;
  const fixed = username === "admin";
  const own = username === profile.value?.username;
  const setRole = async (to: string) => {
    await json(`${path}/role`, { method: "PUT", body: { role: to } });
    await onChanged();
    toast(t("settings.saved"));
  };
  const remove = async () => {
    await json(path, { method: "DELETE" });
    await onChanged();
  };
  const options = [...new Set([role, ...roles.value])].map((one) => [one, roleName(one)] as const);
  return (
    <li>
      <div class="grow">
        <strong>{username}</strong>
        {login && <span class="small soft">{t("settings.users.provider")}</span>}
      </div>
      <Select
        label={t("settings.users.roleOf", { name: username })}
        bare
        value={role}
        options={options}
        disabled={fixed || own}
        onChange={(to) => void setRole(to).catch(toastError)}
      />
      <Menu
        label={t("common.more")}
        items={[
          ...(login ? [] : [{ text: t("settings.users.setPassword"), icon: KeyRound, onSelect: set }]),
          { text: t("settings.users.sessions"), icon: MonitorSmartphone, onSelect: onOpen },
          ...(fixed || own ? [] : [{ text: t("settings.users.delete"), icon: Trash2, onSelect: ask }]),
        ]}
      />
      {open && (
        <div class="users-sessions">
          <Sessions name={username} />
        </div>
      )}
      {setting && <SetPassword name={username} onClose={stop} />}
      {deleting && (
        <Confirm
          title={t("settings.users.delete.title", { name: username })}
          action={t("settings.users.delete")}
          onConfirm={remove}
          onClose={keep}
        >
          <p>{t("settings.users.delete.lost")}</p>
        </Confirm>
      )}
    </li>
  );
}
