import { t } from "../../i18n/i18n";
import { config } from "../../lib/config";
import { href } from "../../lib/router";
import { topic } from "../../lib/socket";
import { Birdseye } from "../../player/Birdseye";
import { type Box, styled } from "./layout";

/** The name of the picture of all cameras, in addresses and in groups. */
export const BIRDSEYE = "birdseye";

/** Whether there is a picture of all cameras that this user may see: the program then tells how it is laid out. */
export const hasBirdseye = (): boolean =>
  Boolean(config.value?.birdseye.enabled) && topic("birdseye_layout").value !== undefined;

export function birdseyeRatio(): number {
  const { width, height } = (config.value?.birdseye ?? {}) as { width?: number; height?: number };
  return width && height ? width / height : 16 / 9;
}

export function BirdseyeTile({ box, group }: { box: Box; group: string | null }) {
  return (
    <li class="live-tile" data-camera={BIRDSEYE} style={styled(box)}>
      <a href={href("", { camera: BIRDSEYE, group })} draggable={false}>
        <Birdseye label="">
          <p class="live-name">
            <span class="ellipsis">{t("live.birdseye")}</span>
          </p>
        </Birdseye>
      </a>
    </li>
  );
}
