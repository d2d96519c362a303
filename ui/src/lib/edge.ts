/** Whether there is an edge camera that this user may see. */
import { computed } from "@preact/signals";
import { config } from "./config";

export const hasEdge = computed(() => Boolean((config.value?.edge as { camera?: string } | undefined)?.camera));
