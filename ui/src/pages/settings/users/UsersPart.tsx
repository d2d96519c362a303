import { t } from "../../../i18n/i18n";
import { isAdmin, profile } from "../../../lib/session";
import { OwnPassword } from "./OwnPassword";
import { Sessions } from "./Sessions";
import { UserList } from "./UserList";
import "./users.css";

/** One's own password and sessions; for administrators all accounts too. */
export default function UsersPart() {
  const name = profile.value?.username ?? "";
  const anonymous = name === "anonymous" || name === "";
  return (
    <>
      {anonymous ? (
        <p class="card card-body soft">{t("settings.users.anonymous")}</p>
      ) : (
        <>
          <OwnPassword name={name} />
          <section class="settings-section">
            <h3>{t("settings.users.mySessions")}</h3>
            <Sessions name={name} />
          </section>
        </>
      )}
      {isAdmin.value && <UserList />}
    </>
  );
}
