import { useState } from "preact/hooks";
import { Chart, type Line } from "../../components/Chart";
import { Select } from "../../components/Field";
import { Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { cameraName } from "../../lib/config";
import { useQuery } from "../../lib/query";
import { number, percent, size } from "../../lib/units";

type Values = (number | null)[];
type Group<K extends string> = Record<string, Partial<Record<K, Values>>>;

interface Series {
  step: number;
  times: number[];
  /** Without any figures until the first are taken, a moment after a start. */
  machine: { cpu?: Values; memory?: Values };
  processes: Group<"cpu" | "memory">;
  cameras: Group<"camera_fps" | "process_fps" | "skipped_fps" | "detection_fps" | "bytes_per_second">;
  detectors: Group<"inference_speed">;
  disks: Group<"used_bytes" | "total_bytes">;
  gpus: Group<"load">;
}

/** The figures over the last hour or day. */
export function Charts() {
  const [step, setStep] = useState<"15" | "120">("15");
  const asked = useQuery(`series ${step}`, (signal) => json<Series>(`api/stats/series?step=${step}`, { signal }), {
    every: Number(step) * 1000,
  });
  const { data } = asked;
  if (asked.error && !data) return <Trouble error={asked.error} onRetry={asked.refresh} />;
  const share = (value: number) => percent(value / 100, value < 10 ? 1 : 0);
  const perSecond = (value: number) => number(value, 1);
  const ms = (value: number) => `${number(value, 1)} ms`;
  const rate = (value: number) => `${size(value)}/s`;
  return (
    <>
      <div class="row">
        <Select
          label={t("system.span")}
          bare
          value={step}
          options={[
            ["15", t("system.hour")],
            ["120", t("system.day")],
          ]}
          onChange={setStep}
        />
      </div>
      {!data && <Skeleton height={420} />}
      {data && (
        <div class="system-charts">
          <Chart
            title={t("system.machine")}
            times={data.times}
            format={share}
            top={100}
            lines={[
              { name: t("system.processor"), values: data.machine.cpu ?? [] },
              { name: t("system.memory"), values: data.machine.memory ?? [] },
            ]}
          />
          <Chart
            title={t("system.processorBy")}
            times={data.times}
            format={share}
            lines={lines(data.processes, "cpu")}
          />
          <Chart
            title={t("system.memoryBy")}
            times={data.times}
            format={share}
            lines={lines(data.processes, "memory")}
          />
          <Chart
            title={t("system.cameraFps")}
            times={data.times}
            format={perSecond}
            lines={lines(data.cameras, "camera_fps", cameraName)}
          />
          <Chart
            title={t("system.skippedFps")}
            times={data.times}
            format={perSecond}
            lines={lines(data.cameras, "skipped_fps", cameraName)}
          />
          <Chart
            title={t("system.detectionFps")}
            times={data.times}
            format={perSecond}
            lines={lines(data.cameras, "detection_fps", cameraName)}
          />
          <Chart
            title={t("system.received")}
            times={data.times}
            format={rate}
            lines={lines(data.cameras, "bytes_per_second", cameraName)}
          />
          <Chart
            title={t("system.inference")}
            times={data.times}
            format={ms}
            lines={lines(data.detectors, "inference_speed")}
          />
          <Chart title={t("system.disks")} times={data.times} format={size} lines={lines(data.disks, "used_bytes")} />
          {Object.keys(data.gpus).length > 0 && (
            <Chart
              title={t("system.gpus")}
              times={data.times}
              format={share}
              top={100}
              lines={lines(data.gpus, "load")}
            />
          )}
        </div>
      )}
    </>
  );
}

function lines<K extends string>(group: Group<K>, key: K, name: (key: string) => string = String): Line[] {
  return Object.entries(group).flatMap(([one, { [key]: values }]) =>
    values ? [{ name: name(one), values: values as Values }] : [],
  );
}
