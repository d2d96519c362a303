import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { Trouble } from "../../components/states";
import { t, type Word } from "../../i18n/i18n";
import { ApiError, json } from "../../lib/api";
import { navigate, page, query } from "../../lib/router";
import { logIn } from "../../lib/session";
import "./login.css";

interface Methods {
  password: boolean;
  oidc: { label: string } | null;
}

const PROBLEMS = ["expired", "name", "provider", "refused", "role", "tries"];

/** Asks for name and password, or sends to the provider that knows the user. */
export function LoginForm({ onEntered }: { onEntered: () => Promise<void> }) {
  const sent = query.value.get("problem") ?? "";
  const problem = useSignal(PROBLEMS.includes(sent) ? t(`login.problem.${sent}` as Word) : "");
  const methods = useSignal<Methods>({ password: true, oidc: null });
  const first = useSignal(false);
  const busy = useSignal(false);
  useEffect(() => {
    json<Methods>("api/auth/methods").then(
      (found) => (methods.value = found),
      () => {},
    );
    json<{ admin_first_time_login: boolean }>("api/auth/first_time_login").then(
      (found) => (first.value = found.admin_first_time_login),
      () => {},
    );
  }, []);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    busy.value = true;
    try {
      await logIn(String(form.get("user")), String(form.get("password")));
      await onEntered();
      if (page.value === "login") navigate(".", { replace: true });
    } catch (error) {
      problem.value = said(error);
    } finally {
      busy.value = false;
    }
  };

  return (
    <main class="login" id="content">
      <form class="card card-body" onSubmit={submit}>
        <h1>{t("login.title")}</h1>
        {problem.value && <Trouble error={new Error(problem.value)} />}
        {methods.value.password && (
          <>
            <Field
              label={t("login.user")}
              name="user"
              autocomplete="username"
              autocapitalize="none"
              required
              autoFocus
            />
            <Field
              label={t("login.password")}
              name="password"
              type="password"
              autocomplete="current-password"
              required
            />
            <Button kind="main" type="submit" disabled={busy.value}>
              {t("login.button")}
            </Button>
          </>
        )}
        {methods.value.oidc && <Button href="api/login/oidc">{methods.value.oidc.label}</Button>}
        {first.value && <p class="soft small">{t("login.first")}</p>}
      </form>
    </main>
  );
}

function said(error: unknown): string {
  if (!(error instanceof ApiError)) return t("error.unreachable");
  if (error.status === 429) return t("login.problem.tries");
  return error.status < 500 ? t("login.problem.wrong") : error.message; // a server in trouble says nothing of the password
}
