import { t, type Word } from "../../../i18n/i18n";
import type { Kind } from "./shapes";

/** What a kind of shape is called. */
export const kindWord = (kind: Kind) => t(`settings.zones.${kind}` as Word);
export const kindAbout = (kind: Kind) => t(`settings.zones.${kind}.about` as Word);
