import { Bluetooth, House, Plus, RefreshCw, Trash2, Wifi } from "lucide";
import { Button } from "../../components/Button";
import { Confirm, useOpen } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { invalidate, useQuery } from "../../lib/query";
import { isAdmin } from "../../lib/session";
import { AddBluetooth, AddWifi } from "./AddDevice";
import { edge, useEdge } from "./api";
import { type Device, devicesOf, type Names, type States } from "./devices";

/** Who is at home, and the phones by which that is known. */
export function PresencePart() {
  const { data, error, refresh } = useEdge<States>("presence", "devices/status");
  // Only administrators may read the settings, which have the names.
  const names = useQuery(isAdmin.value ? "edge presence names" : null, (signal) =>
    edge<Names>("settings", undefined, signal),
  ).data;
  const [addingPhone, addPhone, phoneAdded] = useOpen();
  const [addingWifi, addWifi, wifiAdded] = useOpen();
  if (error && !data) return <Trouble error={error} onRetry={refresh} />;
  if (!data) return <Skeleton height={200} />;
  const devices = devicesOf(data, names);
  const home = devices.filter(({ online }) => online).length;
  const changed = () => {
    invalidate("edge presence");
    phoneAdded();
    wifiAdded();
  };
  return (
    <>
      <section class="card card-body" aria-label={t("edge.presence")}>
        <div class="row apart">
          <p class="edge-home" role="status">
            <Icon icon={House} />
            {devices.length ? t("edge.atHome", { n: home }) : t("edge.noDevices")}
          </p>
          <div class="row">
            <Button
              icon={RefreshCw}
              onClick={async () => {
                await edge("devices/status?refresh=1");
                await refresh();
              }}
            >
              {t("edge.lookNow")}
            </Button>
            {isAdmin.value && (
              <>
                <Button icon={Plus} onClick={addPhone}>
                  {t("edge.addPhone")}
                </Button>
                <Button icon={Plus} onClick={addWifi}>
                  {t("edge.addWifi")}
                </Button>
              </>
            )}
          </div>
        </div>
        <p class="soft small">{t("edge.presenceMeans")}</p>
      </section>
      {!devices.length && (
        <Empty icon={House} title={t("edge.noDevices")}>
          <p>{t("edge.noDevicesHow")}</p>
        </Empty>
      )}
      {devices.length > 0 && (
        <ul class="card edge-rows">
          {devices.map((device) => (
            <DeviceRow key={device.address} device={device} onChanged={changed} />
          ))}
        </ul>
      )}
      {addingPhone && <AddBluetooth onAdded={changed} onClose={phoneAdded} />}
      {addingWifi && <AddWifi known={devices} onAdded={changed} onClose={wifiAdded} />}
    </>
  );
}

function DeviceRow({ device, onChanged }: { device: Device; onChanged: () => void }) {
  const [asking, ask, answered] = useOpen();
  const remove = async () => {
    await edge(`devices/${device.kind}/remove`, { address: device.address });
    onChanged();
  };
  return (
    <li>
      <Icon
        icon={device.kind === "bt" ? Bluetooth : Wifi}
        label={t(device.kind === "bt" ? "edge.bluetooth" : "edge.wifi")}
      />
      <div class="edge-row-text">
        <strong class="ellipsis">{device.name}</strong>
        {device.name !== device.address && <code class="soft small">{device.address}</code>}
      </div>
      <span class={device.online ? "badge good" : "badge"}>{t(device.online ? "edge.here" : "edge.away")}</span>
      {isAdmin.value && (
        <Button kind="quiet" icon={Trash2} label={t("edge.forget", { name: device.name })} onClick={ask} />
      )}
      {asking && (
        <Confirm
          title={t("edge.forget", { name: device.name })}
          action={t("edge.forgetDo")}
          onConfirm={remove}
          onClose={answered}
        >
          <p>{t(device.kind === "bt" ? "edge.forgetPhone" : "edge.forgetWifi")}</p>
        </Confirm>
      )}
    </li>
  );
}
