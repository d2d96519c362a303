import { CircleUser, Ellipsis, Keyboard, LogOut, TriangleAlert, WifiOff } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { logOut } from "./App";
import { Button } from "./components/Button";
import { Dialog, useOpen } from "./components/Dialog";
import { Icon } from "./components/Icon";
import { LookFields } from "./components/LookFields";
import { t } from "./i18n/i18n";
import { keySets, useKeys } from "./lib/keys";
import { href, page } from "./lib/router";
import { isAdmin, profile } from "./lib/session";
import { connected, topic } from "./lib/socket";
import { PAGES, type Page } from "./pages";

/** The frame of all pages: navigation, notices, account. */
export function Shell({ children }: { children: ComponentChildren }) {
  const [account, openAccount, closeAccount] = useOpen();
  const [more, openMore, closeMore] = useOpen();
  const [keys, openKeys, closeKeys] = useOpen();
  const pages = PAGES.filter((one) => one.link !== "none" && (!one.admin || isAdmin.value) && (one.shown?.() ?? true));
  const narrow = pages.filter((one) => one.link === "always");
  const others = pages.filter((one) => one.link !== "always");
  useKeys([{ key: "?", does: t("shell.keys"), run: openKeys }]);
  useEffect(closeMore, [page.value]);

  return (
    <div class="shell">
      <a class="hidden-text" href="#content" data-plain>
        {t("common.skip")}
      </a>
      <nav class="shell-nav" aria-label={t("nav.label")}>
        {narrow.map((one) => (
          <NavLink key={one.name} page={one} />
        ))}
        {others.map((one) => (
          <NavLink key={one.name} page={one} wide />
        ))}
        {others.length > 0 && (
          <button type="button" class="only-narrow" aria-expanded={more} onClick={openMore}>
            <Icon icon={Ellipsis} />
            {t("common.more")}
          </button>
        )}
        <button type="button" class="push only-wide" onClick={openAccount}>
          <Icon icon={CircleUser} />
          <span class="ellipsis">{profile.value?.username ?? t("shell.account")}</span>
        </button>
      </nav>
      <div class="shell-main">
        <Notices />
        {children}
      </div>
      {more && (
        <Dialog title={t("common.more")} onClose={closeMore}>
          <div class="stack">
            {others.map((one) => (
              <Button key={one.name} icon={one.icon} href={href(one.name)} onClick={closeMore}>
                {t(one.title)}
              </Button>
            ))}
            <Button
              icon={CircleUser}
              onClick={() => {
                closeMore();
                openAccount();
              }}
            >
              {t("shell.account")}
            </Button>
          </div>
        </Dialog>
      )}
      {account && <Account onClose={closeAccount} onKeys={openKeys} />}
      {keys && <KeyList onClose={closeKeys} />}
    </div>
  );
}

function NavLink({ page: { name, title, icon, load }, wide = false }: { page: Page; wide?: boolean }) {
  // Loaded when a pointer comes near: the page is there when it is clicked.
  const prepare = () => void load().catch(() => {});
  return (
    <a
      href={href(name)}
      class={wide ? "only-wide" : undefined}
      aria-current={page.value === name ? "page" : undefined}
      onPointerEnter={prepare}
      onFocus={prepare}
    >
      <Icon icon={icon} />
      {t(title)}
    </a>
  );
}

function Notices() {
  const stats = topic<{ service?: { config_mistakes?: number } }>("stats").value;
  return (
    <div class="notices" role="status">
      {connected.value === false && (
        <p>
          <Icon icon={WifiOff} size={18} />
          {t("shell.disconnected")}
        </p>
      )}
      {isAdmin.value && stats?.service?.config_mistakes ? (
        <p>
          <Icon icon={TriangleAlert} size={18} />
          {t("shell.mistakes")}
        </p>
      ) : null}
    </div>
  );
}

function Account({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  return (
    <Dialog title={profile.value?.username ?? t("shell.account")} onClose={onClose}>
      <LookFields />
      <div class="dialog-foot">
        <Button
          icon={Keyboard}
          onClick={() => {
            onClose();
            onKeys();
          }}
        >
          {t("shell.keys")}
        </Button>
        {profile.value?.username !== "anonymous" && (
          <Button icon={LogOut} onClick={logOut}>
            {t("shell.logOut")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function KeyList({ onClose }: { onClose: () => void }) {
  const all = keySets.value.flat();
  return (
    <Dialog title={t("shell.keys")} onClose={onClose}>
      <table class="table">
        <tbody>
          {all.map(({ key, does }) => (
            <tr key={key}>
              <td>
                <kbd>{key === " " ? "␣" : key.replace("Arrow", "")}</kbd>
              </td>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
