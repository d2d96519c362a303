import { UserPlus } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../../components/Button";
import { useOpen } from "../../../components/Dialog";
import { Skeleton, Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { useQuery } from "../../../lib/query";
import { AddUser } from "./AddUser";
import { Roles } from "./Roles";
import { UserRow } from "./UserRow";

export interface User {
  username: string;
  role: string;
  login?: string;
}

/** All accounts, for administrators. */
export function UserList() {
  const found = useQuery("settings/users", (signal) => json<User[]>("api/users", { signal }));
  const [adding, add, stop] = useOpen();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <section class="settings-section">
        <div class="row apart">
          <h3>{t("settings.users.accounts")}</h3>
          <Button icon={UserPlus} onClick={add}>
            {t("settings.users.add")}
          </Button>
        </div>
        {found.error && !found.data && <Trouble error={found.error} onRetry={found.refresh} />}
        {!found.data && !found.error && <Skeleton height={120} />}
        {found.data && (
          <ul class="card settings-list">
            {found.data.map((user) => (
              <UserRow
                key={user.username}
                user={user}
                open={open === user.username}
                onOpen={() => setOpen(open === user.username ? null : user.username)}
                onChanged={found.refresh}
              />
            ))}
          </ul>
        )}
      </section>
      <Roles users={found.data ?? []} />
      {adding && (
        <AddUser
          taken={(found.data ?? []).map(({ username }) => username)}
          onClose={stop}
          onAdded={async () => {
            await found.refresh();
            stop();
          }}
        />
      )}
    </>
  );
}
