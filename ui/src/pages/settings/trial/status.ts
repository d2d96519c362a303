import { t, type Word } from "../../../i18n/i18n";
import type { Job } from "../models/use";

/** How a job stands, in a word. */
export const statusWord = ({ status }: Job) => t(`settings.job.${status}` as Word);
