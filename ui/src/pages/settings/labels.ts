/** The labels that the detectors know. */
import { computed } from "@preact/signals";
import { config } from "../../lib/config";

interface Model {
  labelmap?: Record<string, string>;
}

export const knownLabels = computed<string[]>(() => {
  const detectors = Object.values((config.value?.detectors ?? {}) as Record<string, { model?: Model }>);
  const models = [config.value?.model as Model | undefined, ...detectors.map(({ model }) => model)];
  const own = detectors.some(({ model }) => model?.labelmap) ? models.slice(1) : models;
  const all = own.flatMap((model) => Object.values(model?.labelmap ?? {}));
  const named = all.filter((name) => name && !/^(unknown|background|face|license_plate)$/.test(name));
  return [...new Set(named.length ? named : ["person"])].sort();
});
