import { CircleAlert, LoaderCircle } from "lucide";
import { Icon } from "../../components/Icon";
import { t } from "../../i18n/i18n";
import { number } from "../../lib/units";
import type { Seen, Stream } from "./streams";

interface Props {
  stream: Stream;
  recorded: boolean;
  detected: boolean;
  onRecord: () => void;
  onDetect: () => void;
}

const FAR = 5; // seconds between keyframes above which live pictures begin late

/** One stream: its picture, its figures, what it is for. */
export function StreamCard({ stream: { url, name, seen, problem }, recorded, detected, onRecord, onDetect }: Props) {
  return (
    <li class="card">
      <div class="wizard-picture">
        {seen?.picture ? (
          <img
            src={`data:image/jpeg;base64,${seen.picture}`}
            alt={t("wizard.streams.picture", { name: name || url })}
          />
        ) : problem ? (
          <Icon icon={CircleAlert} size={32} />
        ) : (
          <Icon icon={LoaderCircle} size={32} spin label={t("common.loading")} />
        )}
      </div>
      <div class="card-body">
        <div>
          <strong>{name || t("wizard.streams.stream")}</strong>
          <p class="small soft wizard-address">{url.replace(/\/\/[^/@]*@/, "//")}</p>
        </div>
        {problem && (
          <p class="wizard-problem small" role="alert">
            {problem}
          </p>
        )}
        {seen && <Figures seen={seen} />}
        {seen && (
          <div class="row">
            <label class="wizard-role">
              <input type="radio" name="record" checked={recorded} onChange={onRecord} />
              {t("wizard.streams.record")}
            </label>
            <label class="wizard-role">
              <input type="radio" name="detect" checked={detected} onChange={onDetect} />
              {t("wizard.streams.detect")}
            </label>
          </div>
        )}
      </div>
    </li>
  );
}

function Figures({ seen }: { seen: Seen }) {
  const { width, height, codec, fps, bytesPerSecond, keyframeInterval, audio } = seen;
  return (
    <>
      <p class="small figures">
        {width}×{height} · {codec}
        {fps ? ` · ${number(fps, 1)} fps` : ""} · {number((bytesPerSecond * 8) / 1e6, 1)} Mbit/s
        {` · ${audio || t("wizard.streams.silent")}`}
      </p>
      {keyframeInterval !== null && keyframeInterval > FAR && (
        <p class="small wizard-note">{t("wizard.streams.keyframes", { n: Math.round(keyframeInterval) })}</p>
      )}
    </>
  );
}
