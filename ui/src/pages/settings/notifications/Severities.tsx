import { Chips } from "../../../components/Chips";
import { t } from "../../../i18n/i18n";

interface Props {
  chosen: readonly string[];
  label?: string;
  onChange: (to: string[]) => void;
}

/** Of which review items people are told; one kind always stays. */
export function Severities({ chosen, label = t("settings.push.severities"), onChange }: Props) {
  return (
    <Chips
      label={label}
      options={[
        ["alert", t("settings.push.alerts")],
        ["detection", t("settings.push.detections")],
      ]}
      chosen={chosen}
      onChange={(to) => to.length && onChange(to)}
    />
  );
}
