import { Bluetooth, Search } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { t } from "../../i18n/i18n";
import { toast } from "../../lib/toasts";
import { edge, useEdge } from "./api";
import { type Device, isAddress } from "./devices";

interface Props {
  onAdded: () => void;
  onClose: () => void;
}

interface Found {
  address: string;
  name: string;
  rssi?: number;
  paired: boolean;
}

const PAIR_S = 90;
const SCAN_S = 12;

/** Pairs a phone: by being found by it, or by looking for it. Both end when the window is closed. */
export function AddBluetooth({ onAdded, onClose }: Props) {
  const [found, setFound] = useState<Found[] | null>(null);
  const ends = useEnd();
  const scan = async () => {
    const body = { duration: SCAN_S };
    setFound((await edge<{ devices: Found[] }>("bt/scan", body, ends())).devices);
  };
  const wait = async () => {
    const { device } = await edge<{ device: Found }>("bt/discoverable", { timeout: PAIR_S }, ends());
    toast(t("edge.paired", { name: device.name }));
    onAdded();
  };
  const add = async ({ address, name }: Found) => {
    await edge("devices/bt/add", { address, name }, ends());
    toast(t("edge.paired", { name }));
    onAdded();
  };
  return (
    <Dialog title={t("edge.addPhone")} onClose={onClose}>
      <p>{t("edge.pairHow", { n: PAIR_S })}</p>
      <div class="row">
        <Button kind="main" icon={Bluetooth} onClick={wait}>
          {t("edge.pair")}
        </Button>
        <Button icon={Search} onClick={scan}>
          {t("edge.scan", { n: SCAN_S })}
        </Button>
      </div>
      {found && (
        <ul class="edge-rows" aria-label={t("edge.found")}>
          {found.map((one) => (
            <li key={one.address}>
              <div class="edge-row-text">
                <strong class="ellipsis">{one.name}</strong>
                <span class="soft small">
                  <code>{one.address}</code>
                  {one.rssi !== undefined && ` · ${one.rssi} dBm`}
                </span>
              </div>
              <Button onClick={() => add(one)}>{t("common.add")}</Button>
            </li>
          ))}
          {!found.length && <li>{t("edge.foundNone")}</li>}
        </ul>
      )}
    </Dialog>
  );
}

/** Tracks a client of the computer's own access point. */
export function AddWifi({ known, onAdded, onClose }: Props & { known: Device[] }) {
  const stations = useEdge<{ stations: { address: string; name: string | null }[]; message?: string }>(
    "presence",
    "wifi/stations",
  ).data;
  const [address, setAddress] = useState("");
  const [name, setName] = useState("");
  const add = async (chosen: string, called: string | null) => {
    await edge("devices/wifi/add", { address: chosen.trim(), ...(called ? { name: called } : {}) });
    onAdded();
  };
  const others = stations?.stations.filter((one) => !known.some((device) => device.address === one.address)) ?? [];
  return (
    <Dialog title={t("edge.addWifi")} onClose={onClose}>
      <p class="soft small">{stations?.message ?? t("edge.wifiHow")}</p>
      {others.length > 0 && (
        <ul class="edge-rows" aria-label={t("edge.found")}>
          {others.map((one) => (
            <li key={one.address}>
              <div class="edge-row-text">
                <strong class="ellipsis">{one.name ?? one.address}</strong>
                <code class="soft small">{one.address}</code>
              </div>
              <Button onClick={() => add(one.address, one.name)}>{t("common.add")}</Button>
            </li>
          ))}
        </ul>
      )}
      <Field
        label={t("edge.address")}
        placeholder="AA:BB:CC:DD:EE:FF"
        value={address}
        onText={setAddress}
        problem={address.length >= 17 && !isAddress(address) ? t("edge.addressBad") : undefined}
      />
      <Field label={t("common.name")} value={name} maxLength={256} onText={setName} />
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" disabled={!isAddress(address)} onClick={() => add(address, name.trim())}>
          {t("common.add")}
        </Button>
      </div>
    </Dialog>
  );
}

/** Return what makes the signal of a new request; the one before, and the last one when the window goes, are ended. */
function useEnd(): () => AbortSignal {
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  return () => {
    running.current?.abort();
    running.current = new AbortController();
    return running.current.signal;
  };
}
