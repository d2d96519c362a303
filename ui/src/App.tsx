import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useErrorBoundary } from "preact/hooks";
import { Trouble } from "./components/states";
import { Toasts } from "./components/Toasts";
import { t } from "./i18n/i18n";
import { json, request } from "./lib/api";
import { config, loadConfig } from "./lib/config";
import { keepPrefs } from "./lib/prefs-sync";
import { invalidate } from "./lib/query";
import { navigate, page } from "./lib/router";
import { isAdmin, loadProfile, profile } from "./lib/session";
import { sessionLost } from "./lib/session-state";
import { connect, disconnect, listen } from "./lib/socket";
import { PAGES, type Page } from "./pages";
import { LoginForm } from "./pages/login/LoginForm";
import { Shell } from "./Shell";

/** The whole program: the login form, or the page of the address within the frame that all have. */
export function App() {
  const ready = useSignal<"asking" | "login" | "in" | "unreachable">("asking");

  const enter = async () => {
    // All that the first picture needs is asked for at once, not one after the other.
    const configured = loadConfig();
    configured.catch(() => {});
    const first = PAGES.find(({ name }) => name === page.peek());
    if (first && !first.admin) first.load().catch(() => {});
    try {
      const known = await loadProfile();
      if (!known) {
        ready.value = "login";
        return;
      }
      connect();
      await configured;
      if (ready.peek() === "in") invalidate(""); // what was refused meanwhile is asked for again
      await firstRun();
      ready.value = "in";
      void keepPrefs();
      renewPush();
    } catch {
      ready.value = "unreachable";
    }
  };

  useEffect(() => void enter(), []);
  useSignalEffect(() => {
    if (sessionLost.value && ready.peek() === "in") disconnect();
  });
  // Told after each new connection: while there was none, cameras, zones and switches may have become others.
  useEffect(
    () =>
      listen(
        "camera_activity",
        debounce(() => ready.value === "in" && loadConfig().catch(() => {}), 1500),
      ),
    [],
  );

  if (ready.value === "unreachable") {
    return (
      <main class="page">
        <Trouble error={new Error(t("error.unreachable"))} onRetry={enter} />
      </main>
    );
  }
  if (ready.value === "login" || (page.value === "login" && !profile.value)) return <LoginForm onEntered={enter} />;
  if (ready.value === "asking") return null;
  return (
    <>
      <Shell>
        <Current />
      </Shell>
      {sessionLost.value && (
        <div class="login-over">
          <LoginForm onEntered={enter} />
        </div>
      )}
      <Toasts />
    </>
  );
}

const loaded = new Map<Page, ComponentType>();

/** The page of the address. The one before stays until the next is loaded, so that nothing flickers. */
function Current() {
  const shown = useSignal<ComponentType | null>(null);
  const failed = useSignal<unknown>(null);
  const wanted = PAGES.find(({ name }) => name === page.value);

  const show = () => {
    failed.value = null;
    if (!wanted || (wanted.admin && !isAdmin.peek())) return;
    const known = loaded.get(wanted);
    if (known) {
      shown.value = known;
      return;
    }
    wanted.load().then(
      (file) => {
        loaded.set(wanted, file.default);
        if (wanted.name === page.peek()) shown.value = file.default;
      },
      (error: unknown) => (failed.value = error),
    );
  };
  useEffect(() => {
    document.title = wanted ? `${t(wanted.title)} · Dogwatch` : "Dogwatch";
    show();
  }, [wanted]);

  if (!wanted) {
    return (
      <main class="page" id="content">
        <Trouble error={new Error(t("error.notFound"))} />
      </main>
    );
  }
  if (wanted.admin && !isAdmin.value) {
    return (
      <main class="page" id="content">
        <Trouble error={new Error(t("error.admins"))} />
      </main>
    );
  }
  if (failed.value) return <Broken />;
  const Shown = loaded.get(wanted) ?? shown.value;
  return Shown ? (
    <Guarded name={page.value}>
      <Shown />
    </Guarded>
  ) : null;
}

/** Keeps what goes wrong in a page within the page: the way to others stays. */
function Guarded({ name, children }: { name: string; children: ComponentChildren }) {
  const [broken, mend] = useErrorBoundary((error) => console.error(error));
  useEffect(mend, [name]);
  return broken ? <Broken /> : children;
}

function Broken() {
  return (
    <main class="page" id="content">
      <Trouble error={new Error(t("error.page"))} onRetry={() => location.reload()} />
    </main>
  );
}

/** Lead an administrator to the wizard while there is no camera. */
async function firstRun(): Promise<void> {
  if (!isAdmin.value || page.value !== "" || Object.keys(config.value?.cameras ?? {}).length) return;
  const { due } = await json<{ due: boolean }>("api/first_run").catch(() => ({ due: false }));
  if (due) navigate("wizard", { replace: true });
}

/** Register for notifications anew, if this device gets some: their subscriptions end without a word. */
function renewPush(): void {
  try {
    if (!localStorage.getItem("dogwatch.push")) return;
  } catch {
    return; // private windows may refuse
  }
  import("./lib/push").then(({ renew }) => renew()).catch(() => {});
}

/** End the session, and show the login form. */
export async function logOut(): Promise<void> {
  disconnect();
  await request("api/logout", { redirect: "manual" }).catch(() => {});
  location.assign(new URL("login", document.baseURI));
}

function debounce(act: () => void, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
}
