import { useSignal } from "@preact/signals";
import { ChevronLeft, ChevronRight, FileCog } from "lucide";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { href, query } from "../../lib/router";
import { isAdmin } from "../../lib/session";
import { PARTS, type Part } from "./parts";
import "./settings.css";

/** The settings: a list of parts, and the one that the address names. On narrow screens one of both. */
export default function SettingsPage() {
  const parts = PARTS.filter((part) => isAdmin.value || !part.admin);
  const asked = parts.find(({ name }) => name === query.value.get("part"));
  const shown = asked ?? (parts[0] as Part);
  return (
    <main class={asked ? "page settings chosen" : "page settings"} id="content">
      <nav class="settings-nav" aria-label={t("nav.settings")}>
        <h1>{t("nav.settings")}</h1>
        <ul>
          {parts.map((part) => (
            <li key={part.name}>
              <PartLink part={part} current={part === shown} />
            </li>
          ))}
        </ul>
        {isAdmin.value && (
          <Button icon={FileCog} href={href("config")}>
            {t("settings.file")}
          </Button>
        )}
      </nav>
      <section class="settings-part" aria-labelledby="settings-title">
        <div class="page-head">
          <a class="settings-back button quiet icon" href={href("settings")} aria-label={t("nav.settings")}>
            <Icon icon={ChevronLeft} />
          </a>
          <h2 class="settings-title" id="settings-title">
            {t(shown.title)}
          </h2>
        </div>
        <Loaded key={shown.name} part={shown} />
      </section>
    </main>
  );
}

function PartLink({ part, current }: { part: Part; current: boolean }) {
  const prepare = () => void part.load().catch(() => {});
  return (
    <a
      href={href("settings", { part: part.name })}
      aria-current={current ? "page" : undefined}
      onPointerEnter={prepare}
      onFocus={prepare}
    >
      <Icon icon={part.icon} />
      <span class="settings-link">
        {t(part.title)}
        <span class="settings-about small">{t(part.about)}</span>
      </span>
      <span class="settings-go">
        <Icon icon={ChevronRight} size={18} />
      </span>
    </a>
  );
}

const loaded = new Map<string, ComponentType>();

function Loaded({ part }: { part: Part }) {
  const failed = useSignal(false);
  const turn = useSignal(0);
  useEffect(() => {
    if (loaded.has(part.name)) return;
    part.load().then(
      (file) => {
        loaded.set(part.name, file.default);
        turn.value += 1;
      },
      () => (failed.value = true),
    );
  }, []);
  turn.value; // shown again once it is loaded
  const Shown = loaded.get(part.name);
  if (failed.value) return <Trouble error={new Error(t("error.page"))} onRetry={() => location.reload()} />;
  return Shown ? <Shown /> : null;
}
