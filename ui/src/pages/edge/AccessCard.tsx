import { Copy, KeyRound } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Confirm, useOpen } from "../../components/Dialog";
import { Field, Switch } from "../../components/Field";
import { Skeleton } from "../../components/states";
import { t } from "../../i18n/i18n";
import { copy } from "../../lib/clipboard";
import { toast, toastError } from "../../lib/toasts";
import { edge, edgeAddress, useEdge } from "./api";

interface Settings {
  Auth: { enabled: boolean; token: string };
  CaptivePortal: { enabled: boolean };
}

/** The login of the edge API proper, which apps use; the captive portal; a copy of the settings. */
export function AccessCard() {
  const { data, refresh } = useEdge<Settings>("computer", "settings");
  const [asking, ask, answered] = useOpen();
  const [portal, askPortal, portalAsked] = useOpen();
  if (!data) return <Skeleton height={200} />;
  const turn = async (enabled: boolean) => {
    await edge("settings", { Auth: { enabled } }).catch(toastError);
    await refresh();
  };
  const renew = async () => {
    await edge("auth/regenerate", {});
    await refresh();
  };
  const turnPortal = async () => {
    const { warning } = await edge<{ warning?: string }>("captive-portal", { enabled: !data.CaptivePortal.enabled });
    if (warning) toast(warning, { bad: true });
    await refresh();
  };
  return (
    <section class="card card-body" aria-labelledby="edge-access">
      <h2 id="edge-access">{t("edge.access")}</h2>
      <p class="soft small">{t("edge.accessMeans")}</p>
      <Switch label={t("edge.login")} checked={data.Auth.enabled} onChange={(enabled) => void turn(enabled)} />
      <div class="row">
        <Button
          icon={Copy}
          onClick={async () => {
            await copy(data.Auth.token);
            toast(t("common.copied"));
          }}
        >
          {t("edge.copyToken")}
        </Button>
        <Button icon={KeyRound} onClick={ask}>
          {t("edge.newToken")}
        </Button>
        <Button href={edgeAddress("settings/export")} download="settings-backup.json">
          {t("edge.export")}
        </Button>
        <Button onClick={askPortal}>{t(data.CaptivePortal.enabled ? "edge.portalOff" : "edge.portalOn")}</Button>
      </div>
      <NewPassword />
      {asking && (
        <Confirm title={t("edge.newToken")} action={t("edge.newToken")} onConfirm={renew} onClose={answered}>
          <p>{t("edge.newTokenMeans")}</p>
        </Confirm>
      )}
      {portal && (
        <Confirm
          title={t(data.CaptivePortal.enabled ? "edge.portalOff" : "edge.portalOn")}
          action={t(data.CaptivePortal.enabled ? "edge.portalOff" : "edge.portalOn")}
          onConfirm={turnPortal}
          onClose={portalAsked}
        >
          <p>{t("edge.portalMeans")}</p>
        </Confirm>
      )}
    </section>
  );
}

function NewPassword() {
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const save = async () => {
    await edge("auth/set-password", { current, new: fresh });
    setCurrent("");
    setFresh("");
    toast(t("edge.saved"));
  };
  return (
    <details>
      <summary>{t("edge.password")}</summary>
      <div class="stack">
        <Field label={t("edge.passwordNow")} type="password" value={current} onText={setCurrent} autoComplete="off" />
        <Field
          label={t("edge.passwordNew")}
          type="password"
          value={fresh}
          onText={setFresh}
          autoComplete="new-password"
        />
        <div class="row">
          <Button disabled={!current || fresh.length < 4} onClick={save}>
            {t("common.save")}
          </Button>
        </div>
      </div>
    </details>
  );
}
