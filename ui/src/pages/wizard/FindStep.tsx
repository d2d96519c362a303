import { useSignal } from "@preact/signals";
import { ArrowRight, Radar, Video } from "lucide";
import { useEffect } from "preact/hooks";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { ApiError, json } from "../../lib/api";
import { draft, set } from "./state";
import { typed } from "./streams";
import { go } from "./WizardPage";

interface Found {
  host: string;
  port: number;
  name: string;
  hardware: string;
  location: string;
}

interface Probe {
  manufacturer: string;
  model: string;
  ptz_supported: boolean;
  rtsp_candidates: { name: string; uri: string }[];
}

/** Which camera: found on the network, or typed. */
export function FindStep() {
  const { address, user, password } = draft.value;
  const failed = useSignal<unknown>(null);
  const asked = typed(address);
  const next = async () => {
    if (!asked) return;
    failed.value = null;
    try {
      if ("url" in asked) set({ streams: [{ url: asked.url, name: "" }], onvif: null, maker: "" });
      else await probe(asked.host, asked.port);
      set({ record: "", detect: "", added: "" });
      go("streams");
    } catch (error) {
      failed.value = error;
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void next();
      }}
    >
      <p class="soft">{t("wizard.find.about")}</p>
      <Nearby chosen={address} onChoose={(to) => set({ address: to })} />
      <div class="card card-body">
        <Field
          label={t("wizard.find.address")}
          hint={t("wizard.find.address.hint")}
          value={address}
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          inputMode="url"
          problem={address && !asked ? t("wizard.find.bad") : undefined}
          onText={(text) => set({ address: text })}
        />
        <div class="settings-fields">
          <Field
            label={t("wizard.find.user")}
            value={user}
            autocapitalize="none"
            autocomplete="off"
            onText={(text) => set({ user: text })}
          />
          <Field
            label={t("wizard.find.password")}
            hint={t("wizard.find.login")}
            type="password"
            autocomplete="off"
            value={password}
            onText={(text) => set({ password: text })}
          />
        </div>
      </div>
      {failed.value ? <Trouble error={wording(failed.value)} /> : null}
      <div class="wizard-foot">
        <Button kind="main" icon={ArrowRight} disabled={!asked} onClick={next}>
          {t("wizard.find.look")}
        </Button>
      </div>
    </form>
  );
}

/** Ask a camera by ONVIF what it has. */
async function probe(host: string, port: number): Promise<void> {
  const { user, password } = draft.peek();
  const found = await json<Probe>("api/onvif/probe", {
    method: "POST",
    body: { host, port, username: user, password },
  });
  const streams = found.rtsp_candidates.map(({ uri, name }) => ({ url: uri, name }));
  if (!streams.length) throw new Error(t("wizard.find.noStreams"));
  set({
    streams,
    onvif: found.ptz_supported ? { host, port } : null,
    maker: [found.manufacturer, found.model].filter(Boolean).join(" "),
  });
}

function wording(error: unknown): unknown {
  if (error instanceof ApiError && error.status === 502) {
    return new Error(`${error.message}\n${t("wizard.find.failed")}`);
  }
  return error;
}

function Nearby({ chosen, onChoose }: { chosen: string; onChoose: (address: string) => void }) {
  const found = useSignal<Found[] | null>(null);
  const failed = useSignal<unknown>(null);
  const look = async () => {
    failed.value = null;
    try {
      found.value = await json<Found[]>("api/onvif/discover");
    } catch (error) {
      failed.value = error;
    }
  };
  useEffect(() => void look(), []);
  return (
    <section class="stack" aria-label={t("wizard.find.nearby")}>
      <div class="row apart">
        <h3>{t("wizard.find.nearby")}</h3>
        <Button icon={Radar} onClick={look}>
          {t("wizard.find.again")}
        </Button>
      </div>
      {failed.value ? <Trouble error={failed.value} /> : null}
      {!found.value && !failed.value && (
        <div role="status">
          <span class="hidden-text">{t("wizard.find.looking")}</span>
          <Skeleton height={64} />
        </div>
      )}
      {found.value?.length === 0 && <p class="small soft">{t("wizard.find.nobody")}</p>}
      <ul class="wizard-found">
        {found.value?.map(({ host, port, name, hardware, location }) => {
          const at = port === 80 ? host : `${host.includes(":") ? `[${host}]` : host}:${port}`;
          return (
            <li key={at}>
              <button type="button" class="card" aria-pressed={chosen === at} onClick={() => onChoose(at)}>
                <Icon icon={Video} />
                <span class="ellipsis">
                  <strong>{name || hardware || host}</strong>
                  <span class="small soft">{[hardware, location, at].filter(Boolean).join(" · ")}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
